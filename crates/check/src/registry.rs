//! All checks, embedded from `checks/`.

use crate::check::Check;
use crate::{CheckError, parse};

#[expect(unreachable_pub, reason = "generated")]
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/checks.rs"));
}

/// Every check, by id.
///
/// # Errors
/// A check's file is broken; a test of this crate keeps that from being shipped.
pub fn checks() -> Result<Vec<Check>, CheckError> {
    let mut checks =
        embedded::ALL.iter().map(|(file, text)| parse::parse(file, text)).collect::<Result<Vec<_>, _>>()?;
    checks.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(checks)
}
