//! The object store of a bucket: any S3-compatible service that refuses a second `PUT` of a key with `If-None-Match: *`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, S3ConditionalPut};
use object_store::{ObjectStore, RetryConfig};

use super::lent::{Lender, Purse};
use crate::LakeError;

/// How the lake's bucket is reached.
#[derive(Clone)]
pub struct S3Access {
    /// where credentials are from
    pub lender: Lender,
    /// of the bucket
    pub region: String,
    /// another service than AWS's: `https://minio.example:9000`
    pub endpoint: Option<String>,
    /// `endpoint/bucket/key` in place of `bucket.endpoint/key`
    pub path_style: bool,
}

impl fmt::Debug for S3Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lender: _, region, endpoint, path_style } = self;
        let mut shown = f.debug_struct("S3Access");
        shown.field("region", region).field("endpoint", endpoint).field("path_style", path_style).finish()
    }
}

/// How long a request is tried again, in all.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn store(bucket: &str, access: &S3Access) -> Result<Arc<dyn ObjectStore>, LakeError> {
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(&access.region)
        .with_credentials(Arc::new(Purse::new(Arc::clone(&access.lender))))
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_virtual_hosted_style_request(!access.path_style)
        .with_retry(RetryConfig { retry_timeout: PATIENCE, ..RetryConfig::default() });
    if let Some(endpoint) = &access.endpoint {
        let endpoint = endpoint.trim_end_matches('/');
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    match builder.build() {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => {
            Err(LakeError::Store { doing: "reach", path: format!("s3://{bucket}").into(), message: error.to_string() })
        }
    }
}

/// Bucket and prefix of an address; why it is none. The bounds of names are S3's.
pub(super) fn parts(address: &str) -> Result<(&str, &str), &'static str> {
    let rest = address.strip_prefix("s3://").ok_or("does not begin with `s3://`")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(plain) {
        return Err("names no bucket: 3 to 63 lower-case letters, digits, `-` and `.`");
    }
    let prefix = prefix.trim_end_matches('/');
    let safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/' | b'=');
    if prefix.len() > 512 || !prefix.bytes().all(safe) {
        return Err(
            "has a prefix of other signs than letters, digits, `-`, `_`, `.`, `=` and `/`, or a longer one than 512 bytes",
        );
    }
    Ok((bucket, prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_is() {
        assert_eq!(parts("s3://my-lake"), Ok(("my-lake", "")));
        assert_eq!(parts("s3://my-lake/"), Ok(("my-lake", "")));
        assert_eq!(parts("s3://my-lake/a/b/"), Ok(("my-lake", "a/b")));
        for wrong in ["lake", "s3://", "s3://AB", "s3://a_b/c", "s3://my-lake/a%20b", "s3://my-lake/a?b", "https://b/c"]
        {
            assert!(parts(wrong).is_err(), "{wrong}");
        }
    }
}
