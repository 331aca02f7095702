//! A role that another session assumed: the workload is whoever asked for the role.

use super::{Attribution, named};
use crate::caller::Caller;
use crate::estate::Estate;
use crate::issued::Issued;

/// Sessions that are followed back. Roles may be chained in a loop: it ends here.
const LONGEST: usize = 5;

/// The workload that called `AssumeRole` for the key that the call was made with, or for the key of that call, and so on.
pub(super) fn attribute(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let mut asked = asker(caller, estate)?;
    let place = asked.place.clone();
    for _ in 0..LONGEST {
        if let Some(workload) = named(&asked.caller, estate) {
            let sentence =
                format!("the key was issued by AssumeRole to {}: {}", asked.caller.identity_arn, workload.sentence);
            return Some(Attribution { sentence, place, ..workload });
        }
        asked = asker(&asked.caller, estate)?;
    }
    None
}

fn asker<'e>(caller: &Caller, estate: &'e Estate) -> Option<&'e Issued> {
    let issued: &[Issued] = estate.sessions.get(&caller.access_key_id)?;
    issued.iter().find(|issued| issued.event_name == "AssumeRole" && !issued.caller.identity_arn.is_empty())
}
