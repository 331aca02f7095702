//! Claims: which staged files belong to a number that an application is about to commit to several tables.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sightline_model::untrusted::{for_terminal, shortened};

use crate::LakeError;
use crate::durable;
use crate::place::Place;
use crate::staged::{Staged, StagedFile};

/// The largest claim that is written or read, in bytes: some hundred thousand files.
const LIMIT: u64 = 256 << 20;
const VERSION: u32 = 1;
const FOLDER: &str = "claims";

/// The claims of a lake.
#[derive(Debug)]
pub(crate) struct Claims<'p> {
    place: &'p Place,
}

/// A claim that is kept: whose, and which number it has.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claimed {
    /// the application
    pub app: String,
    /// its number
    pub seq: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Claim {
    version: u32,
    app: String,
    seq: i64,
    staged: Vec<Staged>,
}

impl<'p> Claims<'p> {
    pub(crate) fn of(place: &'p Place) -> Self {
        Self { place }
    }

    /// Keeps a claim where there is none of this number. `false`: there is one.
    pub(crate) async fn create(&self, app: &str, seq: i64, staged: &[Staged]) -> Result<bool, LakeError> {
        let name = name(app, seq)?;
        let claim = Claim { version: VERSION, app: app.to_owned(), seq, staged: staged.to_vec() };
        let damaged = |reason| LakeError::Damaged { path: self.shown(&name), reason };
        let bytes = serde_json::to_vec(&claim).map_err(|error| damaged(error.to_string()))?;
        if bytes.len() as u64 > LIMIT {
            return Err(damaged(format!("it would be larger than {} MB; ingest fewer objects at once", LIMIT >> 20)));
        }
        let Some(root) = self.place.local() else { return self.place.create(&key(&name), bytes).await };
        let folder = root.join(FOLDER);
        let missing = !folder.is_dir();
        fs::create_dir_all(&folder).map_err(LakeError::io("create", &folder))?;
        if missing {
            durable::sync_folder(root)?;
        }
        durable::create(&folder, &root.join("tmp"), &name, &bytes)
    }

    pub(crate) async fn load(&self, app: &str, seq: i64) -> Result<Option<Vec<Staged>>, LakeError> {
        let name = name(app, seq)?;
        let Some(claim) = self.read(&name).await? else { return Ok(None) };
        if claim.app != app || claim.seq != seq {
            return Err(LakeError::Damaged {
                path: self.shown(&name),
                reason: "it holds the claim of another application or number".into(),
            });
        }
        Ok(Some(claim.staged))
    }

    pub(crate) async fn drop(&self, app: &str, seq: i64) -> Result<(), LakeError> {
        let name = name(app, seq)?;
        match self.place.local() {
            Some(root) => durable::remove(&root.join(FOLDER), &name),
            None => self.place.delete(&key(&name)).await,
        }
    }

    /// Whose claims there are, sorted.
    pub(crate) async fn list(&self) -> Result<Vec<Claimed>, LakeError> {
        let mut claims: Vec<Claimed> = self.names().await?.iter().filter_map(|name| claimed(name)).collect();
        claims.sort();
        Ok(claims)
    }

    /// What all claims name, whosever they are.
    pub(crate) async fn all(&self) -> Result<Vec<Staged>, LakeError> {
        let mut all = vec![];
        for name in self.names().await? {
            all.extend(self.read(&name).await?.map(|claim| claim.staged).unwrap_or_default());
        }
        Ok(all)
    }

    /// Names of the claims' files.
    async fn names(&self) -> Result<Vec<String>, LakeError> {
        let is_claim = |name: &String| name.ends_with(".json");
        let Some(root) = self.place.local() else {
            let listed = self.place.list(FOLDER).await?.into_iter();
            return Ok(listed.filter_map(|one| one.location.filename().map(str::to_owned)).filter(is_claim).collect());
        };
        let folder = root.join(FOLDER);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(vec![]),
            other => other.map_err(LakeError::io("read", &folder))?,
        };
        let mut names = vec![];
        for entry in entries {
            let name = entry.map_err(LakeError::io("read", &folder))?.file_name();
            names.extend(name.to_str().map(str::to_owned).filter(is_claim));
        }
        Ok(names)
    }

    async fn read(&self, name: &str) -> Result<Option<Claim>, LakeError> {
        match self.place.local() {
            Some(root) => read(&root.join(FOLDER).join(name)),
            None => match self.place.get(&key(name)).await? {
                Some(bytes) => parsed(&self.shown(name), &bytes).map(Some),
                None => Ok(None),
            },
        }
    }

    fn shown(&self, name: &str) -> PathBuf {
        self.place.shown().join(FOLDER).join(name)
    }
}

fn key(name: &str) -> String {
    format!("{FOLDER}/{name}")
}

fn read(path: &Path) -> Result<Option<Claim>, LakeError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(LakeError::io("open", path))?,
    };
    let mut bytes = vec![];
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(LakeError::io("read", path))?;
    parsed(path, &bytes).map(Some)
}

fn parsed(path: &Path, bytes: &[u8]) -> Result<Claim, LakeError> {
    let damaged = |reason: String| LakeError::Damaged { path: path.to_owned(), reason };
    if bytes.len() as u64 > LIMIT {
        return Err(damaged(format!("it is larger than {} MB", LIMIT >> 20)));
    }
    let claim: Claim = serde_json::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
    if claim.version != VERSION {
        return Err(damaged(format!("it has version {}, this sightline reads version {VERSION}", claim.version)));
    }
    match claim.staged.iter().flat_map(Staged::files).find(|file| !file.is_plain()) {
        Some(StagedFile { name, .. }) => Err(damaged(format!("`{}` is no name of a staged file", shortened(name, 60)))),
        None => Ok(claim),
    }
}

/// What a file's name says.
fn claimed(name: &str) -> Option<Claimed> {
    let (app, seq) = name.strip_suffix(".json")?.rsplit_once('-')?;
    Some(Claimed { app: app.to_owned(), seq: seq.parse().ok()? })
}

/// The file's name. An application's name becomes part of it.
fn name(app: &str, seq: i64) -> Result<String, LakeError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if app.is_empty() || app.len() > 100 || !app.bytes().all(plain) {
        return Err(LakeError::App { app: for_terminal(&shortened(app, 60)) });
    }
    Ok(format!("{app}-{seq}.json"))
}
