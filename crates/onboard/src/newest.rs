//! How old the newest delivered object is.

use crate::bucket;
use crate::context::{Asked, Context, list, text};
use crate::verdict::Unanswered;
use futures::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// Folders of objects that are looked into, newest first, for one of the log that is asked about.
const FOLDERS: usize = 4;
/// Pages of one folder that are read: 50,000 objects.
const PAGES: usize = 50;

/// When the newest object below `base` was delivered whose name has `marker` in it; nothing if there is none, or no bucket. AWS's log keys end in folders of year, month,
/// day and perhaps hour: the last folder by name is the newest.
pub(crate) async fn delivered(context: &Context, bucket: &str, base: String, marker: &str) -> Asked<Option<Timestamp>> {
    let Some(region) = bucket::location(context, bucket).await? else { return Ok(None) };
    let mut ahead = vec![base];
    let mut looked_into = 0;
    while let Some(folder) = ahead.pop() {
        let found = look_into(context, &region, bucket, &folder, marker).await?;
        if found.newest.is_some() {
            return Ok(found.newest);
        }
        looked_into += usize::from(found.folders.is_empty());
        if looked_into == FOLDERS {
            break;
        }
        ahead.extend(found.folders);
    }
    Ok(None)
}

/// `3 days`, `5 hours`, `12 minutes`
pub(crate) fn age(then: Timestamp, now: Timestamp) -> (SignedDuration, String) {
    let age = now.duration_since(then);
    let shown = match (age.as_hours(), age.as_mins()) {
        (hours, _) if hours >= 48 => format!("{} days", hours / 24),
        (hours, _) if hours >= 2 => format!("{hours} hours"),
        (_, minutes) => format!("{} minutes", minutes.max(0)),
    };
    (age, shown)
}

#[derive(Default)]
struct Found {
    /// in ascending order of their names
    folders: Vec<String>,
    newest: Option<Timestamp>,
}

async fn look_into(context: &Context, region: &str, bucket: &str, folder: &str, marker: &str) -> Asked<Found> {
    let input = json!({"Bucket": bucket, "Prefix": folder, "Delimiter": "/"});
    let mut pages = context.aws.pages(region, "s3", "ListObjectsV2", input).take(PAGES).boxed();
    let mut found = Found::default();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| Unanswered::new(error, "s3:ListBucket"))?;
        found.folders.extend(list(&page, "/CommonPrefixes").map(|folder| text(folder, "/Prefix").to_owned()));
        let of_the_log = list(&page, "/Contents").filter(|object| text(object, "/Key").contains(marker));
        let times = of_the_log.filter_map(|object| text(object, "/LastModified").parse().ok());
        found.newest = times.chain(found.newest).max();
    }
    found.folders.sort();
    Ok(found)
}
