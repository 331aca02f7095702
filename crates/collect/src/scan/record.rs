//! What a scan notes in its journal: a kind, the number of what it speaks of, and JSON.

use crate::catalogue::Catalogue;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sightline_aws::Caller;
use sightline_model::Outcome;

/// Journals of another form are not gone on with.
pub(super) const FORM: u32 = 1;

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// what is scanned: [`Begun`], the first record
    Begun = b'B',
    /// an account was entered, or could not be: a job's number and [`Entered`], which counts with that job's end
    Entered = b'E',
    /// a job begins: [`JobKey`]
    Job = b'J',
    /// rows of a job, a line each
    Rows = b'R',
    /// coverage of a job
    Coverage = b'C',
    /// a job is done: [`JobEnd`]. What a job without it noted is as if it had never been.
    Done = b'D',
    /// all jobs are done, and the lake takes over: [`Closed`]
    Closed = b'Z',
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        use Kind::*;
        [Begun, Entered, Job, Rows, Coverage, Done, Closed].into_iter().find(|kind| *kind as u8 == byte)
    }
}

pub(super) fn encode(kind: Kind, number: u32, body: &[u8]) -> Vec<u8> {
    let mut record = Vec::with_capacity(body.len() + 5);
    record.push(kind as u8);
    record.extend_from_slice(&number.to_le_bytes());
    record.extend_from_slice(body);
    record
}

pub(super) fn decode(record: &[u8]) -> Option<(Kind, u32, &[u8])> {
    let (kind, rest) = record.split_first()?;
    let (number, body) = rest.split_first_chunk()?;
    Some((Kind::of(*kind)?, u32::from_le_bytes(*number), body))
}

/// What a scan was told to do, as far as a later process must do the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Begun {
    pub(super) form: u32,
    /// the product's
    pub(super) version: String,
    pub(super) started_at: Timestamp,
    /// whose credentials it began with
    pub(super) caller: Who,
    /// the regions that were named; none for all that are enabled
    pub(super) regions: Vec<String>,
    pub(super) tables: Vec<String>,
    pub(super) accounts: Vec<Chosen>,
}

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Who {
    pub(super) account_id: String,
    pub(super) arn: String,
    pub(super) partition: String,
}

/// An account, and how it is entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chosen {
    pub(super) account_id: String,
    /// as the organization names it
    pub(super) name: String,
    pub(super) by: By,
}

/// How an account is entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum By {
    /// it is the caller's own
    Own,
    /// by a role in it
    Role { arn: String, external_id: Option<String> },
    /// not at all: why
    Nothing(String),
}

/// What became of entering an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Entered {
    In { who: Who, regions: Vec<String> },
    Refused { outcome: Outcome, code: String, message: String },
}

/// What a job reads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct JobKey {
    /// its place in [`Begun::accounts`]
    pub(super) account: u32,
    /// a region's name, or `global`
    pub(super) region: String,
    /// empty for the entering itself
    pub(super) table: String,
}

/// How a job ended.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct JobEnd {
    pub(super) rows: u64,
    /// how the listing as a whole failed, if it did
    pub(super) failure: Option<(Outcome, String)>,
}

/// How a scan ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Closed {
    pub(super) finished_at: Timestamp,
    /// calls and retries of each account
    pub(super) usage: Vec<(u64, u64)>,
    // INVARIANT: batches are cut the same way by whoever brings them into the lake, so that each is there once.
    pub(super) batch_rows: usize,
    pub(super) batch_bytes: usize,
}

impl From<&Caller> for Who {
    fn from(caller: &Caller) -> Self {
        Self { account_id: caller.account_id.clone(), arn: caller.arn.clone(), partition: caller.partition.clone() }
    }
}

impl From<&Who> for Caller {
    fn from(who: &Who) -> Self {
        Self { account_id: who.account_id.clone(), arn: who.arn.clone(), partition: who.partition.clone() }
    }
}

impl Begun {
    /// Why a scan that began so cannot be gone on with, if it cannot.
    pub(super) fn misfit(&self, version: &str, catalogue: &Catalogue) -> Option<String> {
        if self.form != FORM || self.version != version {
            return Some(format!("sightline {} began it, and this is {version}", self.version));
        }
        let gone = self.tables.iter().find(|table| catalogue.table(table).is_none())?;
        Some(format!("there is no table `{gone}` any more"))
    }
}
