//! Where log objects lie: what every kind of store can do.
//!
//! | store | objects | identity: URI and version | order |
//! |---|---|---|---|
//! | [`S3Store`] | keys below prefixes of a bucket or access point | `s3://bucket/key`, ETag | by key |
//! | [`FolderStore`] | files | `file:///path`, size and time | by path |
//! | [`QueueStore`] | what S3 tells an SQS queue that was created | as in S3 | as told |
//! | [`GroupStore`] | quarters of an hour of a CloudWatch Logs group | `logs://account/region/group/from..to`, `settled` | by time |
//! | [`StdinStore`] | standard input, one object | `stdin:sha256`, size | |
//!
//! The same S3 object has the same identity however it was found, so that it is read once.
//!
//! A store is listed ([`LogStore::list`]), its objects are opened ([`LogStore::open`]), and what is in the lake is acknowledged
//! ([`LogStore::acknowledge`]): a queue removes its messages then. Nothing else of a store changes anything.

use super::address::Address;
use super::cloudwatch::GroupStore;
use super::folder::FolderStore;
use super::request::Requests;
use super::s3::S3Store;
use super::sqs::{QueueCounts, QueueStore, QueueTrouble};
use super::stdin::StdinStore;
use super::unread::{Unread, Why};
use crate::CollectError;
use crate::scan::Clock;
use bytes::Bytes;
use futures::stream::BoxStream;
use jiff::Timestamp;
use sightline_aws::Aws;
use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// A place that holds log objects. Cheap to clone: clones are the same place, with the same counters.
#[derive(Debug, Clone)]
pub enum LogStore {
    /// prefixes of an S3 bucket
    S3(S3Store),
    /// a local folder, with its folders, or one file
    Folder(FolderStore),
    /// a queue that S3 tells of new objects
    Queue(QueueStore),
    /// a CloudWatch Logs group
    Group(GroupStore),
    /// standard input
    Stdin(StdinStore),
}

/// One object, as listed. Its content is pinned: it is read as this version or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listed {
    /// `s3://bucket/key`, `file:///path`, `logs://…`, `stdin:…`; with `version`, the object's identity
    pub uri: String,
    /// the key, or the path: what AWS's layouts are recognised by
    pub key: String,
    /// ETag, or size and time of a file
    pub version: String,
    /// bytes as stored; 0 where that is not known before it is read
    pub size: u64,
    /// when it was last modified
    pub last_modified: Timestamp,
    /// what to acknowledge once the object is in the lake; no part of its identity
    pub receipt: Option<Receipt>,
}

/// By what a queue knows which of its messages named an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// the message's id
    pub(super) message: Arc<str>,
    /// the object's place among those that the message names
    pub(super) part: usize,
    /// S3's id of this very version, where the bucket keeps versions
    pub(super) version_id: Option<String>,
}

/// How much of an object is held in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// bytes, as stored, up to which an object is opened whole; larger ones are streamed
    pub whole: u64,
    /// the same for Parquet, which is read from its end: larger ones are refused
    pub parquet: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { whole: 32 << 20, parquet: 512 << 20 }
    }
}

/// An object's bytes, as stored.
pub enum Opened {
    /// all of them
    Whole(Bytes),
    /// as they come. An object that changes, ends early or cannot be read on is an error of the reader, from which [`Unread::within`] tells what
    /// it means; a reader that ends without one has given the whole object. It blocks: read it off the async threads.
    Stream(Box<dyn Read + Send>),
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => write!(f, "Whole({} bytes)", bytes.len()),
            Self::Stream(_) => f.write_str("Stream"),
        }
    }
}

/// A part of the store that could not be listed (to its end), or a message that names no objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// `s3://bucket/prefix`, a path, a queue and the message's id
    pub place: String,
    /// what was said
    pub error: String,
}

/// Messages that could not be removed from their queue. They come again, and what they name is then known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unacknowledged {
    /// how many
    pub messages: usize,
    /// what was said of the first
    pub error: String,
}

impl LogStore {
    /// The store at an address in the account. Makes no call.
    pub fn in_account(aws: &Aws, address: &Address, clock: &Clock) -> Option<Self> {
        match address {
            Address::S3 { bucket, prefix } => {
                let prefixes = if prefix.is_empty() { vec![] } else { vec![prefix.clone()] };
                Some(Self::s3(aws, bucket, prefixes))
            }
            Address::Queue(queue) => Some(Self::Queue(QueueStore::new(aws.clone(), queue.clone()))),
            Address::Group(group) => Some(Self::Group(GroupStore::new(aws.clone(), group.clone(), clock.clone()))),
            Address::Folder(_) | Address::Stdin => None,
        }
    }

    /// Prefixes of a bucket; none for the whole bucket. Makes no call.
    pub fn s3(aws: &Aws, bucket: impl Into<String>, prefixes: Vec<String>) -> Self {
        Self::S3(S3Store::new(aws.clone(), bucket.into(), prefixes))
    }

    /// `s3://bucket/prefix`; `None` where the text is no such address.
    pub fn s3_address(aws: &Aws, address: &str) -> Option<Self> {
        match address.parse() {
            Ok(Address::S3 { bucket, prefix }) => {
                Some(Self::s3(aws, bucket, if prefix.is_empty() { vec![] } else { vec![prefix] }))
            }
            _ => None,
        }
    }

    /// A folder with all below it, or one file.
    ///
    /// # Errors
    /// When there is none, or it cannot be looked at.
    pub fn folder(path: &Path) -> Result<Self, CollectError> {
        FolderStore::open(path).map(Self::Folder)
    }

    /// Standard input, or what is given for it. Nothing is read before the store is listed.
    pub fn stdin(input: impl Read + Send + 'static, clock: &Clock) -> Self {
        Self::Stdin(StdinStore::new(input, clock.clone()))
    }

    /// What the store is called: `s3://bucket/prefix`, or the path.
    pub fn place(&self) -> String {
        match self {
            Self::S3(store) => store.place(),
            Self::Folder(store) => store.place(),
            Self::Queue(store) => store.place(),
            Self::Group(store) => store.place(),
            Self::Stdin(_) => "-".to_owned(),
        }
    }

    /// Every object, and every part that could not be listed. With `since`, parts that AWS's date folders or the events' times show to be older may
    /// be left out; what is listed may still be older.
    pub fn list_since(&self, since: Option<Timestamp>) -> BoxStream<'_, Result<Listed, Unlisted>> {
        match self {
            Self::S3(store) => store.list(since),
            Self::Folder(store) => store.list(),
            Self::Queue(store) => store.list(),
            Self::Group(store) => store.list(since),
            Self::Stdin(store) => store.list(),
        }
    }

    /// The object's bytes: whole up to the bound, else as a stream.
    ///
    /// # Errors
    /// When the object cannot be read, or not as the version that was listed.
    pub async fn open(&self, object: &Listed, bounds: Bounds) -> Result<Opened, Unread> {
        let bound = if is_parquet(&object.key) { bounds.parquet } else { bounds.whole };
        if is_parquet(&object.key) && object.size > bound {
            return Err(too_large(object.size, bound));
        }
        match self {
            Self::S3(store) => store.open(object, bound).await,
            Self::Folder(_) => FolderStore::open_object(object, bound).await,
            Self::Queue(store) => store.open(object, bound).await,
            Self::Group(store) => store.open(object, bound).await,
            Self::Stdin(store) => store.open(bound).await,
        }
    }

    /// Opens what was not listed: a body that a record names. Only `uri` and `key` are looked at.
    pub(super) async fn open_unlisted(&self, body: &Listed, bounds: Bounds) -> Result<Opened, Unread> {
        let found = match self {
            Self::S3(store) => store.head(&body.key).await?,
            Self::Queue(store) => store.head(body).await?,
            Self::Folder(_) => FolderStore::look_at(&body.uri)?,
            Self::Group(_) | Self::Stdin(_) => {
                return Err(Unread::new(Why::Gone, "bodies do not lie beside this place"));
            }
        };
        self.open(&found, bounds).await
    }

    /// Tells the store that these objects need not be given again: what became of them is in the lake, or was there before. A message goes when
    /// all that it names is acknowledged. Stores without messages do nothing.
    ///
    /// # Errors
    /// When messages could not be removed.
    pub async fn acknowledge(&self, objects: &[Listed]) -> Result<(), Unacknowledged> {
        match self {
            Self::Queue(store) => store.acknowledge(objects).await,
            Self::S3(_) | Self::Folder(_) | Self::Group(_) | Self::Stdin(_) => Ok(()),
        }
    }

    /// Requests made so far; none of local stores.
    pub fn requests(&self) -> Requests {
        match self {
            Self::S3(store) => store.requests(),
            Self::Queue(store) => store.requests(),
            Self::Group(store) => store.requests(),
            Self::Folder(_) | Self::Stdin(_) => Requests::default(),
        }
    }

    /// What kept the last listing of a queue from its end; `None` where nothing did, and of other stores.
    pub fn queue_trouble(&self) -> Option<QueueTrouble> {
        match self {
            Self::Queue(store) => store.trouble(),
            Self::S3(_) | Self::Folder(_) | Self::Group(_) | Self::Stdin(_) => None,
        }
    }

    /// What came of a queue's messages so far; `None` of other stores.
    pub fn queue_counts(&self) -> Option<QueueCounts> {
        match self {
            Self::Queue(store) => Some(store.counts()),
            Self::S3(_) | Self::Folder(_) | Self::Group(_) | Self::Stdin(_) => None,
        }
    }
}

fn is_parquet(key: &str) -> bool {
    key.ends_with(".parquet")
}

fn too_large(size: u64, bound: u64) -> Unread {
    Unread::new(Why::TooLarge, format!("{size} bytes are more than the bound of {bound}"))
}

/// An error of a reader that tells why the object cannot be read on.
pub(super) fn broken_off(unread: Unread) -> io::Error {
    let kind = match unread.why {
        Why::Stalled => io::ErrorKind::TimedOut,
        Why::Inconsistent => io::ErrorKind::InvalidData,
        Why::Denied => io::ErrorKind::PermissionDenied,
        Why::Gone => io::ErrorKind::NotFound,
        Why::TooLarge | Why::Credentials | Why::Throttled | Why::Failed => io::ErrorKind::Other,
    };
    io::Error::new(kind, unread)
}
