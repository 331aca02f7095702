//! Listings of a bucket, by key. A listing costs a request for each 1,000 keys, and buckets of logs have years of them: where only what came
//! since a day is wanted, AWS's date folders are used to begin there.
//!
//! ```text
//! [prefix/]AWSLogs/[o-…/]<account>/<service>/<region>/<yyyy>/<mm>/<dd>/…
//! [prefix/]AWSLogs/aws-account-id=…/aws-service=…/aws-region=…/year=<yyyy>/month=<mm>/day=<dd>/…
//! ```
//! <https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html>,
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>
//!
//! The folders above the dates are walked one by one; a folder that holds years and nothing else is listed from the wanted day on, with one
//! request a page. A folder that is neither, or whose place is unknown, is listed whole: pruning may save requests, never objects.

use super::answer::{items, text};
use super::bucket::Bucket;
use super::store::{Listed, Unlisted};
use super::unread::LONGEST_ERROR;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use sightline_aws::CallError;
use sightline_model::untrusted::shortened;

/// Folders above `AWSLogs/` that are looked into.
const DEPTH_ABOVE: usize = 2;
/// How many folders there may be side by side above it: in a bucket of something else, looking into each would cost more than listing all.
const WIDTH_ABOVE: usize = 50;
/// Folders below it: organisation, account, service, region, and one that AWS may think of.
const DEPTH_BELOW: usize = 5;

type Listing<'b> = BoxStream<'b, Result<Listed, Unlisted>>;

/// Every object below the prefix; with `after`, those whose keys come behind it.
pub(super) fn all<'b>(bucket: &'b Bucket, prefix: &str, after: Option<String>) -> Listing<'b> {
    let place = bucket.uri(prefix);
    bucket
        .pages(json!({"Prefix": prefix, "StartAfter": after}))
        .map_err(move |error| unlisted(&place, &error))
        .map_ok(|page| stream::iter(objects(bucket, &page)))
        .try_flatten()
        .boxed()
}

/// The objects below the prefix, without those in date folders of earlier days. The day before is listed too: its last logs come on the next.
pub(super) fn since<'b>(bucket: &'b Bucket, prefix: &str, since: Timestamp) -> Listing<'b> {
    let day = since.to_zoned(TimeZone::UTC).date().saturating_sub(1.day());
    let walk = Walk { bucket, day: (day.year(), day.month(), day.day()) };
    if prefix.split('/').any(is_year) {
        return all(bucket, prefix, None);
    }
    walk.folder(prefix.to_owned(), if is_below(prefix) { Level::Below(DEPTH_BELOW) } else { Level::Above(DEPTH_ABOVE) })
}

#[derive(Clone, Copy)]
struct Walk<'b> {
    bucket: &'b Bucket,
    day: (i16, i8, i8),
}

/// Whether `AWSLogs/` was passed, and how many levels may still be looked into.
#[derive(Clone, Copy)]
enum Level {
    Above(usize),
    Below(usize),
}

impl Level {
    fn into(self, folder: &str) -> Option<Self> {
        match self {
            _ if folder == "AWSLogs" => Some(Self::Below(DEPTH_BELOW)),
            _ if is_year(folder) => None,
            Self::Above(left) => Some(Self::Above(left.checked_sub(1)?)),
            Self::Below(left) => Some(Self::Below(left.checked_sub(1)?)),
        }
    }
}

/// What stands in a folder.
enum Entry {
    Object(Result<Listed, Unlisted>),
    Folder(String),
}

impl<'b> Walk<'b> {
    fn folder(self, prefix: String, level: Level) -> Listing<'b> {
        stream::once(async move {
            let entries = match self.entries(&prefix).await {
                Ok(Some(entries)) => entries,
                // More than one page: looking into each may cost more than it saves.
                Ok(None) => return all(self.bucket, &prefix, None),
                Err(error) => return stream::once(async { Err(error) }).boxed(),
            };
            if matches!(level, Level::Above(_)) && entries.len() > WIDTH_ABOVE {
                return all(self.bucket, &prefix, None);
            }
            if let Some(start) = self.start(&prefix, &entries) {
                return all(self.bucket, &prefix, Some(start));
            }
            let list = move |entry| match entry {
                Entry::Object(object) => stream::once(async { object }).boxed(),
                Entry::Folder(folder) => match level.into(name(&folder)) {
                    Some(level) => self.folder(folder, level),
                    None => all(self.bucket, &folder, None),
                },
            };
            stream::iter(entries).flat_map(list).boxed()
        })
        .flatten()
        .boxed()
    }

    /// The entries by key, if they fit one page.
    async fn entries(self, prefix: &str) -> Result<Option<Vec<Entry>>, Unlisted> {
        let mut pages = self.bucket.pages(json!({"Prefix": prefix, "Delimiter": "/"}));
        let page = match pages.next().await {
            Some(Ok(page)) => page,
            Some(Err(error)) => return Err(unlisted(&self.bucket.uri(prefix), &error)),
            None => return Ok(Some(vec![])),
        };
        if is_truncated(&page) {
            return Ok(None);
        }
        let folders = items(&page, "CommonPrefixes").iter();
        let folders = folders.filter_map(|folder| text(folder, "Prefix")).map(str::to_owned);
        let objects = objects(self.bucket, &page).into_iter().map(Entry::Object);
        let mut entries: Vec<Entry> = objects.chain(folders.map(Entry::Folder)).collect();
        entries.sort_by(|a, b| key(a).cmp(key(b)));
        Ok(Some(entries))
    }

    /// The key to list after, if the folder holds years alone.
    fn start(self, prefix: &str, entries: &[Entry]) -> Option<String> {
        let (year, month, day) = self.day;
        let all = |is_wanted: fn(&str) -> bool| {
            let is_wanted = |entry: &Entry| matches!(entry, Entry::Folder(folder) if is_wanted(name(folder)));
            !entries.is_empty() && entries.iter().all(is_wanted)
        };
        if is_below(prefix) && all(is_plain_year) {
            Some(format!("{prefix}{year:04}/{month:02}/{day:02}"))
        } else if all(is_hive_year) {
            Some(format!("{prefix}year={year:04}/month={month:02}/day={day:02}"))
        } else {
            None
        }
    }
}

fn is_below(prefix: &str) -> bool {
    prefix.split('/').any(|part| part == "AWSLogs")
}

fn is_year(name: &str) -> bool {
    is_plain_year(name) || is_hive_year(name)
}

fn is_plain_year(name: &str) -> bool {
    name.len() == 4 && name.bytes().all(|b| b.is_ascii_digit())
}

fn is_hive_year(name: &str) -> bool {
    name.strip_prefix("year=").is_some_and(is_plain_year)
}

/// The last part of a folder's prefix, which ends in a slash.
fn name(folder: &str) -> &str {
    let folder = folder.strip_suffix('/').unwrap_or(folder);
    folder.rsplit_once('/').map_or(folder, |(_, name)| name)
}

fn key(entry: &Entry) -> &str {
    match entry {
        Entry::Object(Ok(object)) => &object.key,
        Entry::Object(Err(_)) => "",
        Entry::Folder(folder) => folder,
    }
}

fn objects(bucket: &Bucket, page: &Value) -> Vec<Result<Listed, Unlisted>> {
    // What ends in a slash is what consoles show as a folder.
    let objects = items(page, "Contents")
        .iter()
        .map(|entry| bucket.listed(entry))
        .filter(|entry| !entry.as_ref().is_ok_and(|object| object.key.ends_with('/')));
    let error = "a page of the listing says that there are more, and not how to get them";
    let is_open = is_truncated(page) && text(page, "NextContinuationToken").is_none();
    let rest = is_open.then(|| Err(Unlisted { place: bucket.uri(""), error: error.to_owned() }));
    objects.chain(rest).collect()
}

fn is_truncated(page: &Value) -> bool {
    page.get("IsTruncated") == Some(&Value::Bool(true))
}

fn unlisted(place: &str, error: &CallError) -> Unlisted {
    Unlisted { place: place.to_owned(), error: shortened(&error.to_string(), LONGEST_ERROR) }
}
