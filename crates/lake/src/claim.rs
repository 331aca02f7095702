//! Claims: which staged files belong to a number that an application is about to commit to several tables.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sightline_model::untrusted::{for_terminal, shortened};

use crate::LakeError;
use crate::durable;
use crate::staged::{Staged, StagedFile};

/// The largest claim that is written or read, in bytes: some hundred thousand files.
const LIMIT: u64 = 256 << 20;
const VERSION: u32 = 1;

/// The folder of claims.
#[derive(Debug)]
pub(crate) struct Claims {
    folder: PathBuf,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claim {
    version: u32,
    app: String,
    seq: i64,
    staged: Vec<Staged>,
}

impl Claims {
    pub(crate) fn of(root: &Path) -> Self {
        Self { folder: root.join("claims") }
    }

    pub(crate) fn save(&self, app: &str, seq: i64, staged: &[Staged]) -> Result<(), LakeError> {
        let name = name(app, seq)?;
        let claim = Claim { version: VERSION, app: app.to_owned(), seq, staged: staged.to_vec() };
        let damaged = |reason| LakeError::Damaged { path: self.folder.join(&name), reason };
        let bytes = serde_json::to_vec(&claim).map_err(|error| damaged(error.to_string()))?;
        if bytes.len() as u64 > LIMIT {
            return Err(damaged(format!("it would be larger than {} MB; ingest fewer objects at once", LIMIT >> 20)));
        }
        let missing = !self.folder.is_dir();
        fs::create_dir_all(&self.folder).map_err(LakeError::io("create", &self.folder))?;
        if missing && let Some(root) = self.folder.parent() {
            durable::sync_folder(root)?;
        }
        durable::put(&self.folder, &name, &bytes)
    }

    pub(crate) fn load(&self, app: &str, seq: i64) -> Result<Option<Vec<Staged>>, LakeError> {
        let path = self.folder.join(name(app, seq)?);
        let Some(claim) = read(&path)? else { return Ok(None) };
        if claim.app != app || claim.seq != seq {
            return Err(LakeError::Damaged {
                path,
                reason: "it holds the claim of another application or number".into(),
            });
        }
        Ok(Some(claim.staged))
    }

    pub(crate) fn drop(&self, app: &str, seq: i64) -> Result<(), LakeError> {
        durable::remove(&self.folder, &name(app, seq)?)
    }

    /// What all claims name, whosever they are.
    pub(crate) fn all(&self) -> Result<Vec<Staged>, LakeError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(vec![]),
            other => other.map_err(LakeError::io("read", &self.folder))?,
        };
        let mut all = vec![];
        for entry in entries {
            let path = entry.map_err(LakeError::io("read", &self.folder))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                all.extend(read(&path)?.map(|claim| claim.staged).unwrap_or_default());
            }
        }
        Ok(all)
    }
}

fn read(path: &Path) -> Result<Option<Claim>, LakeError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(LakeError::io("open", path))?,
    };
    let mut bytes = vec![];
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(LakeError::io("read", path))?;
    let damaged = |reason: String| LakeError::Damaged { path: path.to_owned(), reason };
    if bytes.len() as u64 > LIMIT {
        return Err(damaged(format!("it is larger than {} MB", LIMIT >> 20)));
    }
    let claim: Claim = serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
    if claim.version != VERSION {
        return Err(damaged(format!("it has version {}, this sightline reads version {VERSION}", claim.version)));
    }
    match claim.staged.iter().flat_map(Staged::files).find(|file| !file.is_plain()) {
        Some(StagedFile { name, .. }) => Err(damaged(format!("`{}` is no name of a staged file", shortened(name, 60)))),
        None => Ok(Some(claim)),
    }
}

/// The file's name. An application's name becomes part of it.
fn name(app: &str, seq: i64) -> Result<String, LakeError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if app.is_empty() || app.len() > 100 || !app.bytes().all(plain) {
        return Err(LakeError::App { app: for_terminal(&shortened(app, 60)) });
    }
    Ok(format!("{app}-{seq}.json"))
}
