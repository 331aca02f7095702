//! Policy documents, read once each, and what of them could not be understood.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use sightline_iam::policy::Policy;
use sightline_model::untrusted::shortened;

/// Something that answers rest on and that could not be read or understood: they depend on it, and say so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The policy, resource or account.
    pub place: String,
    /// The policy's statement, from 1; none where the whole is at fault.
    pub statement: Option<usize>,
    /// What is wrong, in words.
    pub why: String,
}

/// Longest words about a problem, in characters.
const WORDS: usize = 300;

impl Problem {
    pub(crate) fn of(place: &str, why: &str) -> Self {
        Self { place: shortened(place, WORDS), statement: None, why: shortened(why, WORDS) }
    }
}

/// Reads documents. Equal documents of equal names are one value.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    read: BTreeMap<(String, String), Arc<Policy>>,
    pub(crate) problems: Vec<Problem>,
}

impl Documents {
    /// The document of a policy that is there; where it was not read, a policy that may say anything.
    pub(crate) fn policy(&mut self, id: &str, document: Option<&Value>) -> Arc<Policy> {
        let Some(document) = document.filter(|document| !document.is_null()) else {
            return self.unread(id, "its document was not read");
        };
        let key = (id.to_owned(), document.to_string());
        if let Some(policy) = self.read.get(&key) {
            return Arc::clone(policy);
        }
        let policy = Arc::new(Policy::read(id, document));
        let doubts =
            policy.uncertainties().map(|(at, why)| Problem { statement: Some(at + 1), ..Problem::of(id, why) });
        self.problems.extend(doubts);
        self.read.insert(key, Arc::clone(&policy));
        policy
    }

    /// A policy of which no more is known than that it is there.
    pub(crate) fn unread(&mut self, id: &str, why: &str) -> Arc<Policy> {
        let key = (id.to_owned(), String::new());
        if let Some(policy) = self.read.get(&key) {
            return Arc::clone(policy);
        }
        self.problems.push(Problem::of(id, why));
        let policy = Arc::new(Policy::unreadable(id, why));
        self.read.insert(key, Arc::clone(&policy));
        policy
    }

    pub(crate) fn problem(&mut self, place: &str, why: &str) {
        self.problems.push(Problem::of(place, why));
    }
}
