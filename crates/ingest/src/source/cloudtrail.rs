//! CloudTrail: `prefix/AWSLogs/[o-…/]<account>/CloudTrail/<region>/…/*.json.gz`, a JSON object whose `Records` array holds the events;
//! likewise `CloudTrail-NetworkActivity` and `CloudTrail-Insight`. Digests (`CloudTrail-Digest`) hold hashes and are passed over.
//! Events that stand alone, one after the other, are read too, bare or as EventBridge wraps them: copies of trails are made so.
//!
//! Format: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>, layout:
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>.

use super::Source;
use crate::trail::decode;
use crate::trail::place::{is_events, names};
use crate::{Batch, Content, ObjectRef, Stats};
use memchr::memmem;
use sightline_model::LakeTable;
use sightline_model::lake_table::API_CALL;

/// The unit.
pub static UNIT: CloudTrail = CloudTrail;

/// What the folders of digests are called.
const DIGEST: &str = "CloudTrail-Digest";

/// Event files of a trail.
#[derive(Debug)]
pub struct CloudTrail;

impl Source for CloudTrail {
    fn name(&self) -> &'static str {
        "cloudtrail"
    }

    fn about(&self) -> &'static str {
        "CloudTrail: management, data and network-activity events"
    }

    fn tables(&self) -> &'static [&'static LakeTable] {
        &[API_CALL]
    }

    fn layouts(&self) -> &'static [&'static str] {
        &[
            "<prefix>/AWSLogs/<account>/CloudTrail/<region>/<date>/*.json.gz",
            "<prefix>/AWSLogs/o-…/<account>/CloudTrail/<region>/<date>/*",
            "<prefix>/AWSLogs/<account>/CloudTrail-NetworkActivity/<region>/…",
        ]
    }

    fn detect(&self, key: &str, head: &[u8]) -> bool {
        (names(key, is_events) && self.skips(key).is_none()) || looks_like_events(head)
    }

    fn skips(&self, key: &str) -> Option<&'static str> {
        names(key, |kind| kind == DIGEST).then_some("a digest: it holds hashes of log files")
    }

    fn decode(&self, object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats {
        decode::decode(object, content, batch)
    }
}

/// Events have what nothing else that has `Records` has: S3's event notifications have an `eventVersion` and an `eventSource` as well.
fn looks_like_events(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let has = |text: &str| memmem::find(head, text.as_bytes()).is_some();
    let records = has("\"Records\"") && has("\"eventID\"") && (has("\"eventSource\"") || has("\"insightDetails\""));
    let bare = || has("\"eventID\"") && has("\"eventTime\"") && has("\"eventName\"") && decode::is_bare(head);
    head.starts_with(b"{") && (records || bare())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recognised_by_key_or_by_content() {
        let key =
            "logs/AWSLogs/o-1/123456789012/CloudTrail/eu-west-1/2026/11/22/123456789012_CloudTrail_eu-west-1_x.json.gz";
        assert!(UNIT.detect(key, b""));
        assert!(UNIT.detect("123456789012_CloudTrail_eu-west-1_x.json.gz", b""));
        assert!(UNIT.detect("AWSLogs/1/CloudTrail-NetworkActivity/eu-west-1/x.json.gz", b""));
        assert!(UNIT.detect("AWSLogs/1/CloudTrail-Insight/eu-west-1/x.json.gz", b""));
        assert!(
            UNIT.detect("a", br#" {"Records":[{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventID":"1"}"#)
        );
        let bare = br#"{"eventTime":"t","eventSource":"s3.amazonaws.com","eventName":"n","eventID":"1"}"#;
        assert!(UNIT.detect("a", bare));
        assert!(!UNIT.detect("a", br#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3"}]}"#));
        assert!(!UNIT.detect("my-CloudTrail-notes.txt", b"hello"));
        assert!(!UNIT.detect("CloudTrailing/x.json", b"{}"));
    }

    #[test]
    fn digests_are_passed_over() {
        let key = |folder| format!("AWSLogs/1/{folder}/eu-west-1/2026/11/22/1_{folder}_eu-west-1_x.json.gz");
        assert!(UNIT.skips(&key("CloudTrail-Digest")).is_some());
        assert!(!UNIT.detect(&key("CloudTrail-Digest"), b"{}"));
        for folder in ["CloudTrail", "CloudTrail-NetworkActivity", "CloudTrail-Insight"] {
            assert!(UNIT.skips(&key(folder)).is_none());
        }
    }
}
