//! Log objects in an S3 bucket, pinned by their ETag.

use super::store::{Listed, Unlisted, Unread, Why};
use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_aws::{Aws, CallError, CallErrorKind};
use sightline_model::untrusted::shortened;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Characters of an error that are kept.
const LONGEST_ERROR: usize = 500;

/// Prefixes of a bucket.
#[derive(Debug, Clone)]
pub struct S3Store {
    aws: Aws,
    bucket: String,
    prefixes: Vec<String>,
    region: Arc<OnceCell<String>>,
}

impl S3Store {
    pub(super) fn new(aws: Aws, bucket: String, prefixes: Vec<String>) -> Self {
        let prefixes = if prefixes.is_empty() { vec![String::new()] } else { prefixes };
        Self { aws, bucket, prefixes, region: Arc::default() }
    }

    pub(super) fn place(&self) -> String {
        match self.prefixes.as_slice() {
            [prefix] => self.uri(prefix),
            _ => self.uri(""),
        }
    }

    pub(super) fn key_of<'u>(&self, uri: &'u str) -> Option<&'u str> {
        uri.strip_prefix("s3://")?.strip_prefix(&self.bucket)?.strip_prefix('/')
    }

    pub(super) fn list(&self) -> BoxStream<'_, Result<Listed, Unlisted>> {
        stream::iter(&self.prefixes).flat_map(|prefix| self.list_prefix(prefix)).boxed()
    }

    pub(super) async fn fetch(&self, object: &Listed, limit: u64) -> Result<Bytes, Unread> {
        let etag = format!("\"{}\"", object.version);
        let fetched = self.aws.get_object(self.region().await, &self.bucket, &object.key, Some(&etag), limit).await;
        fetched.map_err(|error| unread(&error))
    }

    fn list_prefix<'s>(&'s self, prefix: &'s str) -> BoxStream<'s, Result<Listed, Unlisted>> {
        let unlisted = |error: CallError| Unlisted {
            place: self.uri(prefix),
            error: shortened(&error.to_string(), LONGEST_ERROR),
        };
        let pages = async move {
            let input = json!({"Bucket": self.bucket, "Prefix": prefix});
            self.aws.pages(self.region().await, "s3", "ListObjectsV2", input)
        };
        stream::once(pages)
            .flatten()
            .map_err(unlisted)
            .map_ok(move |page| stream::iter(self.objects(&page, prefix)))
            .try_flatten()
            .boxed()
    }

    fn objects(&self, page: &Value, prefix: &str) -> Vec<Result<Listed, Unlisted>> {
        let contents = page.get("Contents").and_then(Value::as_array).into_iter().flatten();
        let listed = contents.map(|entry| {
            self.listed(entry).ok_or_else(|| Unlisted {
                place: self.uri(prefix),
                error: format!("an entry of the listing cannot be read: `{}`", shortened(&entry.to_string(), 200)),
            })
        });
        // What ends in a slash is what consoles show as a folder.
        listed.filter(|entry| !entry.as_ref().is_ok_and(|object| object.key.ends_with('/'))).collect()
    }

    fn listed(&self, entry: &Value) -> Option<Listed> {
        let key = entry.get("Key")?.as_str()?;
        Some(Listed {
            uri: self.uri(key),
            key: key.to_owned(),
            version: entry.get("ETag")?.as_str()?.trim_matches('"').to_owned(),
            size: entry.get("Size")?.as_u64()?,
            last_modified: entry.get("LastModified")?.as_str()?.parse::<Timestamp>().ok()?,
        })
    }

    fn uri(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.bucket)
    }

    /// The bucket's region, asked for once. Where that is denied the first region is as good as any: S3 then says which it is, and the
    /// call is made there, at the cost of one more request each.
    async fn region(&self) -> &str {
        let find = || async {
            let home = self.aws.default_region();
            let answer = self.aws.call(home, "s3", "GetBucketLocation", json!({"Bucket": self.bucket})).await;
            match answer {
                Ok(answer) => located(answer.get("LocationConstraint").and_then(Value::as_str)).to_owned(),
                Err(error) => {
                    tracing::debug!(%error, bucket = self.bucket, "the bucket's region is not known");
                    home.to_owned()
                }
            }
        };
        self.region.get_or_init(find).await
    }
}

/// What `GetBucketLocation` means: nothing is the oldest region, `EU` the second oldest.
fn located(constraint: Option<&str>) -> &str {
    match constraint {
        None | Some("") => "us-east-1",
        Some("EU") => "eu-west-1",
        Some(region) => region,
    }
}

fn unread(error: &CallError) -> Unread {
    let why = match error.kind {
        _ if matches!(error.code.as_str(), "NoSuchKey" | "NoSuchBucket" | "NoSuchVersion" | "PreconditionFailed") => {
            Why::Gone
        }
        _ if error.status == Some(412) || error.status == Some(404) => Why::Gone,
        CallErrorKind::Denied => Why::Denied,
        CallErrorKind::NoCredentials | CallErrorKind::ExpiredCredentials => Why::Credentials,
        _ => Why::Failed,
    };
    Unread { why, error: shortened(&error.to_string(), LONGEST_ERROR) }
}
