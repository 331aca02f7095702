//! A role that another session assumed: the workload is whoever asked for the role.

use sightline_model::edge::{Confidence, WorkloadKind};

use super::{Attribution, KINDS, role};
use crate::caller::Caller;
use crate::estate::{Estate, Issued};

/// Sessions that are followed back. AWS chains roles as far as one likes; a loop of them ends here.
const LONGEST: usize = 5;

/// The workload that called `AssumeRole` for the key that the call was made with.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let mut asked = asker(caller, estate)?;
    for _ in 1..LONGEST {
        match asker(asked, estate) {
            Some(before) => asked = before,
            None => break,
        }
    }
    // The asker's own session is at its end: `attribute` of this file cannot answer for it again.
    let workload = KINDS.iter().filter(|kind| **kind as usize != attribute as usize).find_map(|kind| kind(asked, estate))?;
    // Who took a role through a role that tells nothing is not known any better: the role that called is told.
    if workload.kind == WorkloadKind::Role || workload.kind == WorkloadKind::Service {
        return role::attribute(caller, estate);
    }
    let sentence = format!("the key was issued by AssumeRole to {}: {}", asked.identity_arn, workload.sentence);
    Some(Attribution { sentence, confidence: workload.confidence.max(Confidence::Exact), ..workload })
}

fn asker<'e>(caller: &Caller, estate: &'e Estate) -> Option<&'e Caller> {
    let issued: &[Issued] = estate.sessions.get(&caller.access_key_id)?;
    let assumed = issued.iter().find(|issued| issued.event_name == "AssumeRole" && !issued.caller.identity_arn.is_empty())?;
    Some(&assumed.caller)
}
