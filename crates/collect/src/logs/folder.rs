//! Log objects in a local folder: copies of a bucket, samples, exports.

use super::store::{Listed, Opened, Unlisted, broken_off};
use super::unread::{LONGEST_ERROR, Unread, Why};
use crate::CollectError;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use jiff::Timestamp;
use sightline_model::untrusted::shortened;
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use tokio::sync::mpsc;

const SCHEME: &str = "file://";
/// Files that are listed ahead.
const AHEAD: usize = 256;

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

    /// Every file by path. Of each folder on the way the names are in memory, no more: a file system gives them in no order.
    pub(super) fn list(&self) -> BoxStream<'_, Result<Listed, Unlisted>> {
        let (sender, receiver) = mpsc::channel(AHEAD);
        let root = self.root.clone();
        // A walk that stopped without its end would be a listing with a hole.
        let walking = async move {
            let walked = tokio::task::spawn_blocking(move || drop(walk(&root, &sender))).await;
            let place = self.place();
            walked.err().map(|error| Err(Unlisted { place, error: error.to_string() }))
        };
        let found = stream::unfold(receiver, |mut receiver| async { Some((receiver.recv().await?, receiver)) });
        let stopped = stream::once(walking).filter_map(std::future::ready);
        stream::select(found, stopped).boxed()
    }

    /// The file as a listing would tell it.
    pub(super) fn look_at(uri: &str) -> Result<Listed, Unread> {
        let path = Path::new(uri.strip_prefix(SCHEME).unwrap_or(uri));
        let found = fs::metadata(path).and_then(|metadata| listed(path, &metadata)).map_err(|error| unread(&error))?;
        found.ok_or_else(|| Unread::new(Why::Gone, "it is no file"))
    }

    pub(super) async fn open_object(object: &Listed, bound: u64) -> Result<Opened, Unread> {
        let object = object.clone();
        let open = move || {
            let mut file = PinnedFile::open(&object)?;
            if object.size > bound {
                return Ok(Opened::Stream(Box::new(file)));
            }
            let mut bytes = Vec::with_capacity(usize::try_from(object.size).unwrap_or_default());
            file.read_to_end(&mut bytes).map_err(|error| unread(&error))?;
            Ok(Opened::Whole(Bytes::from(bytes)))
        };
        let opened = tokio::task::spawn_blocking(open).await;
        opened.unwrap_or_else(|error| Err(Unread::new(Why::Failed, error)))
    }
}

/// Nobody listens any more.
struct Unheard;

type Sender = mpsc::Sender<Result<Listed, Unlisted>>;

/// Every file below the root. Links to folders are not followed: they may lead in circles. What is still to be looked at is kept in a list:
/// folders may lie so deep in each other that a thread's stack would not do.
fn walk(root: &Path, sender: &Sender) -> Result<(), Unheard> {
    let send = |found| sender.blocking_send(found).map_err(|_| Unheard);
    let mut ahead = vec![root.to_owned()];
    while let Some(path) = ahead.pop() {
        let found = fs::metadata(&path).and_then(|metadata| {
            if metadata.is_dir() {
                children(&path).map(Found::Folder)
            } else {
                listed(&path, &metadata).map(Found::File)
            }
        });
        match found {
            Ok(Found::File(file)) => file.map_or(Ok(()), |file| send(Ok(file)))?,
            Ok(Found::Folder(children)) => ahead.extend(children.iter().rev().map(|child| path.join(&child.name))),
            Err(error) => send(Err(Unlisted { place: path.display().to_string(), error: reason(&error) }))?,
        }
    }
    Ok(())
}

enum Found {
    File(Option<Listed>),
    Folder(Vec<Child>),
}

struct Child {
    name: OsString,
    is_folder: bool,
}

impl Child {
    /// As S3 sorts keys: a folder's name counts with the slash behind it.
    fn key(&self) -> impl Iterator<Item = u8> {
        self.name.as_encoded_bytes().iter().copied().chain(self.is_folder.then_some(b'/'))
    }
}

fn children(folder: &Path) -> io::Result<Vec<Child>> {
    let mut children = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let is_folder_link = kind.is_symlink() && entry.path().is_dir();
        if !is_folder_link {
            children.push(Child { name: entry.file_name(), is_folder: kind.is_dir() });
        }
    }
    children.sort_by(|a, b| a.key().cmp(b.key()));
    Ok(children)
}

/// A file as an object; `None` for sockets, devices and the like.
fn listed(path: &Path, metadata: &Metadata) -> io::Result<Option<Listed>> {
    if !metadata.is_file() {
        return Ok(None);
    }
    // Two such names may look alike: one would be taken for the other.
    let no_text = || io::Error::other("the name is no UTF-8; rename the file to have it read");
    let key = path.to_str().ok_or_else(no_text)?.to_owned();
    Ok(Some(Listed {
        uri: format!("{SCHEME}{key}"),
        key,
        version: version(metadata)?,
        size: metadata.len(),
        last_modified: modified(metadata)?,
        receipt: None,
    }))
}

fn modified(metadata: &Metadata) -> io::Result<Timestamp> {
    Timestamp::try_from(metadata.modified()?).map_err(io::Error::other)
}

fn version(metadata: &Metadata) -> io::Result<String> {
    Ok(format!("{}-{}", metadata.len(), modified(metadata)?.as_nanosecond()))
}

/// A file that is read as it was listed: one that changes meanwhile is an error, at its end at the latest.
struct PinnedFile {
    file: File,
    version: String,
    left: u64,
}

impl PinnedFile {
    fn open(object: &Listed) -> Result<Self, Unread> {
        let file = File::open(&object.key).map_err(|error| unread(&error))?;
        let pinned = Self { file, version: object.version.clone(), left: object.size };
        pinned.check().map_err(|error| unread(&error))?;
        Ok(pinned)
    }

    fn check(&self) -> io::Result<()> {
        if version(&self.file.metadata()?)? == self.version {
            Ok(())
        } else {
            Err(broken_off(Unread::new(Why::Gone, "the file has changed since it was listed")))
        }
    }
}

impl Read for PinnedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let length = (&mut self.file).take(self.left).read(buffer)?;
        self.left = self.left.saturating_sub(length as u64);
        if length == 0 {
            self.check()?;
        }
        if length == 0 && self.left > 0 {
            let error = format!("the file ends {} bytes before the size that it was listed with", self.left);
            return Err(broken_off(Unread::new(Why::Inconsistent, error)));
        }
        Ok(length)
    }
}

fn unread(error: &io::Error) -> Unread {
    if let Some(unread) = Unread::within(error) {
        return unread.clone();
    }
    let why = match error.kind() {
        ErrorKind::PermissionDenied => Why::Denied,
        ErrorKind::NotFound => Why::Gone,
        _ => Why::Failed,
    };
    Unread::new(why, reason(error))
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => shortened(&error.to_string(), LONGEST_ERROR),
    }
}
