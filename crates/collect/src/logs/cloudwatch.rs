//! Log objects in CloudWatch Logs: the second way to Bedrock's invocation logs and the only one to the audit logs of EKS.
//!
//! A log group has no objects, so there are made some: the events of each quarter of an hour, by the events' own times, are one. It is listed
//! when it has settled, which is a quarter of an hour after its end: events that arrive later still are missed. Days without events are passed
//! over with one request.
//!
//! An object's content is one event a line, oldest first:
//! ```json
//! {"timestamp":1763781000000,"ingestionTime":1763781002000,"logStream":"aws/bedrock/modelinvocations","message":"…"}
//! ```
//! Its key is `logs/<group>/<stream>/<from>..<to>`, with the stream of the day's first event, so that sources can tell by it what it is.
//!
//! Needs `logs:FilterLogEvents` on the group, and `logs:DescribeLogGroups`, without which all of the group's time is searched.

use super::address::GroupAddress;
use super::answer::{items, number, text};
use super::bucket::unread;
use super::feed::{Feeder, feed};
use super::request::{Counter, Requests};
use super::store::{Listed, Opened, Unlisted};
use super::unread::{LONGEST_ERROR, Unread, Why};
use crate::scan::Clock;
use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt, TryStreamExt};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sightline_aws::{Aws, CallError};
use sightline_model::Arn;
use sightline_model::untrusted::shortened;
use std::fmt;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Milliseconds of an object.
const WINDOW: i64 = 15 * 60 * 1000;
/// Milliseconds after its end at which an object is listed.
const SETTLE: i64 = 15 * 60 * 1000;
const DAY: i64 = 24 * 60 * 60 * 1000;
/// How much older than the group an event can be.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
const OLDEST_EVENT: i64 = 14 * DAY;
/// Bytes of an object's content.
const MOST_BYTES: u64 = 256 << 20;
/// The version of every object: what has settled does not change.
const VERSION: &str = "settled";

/// A CloudWatch Logs group.
#[derive(Clone)]
pub struct GroupStore {
    aws: Aws,
    address: GroupAddress,
    clock: Clock,
    most_bytes: u64,
    known: Arc<OnceCell<Known>>,
    counter: Counter,
}

/// What is known of the group.
#[derive(Debug, Clone)]
struct Known {
    account: String,
    /// milliseconds; 0 where it is not known
    created: i64,
}

/// Milliseconds since 1970: from the first to before the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    from: i64,
    to: i64,
}

/// A line of an object.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    timestamp: i64,
    ingestion_time: i64,
    log_stream: &'a str,
    message: &'a str,
}

impl fmt::Debug for GroupStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupStore").field("address", &self.address).finish_non_exhaustive()
    }
}

impl GroupStore {
    pub(super) fn new(aws: Aws, address: GroupAddress, clock: Clock) -> Self {
        let (known, counter) = Default::default();
        Self { aws, address, clock, most_bytes: MOST_BYTES, known, counter }
    }

    pub(super) fn place(&self) -> String {
        format!("logs://{}", self.address.name)
    }

    pub(super) fn requests(&self) -> Requests {
        self.counter.read()
    }

    /// What has settled, by time, from the first event on or from `since`.
    pub(super) fn list(&self, since: Option<Timestamp>) -> BoxStream<'_, Result<Listed, Unlisted>> {
        let days = async move {
            let known = self.known().await?;
            let begun = since.map_or(0, Timestamp::as_millisecond).max(known.created - OLDEST_EVENT).max(0);
            let settled = (self.clock)().as_millisecond() - SETTLE;
            let span = Span { from: begun - begun.rem_euclid(WINDOW), to: settled - settled.rem_euclid(WINDOW) };
            Ok(self.days(span).map_ok(move |day| stream::iter(self.windows(known, &day)).map(Ok)).try_flatten())
        };
        let unlisted =
            |error: CallError| Unlisted { place: self.place(), error: shortened(&error.to_string(), LONGEST_ERROR) };
        stream::once(days).try_flatten().map_err(unlisted).boxed()
    }

    pub(super) async fn open(&self, object: &Listed, bound: u64) -> Result<Opened, Unread> {
        let span = Span::of_key(&object.key).ok_or_else(|| Unread::new(Why::Failed, "the object names no time"))?;
        let (feeder, feed) = feed();
        let store = self.clone();
        tokio::spawn(async move {
            let Some(result) = store.events(span, &feeder).await else { return };
            feeder.end(result).await;
        });
        feed.opened(bound).await
    }

    /// The days that have events, each from its first event's window on.
    fn days(&self, span: Span) -> impl Stream<Item = Result<Day, CallError>> {
        stream::try_unfold(span, move |span| async move {
            if span.from >= span.to {
                return Ok(None);
            }
            let Some((at, stream)) = self.first_event(span).await? else { return Ok(None) };
            let from = (at - at.rem_euclid(WINDOW)).max(span.from);
            let to = (at - at.rem_euclid(DAY) + DAY).min(span.to);
            Ok(Some((Day { span: Span { from, to }, stream }, Span { from: to, to: span.to })))
        })
    }

    fn windows(&self, known: &Known, day: &Day) -> Vec<Listed> {
        let begins = (day.span.from..day.span.to).step_by(usize::try_from(WINDOW).unwrap_or(usize::MAX));
        begins.map(|from| self.listed(known, Span { from, to: from + WINDOW }, &day.stream)).collect()
    }

    fn listed(&self, known: &Known, span: Span, stream: &str) -> Listed {
        let region = self.region();
        let stream_named = self.address.stream.as_ref().map(|prefix| format!("?stream={prefix}")).unwrap_or_default();
        Listed {
            uri: format!("logs://{}/{region}/{}/{span}{stream_named}", known.account, self.address.name),
            key: format!("logs/{}/{stream}/{span}", self.address.name.trim_start_matches('/')),
            version: VERSION.to_owned(),
            size: 0,
            last_modified: time(span.to),
            receipt: None,
        }
    }

    fn region(&self) -> &str {
        self.address.region.as_deref().unwrap_or_else(|| self.aws.default_region())
    }

    fn pages(&self, span: Span, limit: Option<u32>) -> impl Stream<Item = Result<Value, CallError>> {
        let mut input = self.group();
        input.insert("startTime".to_owned(), span.from.into());
        // The end is part of the range here.
        input.insert("endTime".to_owned(), (span.to - 1).into());
        input.insert("limit".to_owned(), limit.into());
        input.insert("logStreamNamePrefix".to_owned(), self.address.stream_prefix().into());
        let counter = self.counter.clone();
        self.aws.pages(self.region(), "logs", "FilterLogEvents", Value::Object(input)).inspect(move |_| counter.call())
    }

    /// A group of another account goes by its ARN.
    fn group(&self) -> Map<String, Value> {
        let name = &self.address.name;
        let (key, value) = match &self.address.account {
            Some(account) => {
                let region = self.region();
                let partition = sightline_model::partition::of_region(region);
                ("logGroupIdentifier", format!("arn:{partition}:logs:{region}:{account}:log-group:{name}"))
            }
            None => ("logGroupName", name.clone()),
        };
        Map::from_iter([(key.to_owned(), value.into())])
    }

    /// Time and stream of the first event; the answers come by time.
    async fn first_event(&self, span: Span) -> Result<Option<(i64, String)>, CallError> {
        let mut pages = std::pin::pin!(self.pages(span, Some(1)));
        while let Some(page) = pages.try_next().await? {
            let Some(event) = self.events_of(&page).next() else { continue };
            let stream = text(event, "logStreamName").unwrap_or_default().to_owned();
            // An answer outside of what was asked for must not lead astray, let alone in a circle.
            return Ok(number(event, "timestamp")
                .filter(|at| (span.from..span.to).contains(at))
                .map(|at| (at, stream)));
        }
        Ok(None)
    }

    /// The events of a page; not every emulator looks at the prefix.
    fn events_of<'e>(&self, page: &'e Value) -> impl Iterator<Item = &'e Value> {
        let prefix = self.address.stream_prefix().unwrap_or_default();
        items(page, "events")
            .iter()
            .filter(move |event| text(event, "logStreamName").unwrap_or_default().starts_with(prefix))
    }

    /// Feeds the events of a window. `None`: nobody reads any more.
    async fn events(&self, span: Span, feeder: &Feeder) -> Option<Result<(), Unread>> {
        let mut pages = std::pin::pin!(self.pages(span, None));
        let mut bytes = 0;
        while let Some(page) = feeder.while_read(pages.next()).await? {
            let lines = match page {
                Ok(page) => lines(self.events_of(&page)),
                Err(error) => return Some(Err(unread(&error))),
            };
            bytes += lines.len() as u64;
            if bytes > self.most_bytes {
                let error = format!("the log group has more than {} bytes from {span}", self.most_bytes);
                return Some(Err(Unread::new(Why::TooLarge, error)));
            }
            if !feeder.piece(lines).await {
                return None;
            }
        }
        Some(Ok(()))
    }

    async fn known(&self) -> Result<&Known, CallError> {
        self.known.get_or_try_init(|| self.find()).await
    }

    async fn find(&self) -> Result<Known, CallError> {
        if let Some(account) = &self.address.account {
            return Ok(Known { account: account.clone(), created: 0 });
        }
        let input = json!({"logGroupNamePrefix": self.address.name});
        let mut pages = std::pin::pin!(self.aws.pages(self.region(), "logs", "DescribeLogGroups", input));
        loop {
            self.counter.call();
            match pages.try_next().await {
                Ok(Some(page)) => {
                    if let Some(known) = self.described(items(&page, "logGroups")) {
                        return Ok(known);
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::debug!(%error, "the log group's age is not known");
                    break;
                }
            }
        }
        Ok(Known { account: self.aws.caller().await?.account_id, created: 0 })
    }

    fn described(&self, groups: &[Value]) -> Option<Known> {
        let group = groups.iter().find(|group| text(group, "logGroupName") == Some(&self.address.name))?;
        let arn: Arn = text(group, "arn")?.parse().ok()?;
        Some(Known { account: arn.account_id().to_owned(), created: number(group, "creationTime").unwrap_or_default() })
    }
}

/// A day with events, and the stream of the first.
struct Day {
    span: Span,
    stream: String,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", time(self.from), time(self.to))
    }
}

impl Span {
    fn of_key(key: &str) -> Option<Self> {
        let (from, to) = key.rsplit_once('/')?.1.split_once("..")?;
        let milliseconds = |text: &str| text.parse::<Timestamp>().ok().map(Timestamp::as_millisecond);
        Some(Self { from: milliseconds(from)?, to: milliseconds(to)? })
    }
}

fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

fn lines<'e>(events: impl Iterator<Item = &'e Value>) -> Bytes {
    let mut lines = Vec::new();
    for event in events {
        let text = |key| text(event, key).unwrap_or_default();
        let number = |key| number(event, key).unwrap_or_default();
        let line = Line {
            timestamp: number("timestamp"),
            ingestion_time: number("ingestionTime"),
            log_stream: text("logStreamName"),
            message: text("message"),
        };
        // Text and numbers always become JSON, and memory takes it.
        if serde_json::to_writer(&mut lines, &line).is_ok() {
            lines.push(b'\n');
        }
    }
    lines.into()
}
