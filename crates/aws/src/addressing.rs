//! What stands before the host name. S3 buckets are addressed there where that works, else in the path.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>

use aws_smithy_runtime_api::http::Request;
use serde_json::Value;

/// The bucket of an S3 input, when it can be a label of a host name: a dot would leave the wildcard certificate behind.
pub(crate) fn host_bucket(input: &Value) -> Option<&str> {
    let bucket = input.get("Bucket")?.as_str()?;
    let fits = (3..=63).contains(&bucket.len()) && !bucket.starts_with('-') && !bucket.ends_with('-');
    let plain = bucket.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (fits && plain).then_some(bucket)
}

/// The URL with a label before its host name: `https://s3.…` and `bucket.` make `https://bucket.s3.…`.
pub(crate) fn prefixed(url: &str, label: &str) -> String {
    url.replacen("://", &format!("://{label}"), 1)
}

/// Takes the bucket out of the path: `/bucket/key?x` becomes `/key?x`.
pub(crate) fn without_bucket(
    request: &mut Request,
    bucket: &str,
) -> Result<(), aws_smithy_runtime_api::http::HttpError> {
    let Some(rest) = request.uri().strip_prefix('/').and_then(|path| path.strip_prefix(bucket)) else { return Ok(()) };
    let uri = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
    request.set_uri(uri)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_types::body::SdkBody;
    use serde_json::json;

    #[test]
    fn buckets_that_fit_a_host_name() {
        assert_eq!(host_bucket(&json!({"Bucket": "my-logs"})), Some("my-logs"));
        for bucket in ["my.logs", "My-logs", "my_logs", "ab", "-logs", ""] {
            assert_eq!(host_bucket(&json!({ "Bucket": bucket })), None, "{bucket}");
        }
        assert_eq!(host_bucket(&json!({})), None);
    }

    #[test]
    fn the_bucket_leaves_the_path() {
        for (before, after) in [("/logs?policy", "/?policy"), ("/logs", "/"), ("/logs/a/b%20c", "/a/b%20c"), ("/", "/")]
        {
            let mut request = Request::new(SdkBody::empty());
            request.set_uri(before).unwrap();
            without_bucket(&mut request, "logs").unwrap();
            assert_eq!(request.uri(), after);
        }
        assert_eq!(prefixed("https://s3.eu-west-1.amazonaws.com", "logs."), "https://logs.s3.eu-west-1.amazonaws.com");
    }
}
