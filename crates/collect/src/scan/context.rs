//! What visits share: the scan, and the account that they are in.

use super::Clock;
use super::notes::Notes;
use crate::kubernetes::Clusters;
use sightline_aws::{Aws, CallError, CallErrorKind, Caller};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use tokio_util::sync::CancellationToken;

/// What all visits of one scan share.
pub(super) struct Scan {
    pub(super) scan_id: String,
    pub(super) clock: Clock,
    /// Rows of one page, and pages of one table, that are made at once.
    pub(super) concurrency: usize,
    pub(super) stop: CancellationToken,
    pub(super) notes: Notes,
    /// Resources of tables whose resources several answers may hold.
    pub(super) seen: Seen,
    /// Why the scan cannot go on, where it is to be gone on with later.
    pub(super) stopped_by: Mutex<Option<String>>,
}

impl Scan {
    /// With credentials that have expired nothing can be read any more: what is left is for a scan that goes on with fresh ones.
    pub(super) fn stop_if_expired(&self, error: &CallError) -> bool {
        let expired = error.kind == CallErrorKind::ExpiredCredentials;
        if expired {
            let mut reason = self.stopped_by.lock().unwrap_or_else(PoisonError::into_inner);
            reason.get_or_insert_with(|| error.to_string());
            drop(reason);
            self.stop.cancel();
        }
        expired
    }
}

/// An account that was entered.
pub(super) struct Account {
    /// its place in the list of accounts
    pub(super) number: u32,
    pub(super) aws: Aws,
    pub(super) caller: Caller,
    pub(super) clusters: Clusters,
}

/// Hashes of account, table and ARN.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashSet<(u64, u64)>>);

impl Seen {
    /// Whether this is the first time.
    pub(super) fn first(&self, account: u32, table: &str, arn: &str) -> bool {
        let hash = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            (salt, account, table, arn).hash(&mut hasher);
            hasher.finish()
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((hash(0), hash(1)))
    }
}
