//! Messages that tell of new objects in S3: S3's own event notifications, directly or through SNS, EventBridge's, and CloudTrail's.
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html>
//!
//! A message of which anything is not understood is refused as a whole: what is removed from a queue must have been read.

use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Objects of one message; S3 tells of one at a time.
const MOST_OBJECTS: usize = 1_000;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Message {
    /// S3 tried whether it may send to the queue
    Test,
    /// objects that were created
    Objects(Vec<Told>),
}

/// An object that a message tells of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Told {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) size: Option<u64>,
    /// without quotes
    pub(super) etag: Option<String>,
    pub(super) version_id: Option<String>,
    /// the bucket's
    pub(super) region: Option<String>,
    pub(super) time: Option<Timestamp>,
}

/// Reads a message's body.
///
/// # Errors
/// Says why it is none of those that are understood.
pub(super) fn read(body: &str) -> Result<Message, String> {
    let value = json(body)?;
    // SNS puts the message into an envelope, unless raw delivery is on.
    match value.get("Message").and_then(Value::as_str) {
        Some(inner) if value.get("TopicArn").is_some() => message(&json(inner)?),
        _ => message(&value),
    }
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("the message is no JSON: {error}"))
}

fn message(value: &Value) -> Result<Message, String> {
    if text(value, "Event") == Some("s3:TestEvent") {
        return Ok(Message::Test);
    }
    let told = if let Some(records) = value.get("Records").and_then(Value::as_array) {
        records.iter().map(of_s3).collect::<Result<Vec<_>, _>>()?
    } else if text(value, "detail-type").is_some() {
        vec![of_event_bridge(value)?]
    } else if value.get("s3ObjectKey").is_some() {
        of_cloudtrail(value)?
    } else {
        return Err("the message tells of no object: it is no notification of S3, EventBridge or CloudTrail".to_owned());
    };
    if told.len() > MOST_OBJECTS {
        return Err(format!("the message tells of more than {MOST_OBJECTS} objects"));
    }
    // What ends in a slash is what consoles show as a folder.
    Ok(Message::Objects(told.into_iter().filter(|told| !told.key.ends_with('/')).collect()))
}

fn of_s3(record: &Value) -> Result<Told, String> {
    let event = text(record, "eventName").unwrap_or_default();
    if text(record, "eventSource") != Some("aws:s3") || !event.contains("ObjectCreated:") {
        return Err(format!("`{}` is no creation of an object", shown(event)));
    }
    let place = |path: &str| record.pointer(path);
    let key = place("/s3/object/key").and_then(Value::as_str).ok_or("the message names no key")?;
    Ok(Told {
        bucket: bucket(place("/s3/bucket/name"))?,
        key: decoded(key)?,
        size: place("/s3/object/size").and_then(Value::as_u64),
        etag: etag(place("/s3/object/eTag")),
        version_id: some_text(place("/s3/object/versionId")),
        region: region(record.get("awsRegion")),
        time: time(record.get("eventTime")),
    })
}

/// Keys are as they are here, not encoded.
fn of_event_bridge(event: &Value) -> Result<Told, String> {
    let kind = text(event, "detail-type").unwrap_or_default();
    if text(event, "source") != Some("aws.s3") || kind != "Object Created" {
        return Err(format!("`{}` is no creation of an object", shown(kind)));
    }
    let place = |path: &str| event.pointer(path);
    Ok(Told {
        bucket: bucket(place("/detail/bucket/name"))?,
        key: some_text(place("/detail/object/key")).ok_or("the message names no key")?,
        size: place("/detail/object/size").and_then(Value::as_u64),
        etag: etag(place("/detail/object/etag")),
        version_id: some_text(place("/detail/object/version-id")),
        region: region(event.get("region")),
        time: time(event.get("time")),
    })
}

/// A trail tells of its files by keys alone.
fn of_cloudtrail(value: &Value) -> Result<Vec<Told>, String> {
    let bucket = bucket(value.get("s3Bucket"))?;
    let keys = value.get("s3ObjectKey").and_then(Value::as_array).ok_or("the message names no keys")?;
    let told = |key: &Value| match some_text(Some(key)) {
        Some(key) => Ok(Told { bucket: bucket.clone(), key, ..Told::default() }),
        None => Err("a key of the message is no text".to_owned()),
    };
    keys.iter().map(told).collect()
}

/// As in forms: `+` is a space.
fn decoded(key: &str) -> Result<String, String> {
    let spaced = key.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8().map_err(|_| "the key is no UTF-8 text".to_owned())?;
    if decoded.is_empty() { Err("the message names no key".to_owned()) } else { Ok(decoded.into_owned()) }
}

/// A bucket's name becomes part of a host name.
fn bucket(value: Option<&Value>) -> Result<String, String> {
    let name = some_text(value).ok_or("the message names no bucket")?;
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    if name.len() <= 255 && name.bytes().all(allowed) {
        Ok(name)
    } else {
        Err(format!("`{}` is no bucket's name", shown(&name)))
    }
}

/// As is a region's.
fn region(value: Option<&Value>) -> Option<String> {
    some_text(value).filter(|name| {
        name.len() < 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    })
}

fn etag(value: Option<&Value>) -> Option<String> {
    some_text(value).map(|etag| etag.trim_matches('"').to_owned()).filter(|etag| !etag.is_empty())
}

fn time(value: Option<&Value>) -> Option<Timestamp> {
    value?.as_str()?.parse().ok()
}

fn some_text(value: Option<&Value>) -> Option<String> {
    value?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

fn shown(text: &str) -> String {
    sightline_model::untrusted::shortened(text, 100)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn of_s3(event: &str, key: &str) -> Value {
        json!({"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-1", "eventTime": "2026-11-22T03:04:05.678Z",
            "eventName": event, "s3": {"bucket": {"name": "logs"}, "object": {"key": key, "size": 7, "eTag": "e1", "versionId": "v1"}}}]})
    }

    fn told() -> Told {
        Told {
            bucket: "logs".into(),
            key: "a b/ü+c".into(),
            size: Some(7),
            etag: Some("e1".into()),
            version_id: Some("v1".into()),
            region: Some("eu-west-1".into()),
            time: Some("2026-11-22T03:04:05.678Z".parse().unwrap()),
        }
    }

    #[test]
    fn every_way_tells_the_same() {
        let direct = of_s3("ObjectCreated:Put", "a+b/%C3%BC%2Bc").to_string();
        let through_sns =
            json!({"Type": "Notification", "TopicArn": "arn:aws:sns:eu-west-1:123456789012:t", "Message": direct});
        let event_bridge = json!({"version": "0", "detail-type": "Object Created", "source": "aws.s3", "region": "eu-west-1",
            "time": "2026-11-22T03:04:05.678Z", "detail": {"bucket": {"name": "logs"},
            "object": {"key": "a b/ü+c", "size": 7, "etag": "e1", "version-id": "v1"}}});
        for body in [direct, through_sns.to_string(), event_bridge.to_string()] {
            assert_eq!(read(&body), Ok(Message::Objects(vec![told()])), "{body}");
        }
    }

    #[test]
    fn a_trail_tells_of_keys() {
        let body = json!({"s3Bucket": "logs", "s3ObjectKey": ["AWSLogs/a+b.json.gz", "c"]}).to_string();
        let Ok(Message::Objects(told)) = read(&body) else { panic!("{body}") };
        assert_eq!(told.iter().map(|told| told.key.as_str()).collect::<Vec<_>>(), ["AWSLogs/a+b.json.gz", "c"]);
        assert_eq!((told[0].size, &told[0].etag), (None, &None));
    }

    #[test]
    fn test_events_and_folders_hold_nothing() {
        let test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "logs"}).to_string();
        assert_eq!(read(&test), Ok(Message::Test));
        assert_eq!(read(&of_s3("ObjectCreated:Put", "folder/").to_string()), Ok(Message::Objects(vec![])));
    }

    #[test]
    fn what_is_not_understood_is_refused_as_a_whole() {
        let mut mixed = of_s3("ObjectCreated:Put", "a");
        let removed = of_s3("ObjectRemoved:Delete", "a")["Records"][0].clone();
        mixed["Records"].as_array_mut().unwrap().push(removed);
        let bodies = [
            ("hello", "the message is no JSON"),
            ("{}", "the message tells of no object"),
            (&mixed.to_string(), "`ObjectRemoved:Delete` is no creation"),
            (&of_s3("ObjectCreated:Put", "%FF").to_string(), "the key is no UTF-8 text"),
            (&of_s3("ObjectCreated:Put", "").to_string(), "the message names no key"),
            (r#"{"detail-type": "Object Deleted", "source": "aws.s3"}"#, "`Object Deleted` is no creation"),
            (r#"{"s3Bucket": "evil.example/x", "s3ObjectKey": ["a"]}"#, "`evil.example/x` is no bucket's name"),
        ];
        for (body, expected) in bodies {
            let error = read(body).unwrap_err();
            assert!(error.starts_with(expected), "{body}: {error}");
        }
    }

    proptest! {
        #[test]
        fn anything_may_come(body in ".{0,200}") {
            let _ = read(&body);
        }

        #[test]
        fn keys_come_back(key in "[^/\\p{Cc}]{1,40}") {
            let encoded: String = key.bytes().map(|b| if b == b' ' { "+".to_owned() } else { format!("%{b:02X}") }).collect();
            prop_assert_eq!(decoded(&encoded), Ok(key));
        }
    }
}
