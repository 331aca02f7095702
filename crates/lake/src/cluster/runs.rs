//! What was run where: nothing is run elsewhere than asked without being counted.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use sightline_model::untrusted::shortened;

/// Reasons are kept up to this length, in characters.
const LONGEST_REASON: usize = 300;
/// How many different reasons are kept; others count as one.
const MOST_REASONS: usize = 50;

/// How many statements were run where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runs {
    /// On the cluster
    pub sent: u64,
    /// Of these, how often one was begun again, since an executor was lost
    pub begun_again: u64,
    /// Here, since they read too little to be worth a round trip, or tell of plans
    pub small: u64,
    /// Here, since they could not be sent: why, and how many
    pub kept_here: BTreeMap<String, u64>,
}

/// [`Runs`] in the making.
#[derive(Debug, Default)]
pub(super) struct Counted {
    sent: AtomicU64,
    begun_again: AtomicU64,
    small: AtomicU64,
    kept_here: Mutex<BTreeMap<String, u64>>,
}

impl Counted {
    pub(super) fn sent(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn begun_again(&self) {
        self.begun_again.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn small(&self) {
        self.small.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn kept_here(&self, reason: String) {
        let mut reasons = self.kept_here.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reason = shortened(&reason.replace('\n', " "), LONGEST_REASON);
        if reasons.len() >= MOST_REASONS && !reasons.contains_key(&reason) {
            "other reasons".clone_into(&mut reason);
        }
        *reasons.entry(reason).or_default() += 1;
    }

    pub(super) fn runs(&self) -> Runs {
        Runs {
            sent: self.sent.load(Ordering::Relaxed),
            begun_again: self.begun_again.load(Ordering::Relaxed),
            small: self.small.load(Ordering::Relaxed),
            kept_here: self.kept_here.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}
