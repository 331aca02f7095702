//! How users name the place of logs.
//!
//! | address | place |
//! |---|---|
//! | `s3://bucket`, `s3://bucket/prefix` | a bucket, or an access point's alias (`…-s3alias`) |
//! | `s3://arn:aws:s3:<region>:<account>:accesspoint/<name>/prefix` | an S3 access point |
//! | `sqs://<queue>[?region=…]`, `sqs://<ARN>`, the queue's URL | a queue that S3 tells of new objects; what was read is removed from it |
//! | `logs://<log group>[?region=…][&stream=<prefix>]`, `logs://<ARN>` | a CloudWatch Logs group, as in `logs:///aws/eks/prod/cluster` |
//! | `-` | standard input |
//! | anything else | a local folder or file |

use crate::CollectError;
use sightline_model::Arn;
use sightline_model::untrusted::shortened;
use std::path::PathBuf;
use std::str::FromStr;

/// Where logs lie, as a user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// a local folder or file
    Folder(PathBuf),
    /// `-`
    Stdin,
    /// a bucket, an access point's ARN or alias, and the keys' prefix; the prefix may be empty
    S3 {
        /// name, alias or ARN
        bucket: String,
        /// without a slash before it
        prefix: String,
    },
    /// a queue
    Queue(QueueAddress),
    /// a log group
    Group(GroupAddress),
}

/// An SQS queue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueAddress {
    /// its name; empty where the URL is known
    pub name: String,
    /// the account that owns it, where that is said
    pub account: Option<String>,
    /// its URL, where that is said
    pub url: Option<String>,
    /// its region, else the connection's
    pub region: Option<String>,
}

/// A CloudWatch Logs group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GroupAddress {
    /// its name, as `/aws/eks/prod/cluster`
    pub name: String,
    /// the account that owns it, where an ARN says it
    pub account: Option<String>,
    /// its region, else the connection's
    pub region: Option<String>,
    /// only streams whose names begin so; where nothing is said, what [`GroupAddress::stream_prefix`] knows of the group
    pub stream: Option<String>,
}

impl Address {
    /// Whether an account has to be connected to for it.
    pub fn is_in_account(&self) -> bool {
        match self {
            Self::S3 { .. } | Self::Queue(_) | Self::Group(_) => true,
            Self::Folder(_) | Self::Stdin => false,
        }
    }
}

impl FromStr for Address {
    type Err = CollectError;

    fn from_str(text: &str) -> Result<Self, CollectError> {
        let read = if let Some(rest) = text.strip_prefix("s3://") {
            s3(rest)
        } else if let Some(rest) = text.strip_prefix("sqs://") {
            queue(rest)
        } else if let Some(rest) = text.strip_prefix("logs://") {
            group(rest)
        } else if is_queue_url(text) {
            queue(text)
        } else if text.contains("://") {
            Err("addresses begin with `s3://`, `sqs://` or `logs://`; folders have none of it")
        } else if text == "-" {
            Ok(Self::Stdin)
        } else {
            Ok(Self::Folder(PathBuf::from(text)))
        };
        read.map_err(|reason| CollectError::LogAddress { address: shortened(text, 200), reason })
    }
}

fn s3(rest: &str) -> Result<Address, &'static str> {
    let (bucket, prefix) = if rest.starts_with("arn:") { access_point(rest)? } else { split(rest, '/') };
    if bucket.is_empty() {
        return Err("write `s3://bucket` or `s3://bucket/prefix`");
    }
    Ok(Address::S3 { bucket, prefix })
}

/// The ARN and the prefix, which both have slashes. `accesspoint:name` is the same as `accesspoint/name`.
fn access_point(text: &str) -> Result<(String, String), &'static str> {
    const FORM: &str = "write `s3://arn:aws:s3:<region>:<account>:accesspoint/<name>/prefix`";
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "s3", region, account, resource] = parts.as_slice() else { return Err(FORM) };
    let rest = resource.strip_prefix("accesspoint").and_then(|rest| rest.strip_prefix(['/', ':'])).ok_or(FORM)?;
    let (name, prefix) = split(rest, '/');
    if region.is_empty() {
        return Err("multi-region access points are not supported: name one of their buckets");
    }
    let is_label = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    if !(is_account && is_label(region) && is_label(&name)) {
        return Err(FORM);
    }
    Ok((format!("arn:{partition}:s3:{region}:{account}:accesspoint/{name}"), prefix))
}

fn is_queue_url(text: &str) -> bool {
    let host = text.strip_prefix("https://").map(|rest| split(rest, '/').0);
    host.is_some_and(|host| host.starts_with("sqs.") || host.contains(".queue.amazonaws.") || host.contains(".sqs."))
}

fn queue(rest: &str) -> Result<Address, &'static str> {
    const FORM: &str = "write `sqs://<queue>`, `sqs://<queue>?region=<region>`, or the queue's URL or ARN";
    if rest.starts_with("https://") || rest.starts_with("http://") {
        return Ok(Address::Queue(QueueAddress {
            url: Some(rest.to_owned()),
            region: region_of_url(rest),
            ..QueueAddress::default()
        }));
    }
    if rest.starts_with("arn:") {
        let arn: Arn = rest.parse().map_err(|_| FORM)?;
        let is_queue = arn.service() == "sqs" && !arn.region().is_empty() && is_queue_name(arn.resource());
        return is_queue.then(|| queue_of(&arn)).ok_or(FORM);
    }
    let (name, query) = split(rest, '?');
    let mut queue = QueueAddress { name, ..QueueAddress::default() };
    for (key, value) in pairs(&query) {
        match key {
            "region" => queue.region = Some(value.to_owned()),
            _ => return Err(FORM),
        }
    }
    if is_queue_name(&queue.name) { Ok(Address::Queue(queue)) } else { Err(FORM) }
}

fn queue_of(arn: &Arn) -> Address {
    Address::Queue(QueueAddress {
        name: arn.resource().to_owned(),
        account: Some(arn.account_id().to_owned()).filter(|account| !account.is_empty()),
        region: Some(arn.region().to_owned()),
        url: None,
    })
}

fn is_queue_name(name: &str) -> bool {
    (1..=80).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// `https://sqs.<region>.amazonaws.com/…`, and the older `https://<region>.queue.amazonaws.com/…`.
fn region_of_url(url: &str) -> Option<String> {
    let host = split(url.split_once("://")?.1, '/').0;
    let mut labels = host.split('.');
    let region = match (labels.next()?, labels.next()?) {
        ("sqs", region) => region,
        (region, "queue") => region,
        _ => return None,
    };
    (region.contains('-') && host.contains("amazonaws")).then(|| region.to_owned())
}

fn group(rest: &str) -> Result<Address, &'static str> {
    const FORM: &str = "write `logs://<log group>`, `logs://<log group>?region=<region>`, or the group's ARN";
    let (name, query) = split(rest, '?');
    let mut group =
        if name.starts_with("arn:") { group_of(&name).ok_or(FORM)? } else { GroupAddress { name, ..<_>::default() } };
    for (key, value) in pairs(&query) {
        match key {
            "region" => group.region = Some(value.to_owned()),
            "stream" => group.stream = Some(value.to_owned()),
            _ => return Err(FORM),
        }
    }
    // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'/' | b'.' | b'#');
    let is_name = (1..=512).contains(&group.name.len()) && group.name.bytes().all(allowed);
    if is_name { Ok(Address::Group(group)) } else { Err(FORM) }
}

/// `arn:aws:logs:<region>:<account>:log-group:<name>`, with or without `:*` behind it.
fn group_of(text: &str) -> Option<GroupAddress> {
    let arn: Arn = text.parse().ok()?;
    let name = arn.resource().strip_prefix("log-group:")?;
    let name = name.strip_suffix(":*").unwrap_or(name);
    (arn.service() == "logs" && !arn.region().is_empty()).then(|| GroupAddress {
        name: name.to_owned(),
        account: Some(arn.account_id().to_owned()).filter(|account| !account.is_empty()),
        region: Some(arn.region().to_owned()),
        stream: None,
    })
}

impl GroupAddress {
    /// The streams that are read: those that the address names; of an EKS cluster's control plane the audit log alone.
    /// <https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>
    pub fn stream_prefix(&self) -> Option<&str> {
        let is_cluster = self.name.starts_with("/aws/eks/") && self.name.ends_with("/cluster");
        self.stream.as_deref().or_else(|| is_cluster.then_some("kube-apiserver-audit-"))
    }
}

fn split(text: &str, at: char) -> (String, String) {
    let (before, after) = text.split_once(at).unwrap_or((text, ""));
    (before.to_owned(), after.to_owned())
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s3(bucket: &str, prefix: &str) -> Address {
        Address::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() }
    }

    fn refused(text: &str) -> String {
        text.parse::<Address>().unwrap_err().to_string()
    }

    #[test]
    fn buckets_and_access_points() {
        for (text, expected) in [
            ("s3://logs", s3("logs", "")),
            ("s3://logs/", s3("logs", "")),
            ("s3://logs/a/b c/", s3("logs", "a/b c/")),
            ("s3://ap-x7-s3alias/AWSLogs", s3("ap-x7-s3alias", "AWSLogs")),
            (
                "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/logs/a/b",
                s3("arn:aws:s3:eu-west-1:123456789012:accesspoint/logs", "a/b"),
            ),
            (
                "s3://arn:aws-cn:s3:cn-north-1:123456789012:accesspoint:logs",
                s3("arn:aws-cn:s3:cn-north-1:123456789012:accesspoint/logs", ""),
            ),
        ] {
            assert_eq!(text.parse::<Address>().unwrap(), expected, "{text}");
        }
        for text in [
            "s3://",
            "s3:///key",
            "s3://arn:aws:s3:::bucket",
            "s3://arn:aws:s3:eu-west-1:12:accesspoint/logs",
            "s3://arn:aws:s3:eu.west:123456789012:accesspoint/logs",
            "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/a.evil.example",
            "gs://bucket",
        ] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
        assert!(refused("s3://arn:aws:s3::123456789012:accesspoint/m.mrap").contains("multi-region"));
    }

    #[test]
    fn queues() {
        let queue = |text: &str| match text.parse::<Address>().unwrap() {
            Address::Queue(queue) => queue,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(queue("sqs://new-logs"), QueueAddress { name: "new-logs".into(), ..<_>::default() });
        assert_eq!(queue("sqs://q?region=eu-west-1").region.as_deref(), Some("eu-west-1"));
        let by_arn = queue("sqs://arn:aws:sqs:eu-west-1:123456789012:q");
        assert_eq!((by_arn.name.as_str(), by_arn.account.as_deref()), ("q", Some("123456789012")));
        for (url, region) in [
            ("https://sqs.eu-west-1.amazonaws.com/123456789012/q", Some("eu-west-1")),
            ("https://eu-west-1.queue.amazonaws.com/123456789012/q", Some("eu-west-1")),
            ("https://vpce-1-a.sqs.eu-west-1.vpce.amazonaws.com/123456789012/q", None),
        ] {
            let found = queue(url);
            assert_eq!((found.url.as_deref(), found.region.as_deref()), (Some(url), region));
        }
        assert_eq!(queue("sqs://http://127.0.0.1:1/2/q").url.as_deref(), Some("http://127.0.0.1:1/2/q"));
        assert!(refused("sqs://a/b").ends_with("or the queue's URL or ARN"), "{}", refused("sqs://a/b"));
        assert!("https://example.com/q".parse::<Address>().is_err());
    }

    #[test]
    fn groups() {
        let group = |text: &str| match text.parse::<Address>().unwrap() {
            Address::Group(group) => group,
            other => panic!("{text}: {other:?}"),
        };
        let cluster = group("logs:///aws/eks/prod/cluster?region=eu-west-1");
        assert_eq!((cluster.name.as_str(), cluster.region.as_deref()), ("/aws/eks/prod/cluster", Some("eu-west-1")));
        assert_eq!(cluster.stream_prefix(), Some("kube-apiserver-audit-"));
        assert_eq!(group("logs://bedrock").stream_prefix(), None);
        assert_eq!(group("logs://g?stream=aws/bedrock").stream_prefix(), Some("aws/bedrock"));
        let by_arn = group("logs://arn:aws:logs:eu-west-1:123456789012:log-group:/a/b:*");
        assert_eq!((by_arn.name.as_str(), by_arn.account.as_deref()), ("/a/b", Some("123456789012")));
        for text in ["logs://", "logs://a b", "logs://a?x=1", "logs://arn:aws:s3:::b"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn local_places() {
        assert_eq!("-".parse::<Address>().unwrap(), Address::Stdin);
        assert_eq!("logs/a".parse::<Address>().unwrap(), Address::Folder("logs/a".into()));
        assert!(!Address::Stdin.is_in_account());
    }
}
