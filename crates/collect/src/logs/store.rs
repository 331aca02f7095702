//! Where log objects lie.

use super::folder::FolderStore;
use super::s3::S3Store;
use crate::CollectError;
use bytes::Bytes;
use futures::stream::BoxStream;
use jiff::Timestamp;
use sightline_aws::Aws;
use sightline_model::log::LogObject;
use std::path::Path;

/// A place that holds log objects. Cheap to clone.
#[derive(Debug, Clone)]
pub enum LogStore {
    /// prefixes of an S3 bucket
    S3(S3Store),
    /// a local folder, with its folders, or one file
    Folder(FolderStore),
}

/// One object, as listed. Its content is pinned: it is read as this version or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// `s3://bucket/key` or `file:///path`
    pub uri: String,
    /// the key, or the path: what AWS's layouts are recognised by
    pub key: String,
    /// ETag, or size and time of a file
    pub version: String,
    /// bytes as stored
    pub size: u64,
    /// when it was last modified
    pub last_modified: Timestamp,
}

/// Why an object was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// what it means
    pub why: Why,
    /// what was said, shortened
    pub error: String,
}

/// What it means that an object was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// reading it, or using its key, is not allowed
    Denied,
    /// it is not there any more, or not this version of it
    Gone,
    /// it is larger than the bound
    TooLarge,
    /// no object can be read: there are no credentials, or they have expired
    Credentials,
    /// anything else: throttled, unreachable, a bad disk
    Failed,
}

/// A part of the store that could not be listed (to its end).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlisted {
    /// `s3://bucket/prefix` or a path
    pub place: String,
    /// what was said
    pub error: String,
}

impl LogStore {
    /// Prefixes of a bucket; none for the whole bucket. Makes no call.
    pub fn s3(aws: &Aws, bucket: impl Into<String>, prefixes: Vec<String>) -> Self {
        Self::S3(S3Store::new(aws.clone(), bucket.into(), prefixes))
    }

    /// `s3://bucket/prefix`; `None` where the text is no such address.
    pub fn s3_address(aws: &Aws, address: &str) -> Option<Self> {
        let (bucket, prefix) = address.strip_prefix("s3://").map(|rest| rest.split_once('/').unwrap_or((rest, "")))?;
        let prefixes = if prefix.is_empty() { vec![] } else { vec![prefix.to_owned()] };
        (!bucket.is_empty()).then(|| Self::s3(aws, bucket, prefixes))
    }

    /// A folder with all below it, or one file.
    ///
    /// # Errors
    /// When there is none, or it cannot be looked at.
    pub fn folder(path: &Path) -> Result<Self, CollectError> {
        FolderStore::open(path).map(Self::Folder)
    }

    /// What the store is called: `s3://bucket/prefix`, or the path.
    pub fn place(&self) -> String {
        match self {
            Self::S3(store) => store.place(),
            Self::Folder(store) => store.place(),
        }
    }

    /// Every object, and every part that could not be listed.
    pub(super) fn list(&self) -> BoxStream<'_, Result<Listed, Unlisted>> {
        match self {
            Self::S3(store) => store.list(),
            Self::Folder(store) => store.list(),
        }
    }

    /// The object's bytes, as stored.
    pub(super) async fn fetch(&self, object: &Listed, limit: u64) -> Result<Bytes, Unread> {
        if object.size > limit {
            let error = format!("{} bytes are more than the bound of {limit}", object.size);
            return Err(Unread { why: Why::TooLarge, error });
        }
        match self {
            Self::S3(store) => store.fetch(object, limit).await,
            Self::Folder(store) => store.fetch(object, limit).await,
        }
    }

    /// The object that this row of the lake speaks of, if it is one of this kind of store.
    pub(super) fn recall(&self, row: &LogObject) -> Option<Listed> {
        let key = match self {
            Self::S3(store) => store.key_of(&row.uri)?,
            Self::Folder(_) => FolderStore::key_of(&row.uri)?,
        };
        Some(Listed {
            uri: row.uri.clone(),
            key: key.to_owned(),
            version: row.version.clone(),
            size: u64::try_from(row.size).unwrap_or_default(),
            last_modified: row.last_modified,
        })
    }
}
