//! What CloudWatch Logs puts around a record on its way: the record is the text of a message.
//!
//! | way | form |
//! |---|---|
//! | as read from a log group | a line each: `{"timestamp":ms,"ingestionTime":ms,"logStream":"…","message":"…"}` |
//! | export to S3 | a line each: `2026-11-22T03:04:05.678Z <message>` |
//! | subscription (Firehose, Lambda) | `{"messageType":"DATA_MESSAGE","owner","logGroup","logStream","logEvents":[{"id","timestamp","message"}]}` |
//! | `aws logs filter-log-events` | `{"events":[{"logStreamName","timestamp","message","ingestionTime","eventId"}]}` |
//! | none | the record itself: a line each, an array, or one behind the other |
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html>

use crate::Stats;
use crate::content::Content;
use crate::documents::{self, Document};
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// Bytes of the time that begins a line of an export, at most.
const LONGEST_TIME: usize = 30;
/// The outer names of envelopes.
const NAMES: [&str; 17] = [
    "timestamp",
    "message",
    "logGroup",
    "logGroupName",
    "logStream",
    "logStreamName",
    "owner",
    "messageType",
    "logEvents",
    "events",
    "ingestionTime",
    "eventId",
    "id",
    "subscriptionFilters",
    "policyLevel",
    "searchedLogStreams",
    "nextToken",
];
/// A control message, which CloudWatch Logs sends to see whether the destination can be reached.
const CONTROL: &str = "CONTROL_MESSAGE";

/// One record, with what its way tells of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Message<'a> {
    /// the record; trimmed, never empty, not necessarily JSON
    pub(crate) text: Cow<'a, [u8]>,
    /// log group's name; empty where its way does not tell
    pub(crate) log_group: Cow<'a, str>,
    /// log stream's name, likewise
    pub(crate) log_stream: Cow<'a, str>,
    /// the account of the log group, likewise
    pub(crate) owner: Cow<'a, str>,
    /// when the message was logged, in microseconds since 1970
    pub(crate) time: Option<i64>,
}

/// Reads the content's records, each with its place from 1. What is no record, or too large, is a reject; its text is withheld, as
/// it may be content.
pub(crate) fn each(content: &mut Content<'_>, found: &mut dyn FnMut(&Message<'_>, i64, &mut Stats)) -> Stats {
    let mut stats = Stats::default();
    let mut place = 0;
    documents::each(content, &mut |document| {
        place += 1;
        let text = match document {
            Document::Text(text) => text,
            Document::Unfinished => return stats.reject(place, "the record does not end", ""),
            Document::TooLarge => return stats.reject(place, "the record is larger than 32 MiB", ""),
            Document::Stray => return stats.reject(place, "something that is no record stands here", ""),
        };
        let first = place;
        match unwrap(text) {
            Unwrapped::Control => stats.passed_over += 1,
            Unwrapped::One(message) => found(&message, place, &mut stats),
            Unwrapped::Many(messages) => {
                for (message, number) in messages.iter().zip(first..) {
                    place = number;
                    found(message, place, &mut stats);
                }
            }
        }
    });
    stats
}

/// What is in a document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unwrapped<'a> {
    /// a message, or the document itself where nothing is around it
    One(Message<'a>),
    /// messages of one stream
    Many(Vec<Message<'a>>),
    /// no message: CloudWatch Logs tried whether it reaches the destination
    Control,
}

/// Takes off what is around the record. What cannot be read as one of the forms is given as it is.
pub(crate) fn unwrap(document: &[u8]) -> Unwrapped<'_> {
    if let Some((time, text)) = timed(document) {
        return Unwrapped::One(Message { text: Cow::Borrowed(text), time: Some(time), ..Message::default() });
    }
    if !may_be_frame(document) {
        return Unwrapped::One(bare(document));
    }
    // Ends at the first name that no envelope has, so that a record without an envelope costs little here.
    match serde_json::from_slice::<Frame<'_>>(document) {
        Ok(frame) => frame.unwrap(document),
        Err(_) => Unwrapped::One(bare(document)),
    }
}

fn bare(document: &[u8]) -> Message<'_> {
    Message { text: Cow::Borrowed(document), ..Message::default() }
}

/// Whether the first name is one that an envelope has. The parser's errors cost more than many a record.
fn may_be_frame(document: &[u8]) -> bool {
    let first = document.strip_prefix(b"{").and_then(|rest| rest.trim_ascii_start().strip_prefix(b"\""));
    let is_first = |name: &str| {
        first.and_then(|text| text.strip_prefix(name.as_bytes())).is_some_and(|rest| rest.starts_with(b"\""))
    };
    NAMES.into_iter().any(is_first)
}

/// The time and the message of a line of an export.
fn timed(line: &[u8]) -> Option<(i64, &[u8])> {
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let end = line.iter().take(LONGEST_TIME).position(|byte| *byte == b' ')?;
    let (time, message) = line.split_at(end);
    let time: Timestamp = std::str::from_utf8(time).ok()?.parse().ok()?;
    let message = message.trim_ascii();
    (!message.is_empty()).then(|| (time.as_microsecond(), message))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Frame<'a> {
    timestamp: Option<i64>,
    #[serde(borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "logGroupName")]
    log_group: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "logStreamName")]
    log_stream: Option<Cow<'a, str>>,
    #[serde(borrow)]
    owner: Option<Cow<'a, str>>,
    #[serde(borrow)]
    message_type: Option<Cow<'a, str>>,
    #[serde(borrow, alias = "events")]
    log_events: Option<Vec<Event<'a>>>,
    #[serde(rename = "ingestionTime", default)]
    _ingestion_time: IgnoredAny,
    #[serde(rename = "eventId", alias = "id", default)]
    _event_id: IgnoredAny,
    #[serde(rename = "subscriptionFilters", default)]
    _subscription_filters: IgnoredAny,
    #[serde(rename = "policyLevel", default)]
    _policy_level: IgnoredAny,
    #[serde(rename = "searchedLogStreams", default)]
    _searched: IgnoredAny,
    #[serde(rename = "nextToken", default)]
    _next: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    timestamp: Option<i64>,
    #[serde(borrow)]
    message: Cow<'a, str>,
    #[serde(borrow, alias = "logStream")]
    log_stream_name: Option<Cow<'a, str>>,
}

impl<'a> Frame<'a> {
    fn unwrap(self, document: &'a [u8]) -> Unwrapped<'a> {
        let around = Message {
            log_group: self.log_group.unwrap_or_default(),
            log_stream: self.log_stream.unwrap_or_default(),
            owner: self.owner.unwrap_or_default(),
            ..Message::default()
        };
        match (self.message, self.log_events) {
            _ if self.message_type.as_deref() == Some(CONTROL) => Unwrapped::Control,
            (Some(message), None) => Unwrapped::One(around.holding(message, self.timestamp)),
            (None, Some(events)) => Unwrapped::Many(events.into_iter().map(|event| event.message(&around)).collect()),
            _ => Unwrapped::One(bare(document)),
        }
    }
}

impl<'a> Event<'a> {
    fn message(self, around: &Message<'a>) -> Message<'a> {
        let mut message = around.clone().holding(self.message, self.timestamp);
        if let Some(stream) = self.log_stream_name {
            message.log_stream = stream;
        }
        message
    }
}

impl<'a> Message<'a> {
    fn holding(self, text: Cow<'a, str>, milliseconds: Option<i64>) -> Self {
        let text = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        Self { text, time: milliseconds.and_then(|time| time.checked_mul(1000)), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one<'a>(text: &'a str, stream: &'a str, time: Option<i64>) -> Unwrapped<'a> {
        let log_stream = Cow::Borrowed(stream);
        Unwrapped::One(Message { text: Cow::Borrowed(text.as_bytes()), log_stream, time, ..Message::default() })
    }

    #[test]
    fn every_way_is_taken_off() {
        let cases = [
            (
                r#"{"timestamp":1763780645000,"ingestionTime":1,"logStream":"s","message":"{\"a\":1}"}"#,
                one(r#"{"a":1}"#, "s", Some(1_763_780_645_000_000)),
            ),
            (
                r#"{"logStreamName":"s","timestamp":1,"message":"m","ingestionTime":2,"eventId":"3"}"#,
                one("m", "s", Some(1000)),
            ),
            (r#"2025-11-22T03:04:05.000Z {"a":1}"#, one(r#"{"a":1}"#, "", Some(1_763_780_645_000_000))),
            (
                r#"{"timestamp":"2026-11-22T03:04:05Z","message":"a record"}"#,
                one(r#"{"timestamp":"2026-11-22T03:04:05Z","message":"a record"}"#, "", None),
            ),
            (r#"{"message":"a record","kind":"Event"}"#, one(r#"{"message":"a record","kind":"Event"}"#, "", None)),
            ("2026-13-22T03:04:05Z x", one("2026-13-22T03:04:05Z x", "", None)),
            ("noise", one("noise", "", None)),
        ];
        for (text, expected) in cases {
            assert_eq!(unwrap(text.as_bytes()), expected);
        }
    }

    #[test]
    fn a_subscription_has_many_messages() {
        let text = r#"{"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"g","logStream":"s","subscriptionFilters":["f"],
            "logEvents":[{"id":"1","timestamp":7,"message":"a"},{"id":"2","timestamp":8,"message":"b","extractedFields":{}}]}"#;
        let Unwrapped::Many(messages) = unwrap(text.as_bytes()) else { panic!("many messages") };
        let told: Vec<_> = messages
            .iter()
            .map(|m| (m.text.as_ref(), m.log_group.as_ref(), m.log_stream.as_ref(), m.owner.as_ref(), m.time))
            .collect();
        assert_eq!(
            told,
            [(&b"a"[..], "g", "s", "123456789012", Some(7000)), (&b"b"[..], "g", "s", "123456789012", Some(8000))]
        );
        let control = r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],
            "logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}"#;
        assert_eq!(unwrap(control.as_bytes()), Unwrapped::Control);
    }
}
