//! Log objects in an S3 bucket.

use super::bucket::Bucket;
use super::request::{Counter, Requests};
use super::store::{Listed, Opened, Unlisted};
use super::unread::Unread;
use super::walk;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use jiff::Timestamp;
use sightline_aws::Aws;

/// Prefixes of a bucket.
#[derive(Debug, Clone)]
pub struct S3Store {
    bucket: Bucket,
    prefixes: Vec<String>,
}

impl S3Store {
    pub(super) fn new(aws: Aws, bucket: String, prefixes: Vec<String>) -> Self {
        let prefixes = if prefixes.is_empty() { vec![String::new()] } else { prefixes };
        Self { bucket: Bucket::new(aws, bucket, None, Counter::default()), prefixes }
    }

    pub(super) fn place(&self) -> String {
        match self.prefixes.as_slice() {
            [prefix] => self.bucket.uri(prefix),
            _ => self.bucket.uri(""),
        }
    }

    pub(super) fn requests(&self) -> Requests {
        self.bucket.counter.read()
    }

    /// Each prefix by key; with `since`, date folders before it are left out.
    pub(super) fn list(&self, since: Option<Timestamp>) -> BoxStream<'_, Result<Listed, Unlisted>> {
        let list = move |prefix: &String| match since {
            Some(since) => walk::since(&self.bucket, prefix, since),
            None => walk::all(&self.bucket, prefix, None),
        };
        stream::iter(&self.prefixes).flat_map(list).boxed()
    }

    /// The object as a listing would tell it.
    pub(super) async fn head(&self, key: &str) -> Result<Listed, Unread> {
        self.bucket.head(key, None).await
    }

    pub(super) async fn open(&self, object: &Listed, bound: u64) -> Result<Opened, Unread> {
        self.bucket.open(object, bound).await
    }
}
