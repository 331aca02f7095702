//! Log objects in a local folder: copies of a bucket, samples, exports.

use super::store::{Listed, Unlisted, Unread, Why};
use crate::CollectError;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use jiff::Timestamp;
use sightline_model::untrusted::shortened;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

const SCHEME: &str = "file://";
/// Characters of an error that are kept.
const LONGEST_ERROR: usize = 500;

/// A folder, or one file.
#[derive(Debug, Clone)]
pub struct FolderStore {
    root: PathBuf,
}

impl FolderStore {
    pub(super) fn open(path: &Path) -> Result<Self, CollectError> {
        let failed = |error: io::Error| CollectError::LogFolder { path: path.to_owned(), reason: reason(&error) };
        // The URI is the object's identity: it must not depend on the folder that the command was run in.
        let root = path.canonicalize().map_err(failed)?;
        Ok(Self { root })
    }

    pub(super) fn place(&self) -> String {
        self.root.display().to_string()
    }

    pub(super) fn key_of(uri: &str) -> Option<&str> {
        uri.strip_prefix(SCHEME)
    }

    pub(super) fn list(&self) -> BoxStream<'_, Result<Listed, Unlisted>> {
        let root = self.root.clone();
        let walk = async move {
            let walked = tokio::task::spawn_blocking(move || {
                let mut found = Vec::new();
                walk(&root, &mut found);
                found
            });
            match walked.await {
                Ok(found) => stream::iter(found).left_stream(),
                Err(error) => {
                    let unlisted = Unlisted { place: self.place(), error: error.to_string() };
                    stream::once(async { Err(unlisted) }).right_stream()
                }
            }
        };
        stream::once(walk).flatten().boxed()
    }

    pub(super) async fn fetch(&self, object: &Listed, limit: u64) -> Result<Bytes, Unread> {
        let object = object.clone();
        let read = tokio::task::spawn_blocking(move || read(&object, limit));
        read.await.unwrap_or_else(|error| Err(Unread { why: Why::Failed, error: error.to_string() }))
    }
}

/// Every file below the path, by name, so that listings are alike. Links to folders are not followed: they may lead in circles.
fn walk(path: &Path, found: &mut Vec<Result<Listed, Unlisted>>) {
    let listed = fs::metadata(path)
        .and_then(|metadata| if metadata.is_dir() { children(path).map(Err) } else { listed(path, &metadata).map(Ok) });
    match listed {
        Ok(Ok(file)) => found.extend(file.map(Ok)),
        Ok(Err(children)) => children.iter().for_each(|child| walk(child, found)),
        Err(error) => found.push(Err(Unlisted { place: path.display().to_string(), error: reason(&error) })),
    }
}

fn children(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut children = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if !(path.is_symlink() && path.is_dir()) {
            children.push(path);
        }
    }
    children.sort();
    Ok(children)
}

/// A file as an object; `None` for sockets, devices and the like.
fn listed(path: &Path, metadata: &Metadata) -> io::Result<Option<Listed>> {
    if !metadata.is_file() {
        return Ok(None);
    }
    let key = path.to_string_lossy().into_owned();
    Ok(Some(Listed {
        uri: format!("{SCHEME}{key}"),
        key,
        version: version(metadata)?,
        size: metadata.len(),
        last_modified: modified(metadata)?,
    }))
}

fn modified(metadata: &Metadata) -> io::Result<Timestamp> {
    Timestamp::try_from(metadata.modified()?).map_err(io::Error::other)
}

fn version(metadata: &Metadata) -> io::Result<String> {
    Ok(format!("{}-{}", metadata.len(), modified(metadata)?.as_nanosecond()))
}

fn read(object: &Listed, limit: u64) -> Result<Bytes, Unread> {
    let mut file = fs::File::open(&object.key).map_err(|error| unread(&error))?;
    let is_pinned = |file: &fs::File| {
        file.metadata().and_then(|metadata| version(&metadata)).map(|version| version == object.version)
    };
    let mut bytes = Vec::new();
    let before = is_pinned(&file).map_err(|error| unread(&error))?;
    (&mut file).take(limit).read_to_end(&mut bytes).map_err(|error| unread(&error))?;
    let after = is_pinned(&file).map_err(|error| unread(&error))?;
    if before && after {
        Ok(bytes.into())
    } else {
        Err(Unread { why: Why::Gone, error: "the file has changed since it was listed".to_owned() })
    }
}

fn unread(error: &io::Error) -> Unread {
    let why = match error.kind() {
        ErrorKind::PermissionDenied => Why::Denied,
        ErrorKind::NotFound => Why::Gone,
        _ => Why::Failed,
    };
    Unread { why, error: reason(error) }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => shortened(&error.to_string(), LONGEST_ERROR),
    }
}
