//! Whether what is held is what the lake holds: where the lake or the configuration cannot be read, the state before is shown, and said to
//! be old.

use jiff::Timestamp;
use serde::Serialize;
use sightline_model::untrusted::shortened;
use std::sync::{Mutex, PoisonError};
use utoipa::ToSchema;

/// Characters of a reason.
const LONGEST: usize = 500;

/// Why what is shown is old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Stale {
    /// What was written since then is not shown
    #[schema(value_type = String, format = DateTime)]
    pub(crate) since: Timestamp,
    /// Why it cannot be read
    pub(crate) reason: String,
}

/// What the newest look at the lake came to.
#[derive(Debug, Default)]
pub(crate) struct Look(Mutex<Option<Stale>>);

impl Look {
    /// It failed for this reason, or did not. Tells whether that is a failure that was not known.
    pub(crate) fn came_to(&self, failure: Option<String>, now: Timestamp) -> bool {
        let mut stale = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reason = failure.map(|failure| shortened(&failure, LONGEST));
        let is_new = reason.is_some() && reason.as_ref() != stale.as_ref().map(|known| &known.reason);
        let since = stale.as_ref().map_or(now, |known| known.since);
        *stale = reason.map(|reason| Stale { since, reason });
        is_new
    }

    /// Why what is shown is old; nothing where it is not.
    pub(crate) fn stale(&self) -> Option<Stale> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_told_once_and_kept_since_it_began() {
        let (look, first, later) = (Look::default(), Timestamp::UNIX_EPOCH, Timestamp::MAX);
        let failed = |reason: &str| Some(reason.to_owned());
        assert!(look.came_to(failed("gone"), first));
        assert!(!look.came_to(failed("gone"), later));
        assert!(look.came_to(failed("torn"), later));
        assert_eq!(look.stale(), Some(Stale { since: first, reason: "torn".to_owned() }));
        assert!(!look.came_to(None, later));
        assert_eq!(look.stale(), None);
    }
}
