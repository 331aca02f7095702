//! CloudTrail: `prefix/AWSLogs/[o-…/]<account>/CloudTrail/<region>/…/*.json.gz`, a JSON object whose `Records` array holds the
//! events. Digests (`CloudTrail-Digest`) hold hashes and insights (`CloudTrail-Insight`) no calls: both are passed over.
//!
//! Format: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>, layout:
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>.

use super::Source;
use crate::object::segments;
use crate::trail::decode;
use crate::{Batch, ObjectRef, Stats};
use memchr::memmem;

/// The unit.
pub static UNIT: CloudTrail = CloudTrail;

/// Event files of a trail.
#[derive(Debug)]
pub struct CloudTrail;

impl Source for CloudTrail {
    fn name(&self) -> &'static str {
        "cloudtrail"
    }

    fn detect(&self, key: &str, head: &[u8]) -> bool {
        names(key, "CloudTrail") || names(key, "CloudTrail-NetworkActivity") || looks_like_events(head)
    }

    fn skips(&self, key: &str) -> Option<&'static str> {
        if names(key, "CloudTrail-Digest") {
            Some("a digest: it holds hashes of log files")
        } else if names(key, "CloudTrail-Insight") {
            Some("insights: they hold no calls")
        } else {
            None
        }
    }

    fn decode(&self, object: &ObjectRef<'_>, bytes: &[u8], batch: &mut Batch<'_>) -> Stats {
        decode::decode(object, bytes, batch)
    }
}

/// Whether a folder of the key has this name, or the file's name holds it the way CloudTrail writes it.
fn names(key: &str, name: &str) -> bool {
    let mut segments = segments(key).rev();
    let in_file = segments.next().is_some_and(|file| file.split('_').nth(1) == Some(name));
    in_file || segments.any(|segment| segment == name)
}

/// `Records` of events: `eventID` tells them from S3's event notifications, which have `Records` with `eventVersion` as well.
fn looks_like_events(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let has = |text: &str| memmem::find(head, text.as_bytes()).is_some();
    head.starts_with(b"{") && has("\"Records\"") && has("\"eventID\"") && has("\"eventSource\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognised_by_key_or_by_content() {
        let key = "logs/AWSLogs/o-1/123456789012/CloudTrail/eu-west-1/2026/11/22/123456789012_CloudTrail_eu-west-1_x.json.gz";
        assert!(UNIT.detect(key, b""));
        assert!(UNIT.detect("123456789012_CloudTrail_eu-west-1_x.json.gz", b""));
        assert!(UNIT.detect("a", br#" {"Records":[{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventID":"1"}"#));
        assert!(!UNIT.detect("a", br#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3"}]}"#));
        assert!(!UNIT.detect("my-CloudTrail-notes.txt", b"hello"));
    }

    #[test]
    fn digests_and_insights_are_passed_over() {
        let key = |folder| format!("AWSLogs/1/{folder}/eu-west-1/2026/11/22/1_{folder}_eu-west-1_x.json.gz");
        assert!(UNIT.skips(&key("CloudTrail-Digest")).is_some());
        assert!(UNIT.skips(&key("CloudTrail-Insight")).is_some());
        assert!(UNIT.skips(&key("CloudTrail")).is_none());
        assert!(UNIT.skips(&key("CloudTrail-NetworkActivity")).is_none());
    }
}
