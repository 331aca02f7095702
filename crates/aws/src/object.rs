//! Objects of S3, or parts of them. An answer that is not what was asked for (another range, another version, more or fewer bytes) is an
//! error: what is read must be the object that was listed, or nothing.

use crate::aws::Aws;
use crate::error::{About, CallError};
use crate::kind::CallErrorKind;
use crate::operation::{Answer, Shape};
use aws_smithy_runtime_api::http::{Headers, Response};
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use bytes::Bytes;
use serde_json::json;
use std::ops::Range;

/// The code of an answer that is not what was asked for.
pub const INCONSISTENT: &str = "InconsistentAnswer";

/// An object to read.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    /// its bucket's name, or an access point's ARN or alias
    pub bucket: &'a str,
    /// its key
    pub key: &'a str,
    /// its ETag, without the quotes, where it must be this one
    pub etag: Option<&'a str>,
    /// its version, in buckets that keep them; the newest where nothing is said
    pub version_id: Option<&'a str>,
    /// the bytes to read, never none; all of them where nothing is said
    pub range: Option<Range<u64>>,
}

impl Wanted<'_> {
    fn input(&self) -> serde_json::Value {
        json!({
            "Bucket": self.bucket,
            "Key": self.key,
            "IfMatch": self.etag.map(|etag| format!("\"{etag}\"")),
            "VersionId": self.version_id,
            "Range": self.range.as_ref().map(|range| format!("bytes={}-{}", range.start, range.end.saturating_sub(1))),
        })
    }

    /// What is wrong with an answer to this.
    fn differs(&self, part: &Part, bytes: &Bytes) -> Option<String> {
        let named = part.etag.as_deref().map(|etag| etag.trim_matches('"'));
        if let (Some(wanted), Some(named)) = (self.etag, named)
            && wanted != named
        {
            return Some("the answer is of another version of the object".to_owned());
        }
        let range = self.range.as_ref()?;
        let length = range.end.saturating_sub(range.start);
        if part.status != 206 {
            return Some(format!(
                "a part of the object was asked for, and the status of the answer is {}",
                part.status
            ));
        }
        let begins = format!("bytes {}-{}/", range.start, range.end.saturating_sub(1));
        if part.range.as_ref().is_some_and(|named| !named.starts_with(&begins)) {
            return Some("the answer is another part of the object than was asked for".to_owned());
        }
        let found = bytes.len();
        (found as u64 != length).then(|| format!("{length} bytes were asked for, and {found} came"))
    }
}

/// An answer's body and the headers that say what it is.
#[derive(Debug)]
pub(crate) struct Part {
    status: u16,
    etag: Option<String>,
    range: Option<String>,
    pub(crate) headers: Headers,
    pub(crate) body: SdkBody,
}

impl Part {
    /// The body is in memory by now.
    pub(crate) fn of(response: &Response) -> Self {
        let header = |name: &str| response.headers().get(name).map(str::to_owned);
        let body = response.body().try_clone().unwrap_or_else(SdkBody::empty);
        let (etag, range, headers) = (header("etag"), header("content-range"), response.headers().clone());
        Self { status: response.status().as_u16(), etag, range, headers, body }
    }

    /// Takes the bytes.
    pub(crate) async fn bytes(&mut self, about: About<'_>) -> Result<Bytes, CallError> {
        let body = ByteStream::new(std::mem::replace(&mut self.body, SdkBody::empty())).collect().await;
        let unreadable = |error| about.error(CallErrorKind::Unreadable, "UnreadableAnswer", error);
        Ok(body.map_err(unreadable)?.into_bytes())
    }
}

impl Aws {
    /// The bytes of an object, or of a part of it, of at most `limit`.
    ///
    /// # Errors
    /// Those of [`Aws::call`]. A larger object is [`CallErrorKind::Unreadable`], a changed one has the code `PreconditionFailed`, and an answer
    /// that is not what was asked for the code [`INCONSISTENT`].
    pub async fn object(&self, region: &str, wanted: &Wanted<'_>, limit: u64) -> Result<Bytes, CallError> {
        let about = About { service: "s3", operation: "GetObject", region };
        let Answer::Object(mut part) = self.answer(about, wanted.input(), Shape::Body { limit }).await? else {
            return Ok(Bytes::new());
        };
        let bytes = part.bytes(about).await?;
        match wanted.differs(&part, &bytes) {
            Some(why) => Err(about.error(CallErrorKind::Unreadable, INCONSISTENT, why)),
            None => Ok(bytes),
        }
    }

    /// The bytes of an object, if it still is the one with this ETag (in quotes) and has at most `limit` bytes.
    ///
    /// # Errors
    /// Those of [`Aws::object`].
    pub async fn get_object(
        &self,
        region: &str,
        bucket: &str,
        key: &str,
        if_match: Option<&str>,
        limit: u64,
    ) -> Result<Bytes, CallError> {
        let etag = if_match.map(|etag| etag.trim_matches('"'));
        self.object(region, &Wanted { bucket, key, etag, ..Wanted::default() }, limit).await
    }
}
