//! All checks: those embedded from `checks/`, and those of folders of a user's own.

use std::path::PathBuf;

use crate::check::Check;
use crate::shared::Shared;
use crate::{CheckError, folder, parse};

#[expect(unreachable_pub, reason = "generated")]
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/checks.rs"));
}

/// Every check that ships, by id.
///
/// # Errors
/// A check's file is broken; a test of this crate keeps that from being shipped.
pub fn checks() -> Result<Vec<Check>, CheckError> {
    let shared = Shared::embedded();
    let mut checks =
        embedded::ALL.iter().map(|(file, text)| parse::parse(file, text, &shared)).collect::<Result<Vec<_>, _>>()?;
    checks.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(checks)
}

/// Every check that ships, and those of these folders, by id. A folder's checks may use its `shared/*.sql`.
///
/// # Errors
/// A folder cannot be read or holds no check; a file in it is broken; two checks have one id. A check that cannot run as written is never left
/// out: its silence would look like a pass.
pub fn checks_with(folders: &[PathBuf]) -> Result<Vec<Check>, CheckError> {
    let mut checks = checks()?;
    for folder in folders {
        let shared = Shared::embedded().with_folder(&folder.join("shared"))?;
        let files = folder::files(folder)?;
        if files.is_empty() {
            return Err(CheckError::NoChecks { folder: folder.clone() });
        }
        for path in files {
            let check = parse::parse(&path.display().to_string(), &folder::read(&path)?, &shared)?;
            if let Some(other) = checks.iter().find(|other| other.id == check.id) {
                return Err(CheckError::File {
                    problem: format!("the id `{}` is taken by `{}`", check.id, other.file),
                    file: check.file,
                    line: 1,
                    help: "give the file another name: ids are unique, also beside those that ship".to_owned(),
                });
            }
            checks.push(check);
        }
    }
    checks.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(checks)
}
