//! A role that another session assumed: the workload is whoever asked for the role.

use super::{Attribution, named};
use crate::caller::Caller;
use crate::estate::{Estate, Issued};

/// Sessions that are followed back. Roles may be chained in a loop: it ends here.
const LONGEST: usize = 5;

/// The workload that called `AssumeRole` for the key that the call was made with, or for the key of that call, and so on.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let mut asked = asker(caller, estate)?;
    for _ in 0..LONGEST {
        if let Some(workload) = named(asked, estate) {
            let sentence = format!("the key was issued by AssumeRole to {}: {}", asked.identity_arn, workload.sentence);
            return Some(Attribution { sentence, ..workload });
        }
        asked = asker(asked, estate)?;
    }
    None
}

fn asker<'e>(caller: &Caller, estate: &'e Estate) -> Option<&'e Caller> {
    let issued: &[Issued] = estate.sessions.get(&caller.access_key_id)?;
    let assumed =
        issued.iter().find(|issued| issued.event_name == "AssumeRole" && !issued.caller.identity_arn.is_empty())?;
    Some(&assumed.caller)
}
