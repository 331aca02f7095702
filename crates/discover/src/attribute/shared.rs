//! What to say when the log names only a role: one thing bound to it is the workload, of several none is.

use sightline_model::Arn;
use sightline_model::edge::{Confidence, WorkloadKind};

use super::Attribution;
use crate::caller::Caller;
use crate::estate::Estate;

/// The most names that a sentence lists.
const MOST_NAMES: usize = 8;

/// The one candidate, or the role with all of them named; nothing where there is none. Where one of the tables that could
/// hold another candidate was not read whole, the one is only inferred.
pub(super) fn one_of(
    caller: &Caller,
    estate: &Estate,
    tables: &[&str],
    mut candidates: Vec<Attribution>,
) -> Option<Attribution> {
    candidates.sort_by(|a, b| a.arn.cmp(&b.arn));
    candidates.dedup_by(|a, b| a.arn == b.arn);
    if candidates.len() < 2 {
        let gaps = estate.coverage.gaps(tables, caller.account());
        return candidates.pop().map(|one| if gaps.is_empty() { one } else { doubted(one, &gaps) });
    }
    let shown =
        candidates.iter().take(MOST_NAMES).map(|candidate| candidate.arn.as_str()).collect::<Vec<_>>().join(", ");
    let more = candidates.len().saturating_sub(MOST_NAMES);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    Some(Attribution {
        arn: caller.identity().to_owned(),
        kind: WorkloadKind::Role,
        title: role_name(caller),
        confidence: Confidence::Inferred,
        sentence: format!("the session's role is that of {shown}{rest}: the log does not tell which"),
        place: None,
    })
}

/// Where others than these services may take the role too, the session may be theirs, whatever its name: inferred.
pub(super) fn unless_others(
    caller: &Caller,
    estate: &Estate,
    services: &[&str],
    candidate: Attribution,
) -> Attribution {
    if estate.trusts.only(&caller.issuer_arn, services) == Some(false) {
        let sentence = format!("{}; the role's trust policy lets others take it too", candidate.sentence);
        return Attribution { confidence: Confidence::Inferred, sentence, ..candidate };
    }
    candidate
}

fn doubted(one: Attribution, gaps: &[String]) -> Attribution {
    let sentence = format!("{}, as far as could be read, which {} could not", one.sentence, gaps.join(", "));
    Attribution { confidence: Confidence::Inferred, sentence, ..one }
}

pub(super) fn role_name(caller: &Caller) -> String {
    caller.identity().parse::<Arn>().map_or_else(|_| caller.identity().to_owned(), |arn| arn.name().to_owned())
}
