//! Audit logs, event by event.

use super::cluster::Origin;
use super::event::Event;
use super::interest::is_of_interest;
use super::{pod, uri};
use crate::content::Content;
use crate::envelope::{self, Message};
use crate::lenient::Text;
use crate::{Batch, ObjectRef, Stats};
use sightline_model::lake_table::KUBERNETES_CALL;
use sightline_model::untrusted::shortened;
use std::borrow::Cow;

/// The stages behind which nothing more is logged of a request.
const LAST_STAGES: [&str; 2] = ["ResponseComplete", "Panic"];
/// Characters of a text that are kept: names, then what is longer.
const LONGEST: usize = 256;
const LONGEST_TEXT: usize = 512;
/// A reject shows how a record begins, up to here: behind it stands content.
const WITHHELD: &str = "\"requestURI\"";

/// Decodes the object's content into the batch.
pub(crate) fn decode(object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats {
    let mut origin = Origin::of_object(object);
    let mut account_id = String::new();
    let mut stats = envelope::each(content, &mut |message, place, stats| {
        if !origin.is_audit(message) {
            stats.passed_over += 1;
            return;
        }
        match read(message) {
            Err(reason) => stats.reject(place, reason, sample(&message.text)),
            Ok((event, time)) => {
                origin.learn(&event);
                stats.saw(time, time);
                if account_id.is_empty() {
                    origin.account_id(message).clone_into(&mut account_id);
                }
                if LAST_STAGES.contains(&&*event.stage) && is_of_interest(&event) {
                    stats.records += 1;
                    write(&event, time, &origin, message, object.uri, place, batch);
                } else {
                    stats.passed_over += 1;
                }
            }
        }
    });
    stats.account_id = account_id;
    origin.region().clone_into(&mut stats.region);
    stats
}

fn read<'m>(message: &'m Message<'_>) -> Result<(Event<'m>, i64), String> {
    // Once for the whole record is cheaper than once for each text.
    let text = std::str::from_utf8(&message.text).map_err(|_| "the record is no UTF-8".to_owned())?;
    let event: Event<'_> = serde_json::from_str(text).map_err(|error| format!("the record is no JSON: {error}"))?;
    if !event.is_one() {
        return Err("the record is no audit event: it lacks `apiVersion` or `auditID`".to_owned());
    }
    match event.time().or(message.time) {
        Some(time) => Ok((event, time)),
        None => Err("the event has no time".to_owned()),
    }
}

fn write(
    event: &Event<'_>,
    time: i64,
    origin: &Origin,
    message: &Message<'_>,
    object: &str,
    line: i64,
    batch: &mut Batch<'_>,
) {
    let Event { user, target, impersonated, annotations, .. } = event;
    let extra = &user.extra;
    let arn = if extra.arn.text().is_empty() { &extra.canonical_arn } else { &extra.arn };
    let pod = pod::of(event);
    let mut row = batch.row(KUBERNETES_CALL);
    row.text("audit_id", &bounded(&event.audit_id)).time("event_time", time);
    row.text("account_id", origin.account_id(message)).text("region", origin.region());
    row.text("cluster_name", &bounded(origin.cluster_name(message)));
    row.text("stage", &bounded(&event.stage)).text("level", &bounded(&event.level)).text("verb", &bounded(&event.verb));
    row.text("request_uri", &uri::kept(&event.request_uri)).text("api_group", &bounded(&target.api_group));
    row.text("resource", &bounded(&target.resource)).text("subresource", &bounded(&target.subresource));
    row.text("namespace", &bounded(&target.namespace)).text("name", &bounded(name(event)));
    row.text("user_name", &bounded(&user.name)).json("user_groups", &array(&user.groups));
    row.text("identity_arn", &text(arn.text())).text("session_name", &bounded(extra.session_name.text()));
    row.text("access_key_id", &bounded(extra.access_key_id.text()));
    row.text("caller_pod_name", &bounded(extra.pod_name.text()));
    row.text("caller_pod_uid", &bounded(extra.pod_uid.text()));
    row.text("impersonated_user", &bounded(&impersonated.name));
    row.json("impersonated_groups", &array(&impersonated.groups));
    row.json("source_ips", &array(&event.source_ips)).text("user_agent", &text(&event.user_agent));
    row.maybe_int("response_code", event.code()).text("decision", &bounded(&annotations.decision));
    row.text("decision_reason", &text(&annotations.reason)).maybe_text("pod", pod.as_deref());
    row.text("object", object).int("line", line);
}

/// The object's name. The API server gives those that are made by a controller theirs, so that only the response has it.
fn name<'e>(event: &'e Event<'_>) -> &'e str {
    let given = &event.response_object.metadata.name;
    if event.target.name.is_empty() && &*event.verb == "create" { given } else { &event.target.name }
}

fn array<const MOST: usize>(texts: &crate::lenient::Items<Text<'_>, MOST>) -> String {
    let texts: Vec<serde_json::Value> = texts.iter().map(|text| bounded(text).into()).collect();
    serde_json::Value::from(texts).to_string()
}

fn bounded(text: &str) -> Cow<'_, str> {
    cut(text, LONGEST)
}

fn text(text: &str) -> Cow<'_, str> {
    cut(text, LONGEST_TEXT)
}

fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest { Cow::Borrowed(text) } else { Cow::Owned(shortened(text, longest)) }
}

/// How a record begins that could not be read; nothing of one that begins otherwise than events do.
fn sample(record: &[u8]) -> &str {
    let begin = std::str::from_utf8(record.get(..record.len().min(300)).unwrap_or_default()).unwrap_or_default();
    match begin.find(WITHHELD) {
        Some(end) if begin.starts_with("{\"kind\":\"Event\"") => begin.get(..end).unwrap_or_default(),
        _ => "",
    }
}
