//! One S3 bucket: its pages, and its objects, pinned by their ETag.

use super::answer::{text, with};
use super::feed::{Feeder, feed};
use super::request::Counter;
use super::store::{Listed, Opened, Unlisted};
use super::unread::{Unread, Why};
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_aws::{Aws, CallError, CallErrorKind, Wanted};
use sightline_model::Arn;
use sightline_model::untrusted::shortened;
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Bytes that are fetched with one request.
const PIECE: u64 = 8 << 20;

/// A bucket, or an access point.
#[derive(Debug, Clone)]
pub(super) struct Bucket {
    aws: Aws,
    name: String,
    region: Arc<OnceCell<String>>,
    pub(super) counter: Counter,
}

impl Bucket {
    /// `region`: where that is known already.
    pub(super) fn new(aws: Aws, name: String, region: Option<String>, counter: Counter) -> Self {
        let region = region.or_else(|| region_of(&name));
        Self { aws, name, region: Arc::new(OnceCell::new_with(region)), counter }
    }

    pub(super) fn uri(&self, key: &str) -> String {
        format!("s3://{}/{key}", self.name)
    }

    /// The pages of a listing; `input` is that of `ListObjectsV2` without the bucket.
    pub(super) fn pages(&self, input: Value) -> BoxStream<'_, Result<Value, CallError>> {
        let begun = async move {
            let input = with(input, "Bucket", self.name.as_str());
            self.aws.pages(self.region().await, "s3", "ListObjectsV2", input)
        };
        stream::once(begun).flatten().inspect(|_| self.counter.list()).boxed()
    }

    /// An entry of a page.
    pub(super) fn listed(&self, entry: &Value) -> Result<Listed, Unlisted> {
        let read = || {
            let key = text(entry, "Key")?;
            Some(Listed {
                uri: self.uri(key),
                key: key.to_owned(),
                version: text(entry, "ETag")?.trim_matches('"').to_owned(),
                size: entry.get("Size")?.as_u64()?,
                last_modified: text(entry, "LastModified")?.parse::<Timestamp>().ok()?,
                receipt: None,
            })
        };
        read().ok_or_else(|| Unlisted {
            place: self.uri(""),
            error: format!("an entry of the listing cannot be read: `{}`", shortened(&entry.to_string(), 200)),
        })
    }

    /// What a listing would say of an object: its version, size and time.
    pub(super) async fn head(&self, key: &str, version_id: Option<&str>) -> Result<Listed, Unread> {
        self.counter.get();
        let input = json!({"Bucket": self.name, "Key": key, "VersionId": version_id});
        let head =
            self.aws.call(self.region().await, "s3", "HeadObject", input).await.map_err(|error| unread(&error))?;
        let entry = json!({
            "Key": key,
            "ETag": head.get("ETag"),
            "Size": head.get("ContentLength"),
            "LastModified": head.get("LastModified"),
        });
        self.listed(&entry).map_err(|unlisted| Unread::new(Why::Inconsistent, unlisted.error))
    }

    /// The object, whole up to `bound` bytes.
    pub(super) async fn open(&self, object: &Listed, bound: u64) -> Result<Opened, Unread> {
        if object.size <= bound {
            return self.get(object, None).await.map(Opened::Whole);
        }
        let (feeder, feed) = feed();
        // The first piece tells whether the object can be read at all: that is no error in its middle.
        let first = self.get(object, Some(0..PIECE.min(object.size))).await?;
        tokio::spawn(feed_rest(self.clone(), object.clone(), first, feeder));
        Ok(Opened::Stream(Box::new(feed)))
    }

    /// The bytes of the object as it was listed. Where it was written over in a bucket that keeps versions, the version that was told of is read.
    async fn get(&self, object: &Listed, range: Option<Range<u64>>) -> Result<Bytes, Unread> {
        let version_id = object.receipt.as_ref().and_then(|receipt| receipt.version_id.as_deref());
        match self.get_version(object, None, range.clone()).await {
            Err(gone) if gone.why == Why::Gone && version_id.is_some() => {
                self.get_version(object, version_id, range).await
            }
            result => result,
        }
    }

    async fn get_version(
        &self,
        object: &Listed,
        version_id: Option<&str>,
        range: Option<Range<u64>>,
    ) -> Result<Bytes, Unread> {
        self.counter.get();
        let wanted = Wanted {
            bucket: &self.name,
            key: &object.key,
            etag: Some(&object.version),
            version_id,
            range: range.clone(),
        };
        let length = range.map_or(object.size, |range| range.end - range.start);
        let bytes = self.aws.object(self.region().await, &wanted, length).await.map_err(|error| unread(&error))?;
        if bytes.len() as u64 == length {
            Ok(bytes)
        } else {
            let error = format!("the object was listed with {length} bytes, and {} came", bytes.len());
            Err(Unread::new(Why::Inconsistent, error))
        }
    }

    /// The bucket's region, asked for once. Where that is denied the first region is as good as any: S3 then says which it is, and the
    /// call is made there, at the cost of one more request each.
    async fn region(&self) -> &str {
        let find = || async {
            let home = self.aws.default_region();
            let answer = self.aws.call(home, "s3", "GetBucketLocation", json!({"Bucket": self.name})).await;
            match answer {
                Ok(answer) => located(answer.get("LocationConstraint").and_then(Value::as_str)).to_owned(),
                Err(error) => {
                    tracing::debug!(%error, bucket = self.name, "the bucket's region is not known");
                    home.to_owned()
                }
            }
        };
        self.region.get_or_init(find).await
    }
}

/// Feeds an object from its first piece on.
async fn feed_rest(bucket: Bucket, object: Listed, first: Bytes, feeder: Feeder) {
    let mut at = first.len() as u64;
    if !feeder.piece(first).await {
        return;
    }
    while at < object.size {
        let end = (at + PIECE).min(object.size);
        match feeder.while_read(bucket.get(&object, Some(at..end))).await {
            Some(Ok(bytes)) => {
                if !feeder.piece(bytes).await {
                    return;
                }
            }
            Some(Err(unread)) => return feeder.end(Err(unread)).await,
            None => return,
        }
        at = end;
    }
    feeder.end(Ok(())).await;
}

/// What an access point's ARN says.
fn region_of(name: &str) -> Option<String> {
    let arn: Arn = name.parse().ok()?;
    Some(arn.region().to_owned()).filter(|region| !region.is_empty())
}

/// What `GetBucketLocation` means: nothing is the oldest region, `EU` the second oldest.
fn located(constraint: Option<&str>) -> &str {
    match constraint {
        None | Some("") => "us-east-1",
        Some("EU") => "eu-west-1",
        Some(region) => region,
    }
}

/// What a failed call means for the object.
pub(super) fn unread(error: &CallError) -> Unread {
    let why = match error.kind {
        _ if matches!(error.code.as_str(), "NoSuchKey" | "NoSuchBucket" | "NoSuchVersion" | "PreconditionFailed") => {
            Why::Gone
        }
        _ if error.status == Some(412) || error.status == Some(404) => Why::Gone,
        CallErrorKind::Denied => Why::Denied,
        CallErrorKind::NoCredentials | CallErrorKind::ExpiredCredentials => Why::Credentials,
        CallErrorKind::Throttled => Why::Throttled,
        CallErrorKind::TimedOut => Why::Stalled,
        CallErrorKind::Unreadable => Why::Inconsistent,
        _ => Why::Failed,
    };
    Unread::new(why, error)
}
