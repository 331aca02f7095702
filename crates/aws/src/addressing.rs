//! What stands before the host name. S3 buckets are addressed there where that works, else in the path; access points always are.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html>

use aws_smithy_runtime_api::http::Request;
use serde_json::Value;
use sightline_model::Arn;

/// The bucket of an S3 input, when it can be a label of a host name: a dot would leave the wildcard certificate behind.
pub(crate) fn host_bucket(input: &Value) -> Option<&str> {
    let bucket = input.get("Bucket")?.as_str()?;
    let fits = (3..=63).contains(&bucket.len()) && !bucket.starts_with('-') && !bucket.ends_with('-');
    let plain = bucket.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (fits && plain).then_some(bucket)
}

/// An operation's host prefix with the account of the input in it; nothing where the input's account is none, for it becomes
/// part of a host name.
pub(crate) fn host_prefix(prefix: &str, input: &Value) -> Option<String> {
    if !prefix.contains('{') {
        return Some(prefix.to_owned());
    }
    let account = input.get("AccountId")?.as_str()?;
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    is_account.then(|| prefix.replace("{AccountId}", account))
}

/// An access point that stands where a bucket's name is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AccessPoint {
    /// `<name>-<account>`
    pub(crate) label: String,
    pub(crate) region: String,
}

/// The access point of an S3 input, when its bucket is the ARN of one. What is not of the form is none: it must not make a host name.
pub(crate) fn access_point(input: &Value) -> Option<AccessPoint> {
    let arn: Arn = input.get("Bucket")?.as_str()?.parse().ok()?;
    let name = arn.resource().strip_prefix("accesspoint/")?;
    let is_label = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let (account, region) = (arn.account_id(), arn.region());
    let fits = arn.service() == "s3" && [name, account, region].into_iter().all(is_label);
    fits.then(|| AccessPoint { label: format!("{name}-{account}"), region: region.to_owned() })
}

/// The URL with a label before its host name: `https://s3.…` and `bucket.` make `https://bucket.s3.…`.
pub(crate) fn prefixed(url: &str, label: &str) -> String {
    url.replacen("://", &format!("://{label}"), 1)
}

/// Takes the bucket, which is the first segment, out of the path: `/bucket/key?x` becomes `/key?x`.
pub(crate) fn without_bucket(request: &mut Request) -> Result<(), aws_smithy_runtime_api::http::HttpError> {
    let Some(path) = request.uri().strip_prefix('/') else { return Ok(()) };
    let rest = path.find(['/', '?']).and_then(|end| path.get(end..)).unwrap_or_default();
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
    fn a_host_prefix_takes_an_account_and_nothing_else() {
        let of = |account: &str| host_prefix("{AccountId}.", &json!({ "AccountId": account }));
        assert_eq!(of("123456789012").as_deref(), Some("123456789012."));
        for account in ["", "evil.example/", "12345678901x", "1234567890123"] {
            assert_eq!(of(account), None, "{account}");
        }
        assert_eq!(host_prefix("api.", &json!({})).as_deref(), Some("api."));
    }

    #[test]
    fn the_bucket_leaves_the_path() {
        for (before, after) in [
            ("/logs?policy", "/?policy"),
            ("/logs", "/"),
            ("/logs/a/b%20c", "/a/b%20c"),
            ("/arn%3Aaws%2Fx/a?b", "/a?b"),
            ("/", "/"),
        ] {
            let mut request = Request::new(SdkBody::empty());
            request.set_uri(before).unwrap();
            without_bucket(&mut request).unwrap();
            assert_eq!(request.uri(), after);
        }
        assert_eq!(prefixed("https://s3.eu-west-1.amazonaws.com", "logs."), "https://logs.s3.eu-west-1.amazonaws.com");
    }

    #[test]
    fn access_points() {
        let of = |arn: &str| access_point(&json!({ "Bucket": arn })).map(|point| (point.label, point.region));
        let found = of("arn:aws:s3:eu-west-1:123456789012:accesspoint/logs");
        assert_eq!(found, Some(("logs-123456789012".to_owned(), "eu-west-1".to_owned())));
        for other in [
            "logs",
            "arn:aws:s3:::logs",
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/evil.example",
            "arn:aws:s3:evil.example:123456789012:accesspoint/logs",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
