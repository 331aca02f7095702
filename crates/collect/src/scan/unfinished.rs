//! Scans that were cut off: which there are, and how one is gone on with or dropped.

use super::options::Resume;
use super::past::{self, Past};
use super::record::Begun;
use crate::CollectError;
use crate::catalogue::Catalogue;
use jiff::Timestamp;
use sightline_lake::{Journal, Lake};
use sightline_model::untrusted::shortened;

/// A scan that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// the scan's id
    pub scan_id: String,
    /// when it began; nothing where its journal does not tell
    pub started_at: Option<Timestamp>,
    /// how many accounts it was to read
    pub accounts: usize,
}

/// The scans that were cut off, the oldest first. One that is under way is among them.
///
/// # Errors
/// The lake cannot be read.
pub fn unfinished(lake: &Lake) -> Result<Vec<Unfinished>, CollectError> {
    let of = |scan_id: String| {
        let begun = past::begun(lake, &scan_id)?;
        let accounts = begun.as_ref().map_or(0, |begun| begun.accounts.len());
        Ok(Unfinished { scan_id, started_at: begun.map(|begun| begun.started_at), accounts })
    };
    lake.journals()?.into_iter().map(of).collect()
}

/// Drops a scan that was cut off: nothing of it is in the lake, and nothing will be.
///
/// # Errors
/// There is none of this id; a scan is under way; the lake cannot be written.
pub fn discard(lake: &Lake, scan_id: &str) -> Result<(), CollectError> {
    let _lock = lake.lock("scan", "discarding a scan")?;
    if !lake.journals()?.iter().any(|name| name == scan_id) {
        return Err(CollectError::NothingToResume(shortened(scan_id, 60)));
    }
    Ok(lake.drop_journal(scan_id)?)
}

/// A scan that is gone on with.
pub(super) struct Resumed {
    pub(super) scan_id: String,
    pub(super) begun: Begun,
    pub(super) journal: Journal,
    pub(super) past: Past,
}

/// Reads what a scan has done, to go on with it.
pub(super) fn resume(
    lake: &Lake,
    catalogue: &Catalogue,
    which: &Resume,
    version: &str,
) -> Result<Resumed, CollectError> {
    let names = lake.journals()?;
    let name = match which {
        Resume::Newest => names.last().cloned().ok_or_else(|| CollectError::NothingToResume(String::new()))?,
        Resume::Id(id) => {
            let found = names.into_iter().find(|name| name == id);
            found.ok_or_else(|| CollectError::NothingToResume(shortened(id, 60)))?
        }
    };
    let misfit = |reason| CollectError::CannotResume { scan_id: name.clone(), reason };
    let begun = past::begun(lake, &name)?.ok_or_else(|| misfit("it had not begun".to_owned()))?;
    if let Some(reason) = begun.misfit(version, catalogue) {
        return Err(misfit(reason));
    }
    let (journal, past) = past::read(lake, &name, catalogue)?;
    Ok(Resumed { scan_id: name, begun, journal, past })
}
