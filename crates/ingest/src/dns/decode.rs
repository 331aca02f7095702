//! Query logs, record by record.

use super::query::{Query, bounded};
use super::rollup::{Observation, Rollup};
use crate::content::Content;
use crate::envelope::{self, Message};
use crate::{Batch, ObjectRef, Stats};

/// Decodes the object's content into the batch.
pub(crate) fn decode(object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats {
    let mut stats =
        envelope::each(
            content,
            &mut |message, place, stats| match read(message, object, place, batch.answers(), stats) {
                Ok(()) => stats.records += 1,
                Err(reason) => stats.reject(place, reason, &String::from_utf8_lossy(&message.text)),
            },
        );
    if stats.account_id.is_empty() {
        object.segment_after("AWSLogs").unwrap_or_default().clone_into(&mut stats.account_id);
    }
    stats
}

fn read(
    message: &Message<'_>,
    object: &ObjectRef<'_>,
    line: i64,
    rollup: &mut Rollup,
    stats: &mut Stats,
) -> Result<(), String> {
    // Once for the whole record is cheaper than once for each text.
    let text = std::str::from_utf8(&message.text).map_err(|_| "the record is no UTF-8".to_owned())?;
    let query: Query<'_> = serde_json::from_str(text).map_err(|error| format!("the record is no JSON: {error}"))?;
    let name = query.name();
    if name.is_empty() {
        return Err("the record lacks `query_name`".to_owned());
    }
    let time = query.time().ok_or_else(|| format!("`{}` is no time", bounded(&query.timestamp)))?;
    stats.saw(time, time);
    if stats.account_id.is_empty() {
        stats.account_id = bounded(&query.account_id).into_owned();
    }
    if stats.region.is_empty() {
        stats.region = bounded(&query.region).into_owned();
    }
    add(&query, &name, time, object, line, rollup);
    Ok(())
}

/// Each answer is one row under the name that was asked for, also behind a chain of `CNAME`s: the address is what flows have. A query without
/// an answer is a row without one.
fn add(query: &Query<'_>, name: &str, time: i64, object: &ObjectRef<'_>, line: i64, rollup: &mut Rollup) {
    let [account, region, vpc] = [&query.account_id, &query.region, &query.vpc_id].map(|text| bounded(text));
    let [instance, kind, code] = [&query.source.instance, &query.kind, &query.response_code].map(|text| bounded(text));
    let [action, group, list] = [&query.firewall_action, &query.firewall_rule_group_id, &query.firewall_domain_list_id]
        .map(|text| bounded(text));
    let asked = rollup.ask(&Observation {
        asker: [&account, &region, &vpc, &query.client_addr(), &instance, &query.resolver_endpoint_id()],
        question: [name, &kind, &code],
        firewall: [&action, &group, &list],
        time,
        object: object.uri,
        line,
    });
    if query.answers.is_empty() {
        rollup.add(&asked, ["", ""]);
    }
    for answer in query.answers.iter() {
        rollup.add(&asked, [&answer.data(), &bounded(&answer.kind)]);
    }
}
