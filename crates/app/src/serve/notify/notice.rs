//! A notice: what is new, as every channel tells it. Texts in it were written by others; they are bounded here, and escaped by the channel.

use crate::config::Topic;
use crate::serve::held::FindingRow;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sightline_model::untrusted::{for_terminal, shortened};
use sightline_model::{Case, Severity};

/// The most items of a notice; how many there are in all is said.
pub(super) const MOST: usize = 50;

/// The longest text of an item, in characters.
const LONGEST: usize = 500;

/// What the document is called, should it ever change.
const VERSION: u32 = 1;

/// What is new.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Notice {
    /// Of this document
    pub(crate) version: u32,
    /// `findings.new`, `cases.new`, `coverage.lost`, `test`
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// The notification's name
    pub(crate) notification: String,
    /// When it was seen
    pub(crate) at: Timestamp,
    /// One line
    pub(crate) title: String,
    /// How many items there are
    pub(crate) total: usize,
    /// The worst of them
    pub(crate) items: Vec<Item>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Item {
    /// A finding's fingerprint, a case's id, or what was covered
    pub(crate) id: String,
    /// How much it matters; nothing for coverage
    pub(crate) severity: Option<Severity>,
    /// One line
    pub(crate) title: String,
    /// Twelve digits
    pub(crate) account_id: String,
    /// The region's name
    pub(crate) region: String,
    /// The ARN, or what is meant otherwise
    pub(crate) subject: String,
    /// What was seen
    pub(crate) reason: String,
    /// The check; empty for others
    pub(crate) check_id: String,
}

impl Notice {
    /// What is new of a topic; `items` come with the worst first.
    pub(super) fn of(topic: Topic, notification: &str, at: Timestamp, mut items: Vec<Item>) -> Self {
        let total = items.len();
        items.truncate(MOST);
        let worst = items.iter().filter_map(|item| item.severity).max();
        let s = if total == 1 { "" } else { "s" };
        let (kind, mut title) = match topic {
            Topic::Findings => ("findings.new", format!("{total} new finding{s}")),
            Topic::Cases => ("cases.new", format!("{total} new case{s}")),
            Topic::Coverage => ("coverage.lost", format!("{total} place{s} that nobody sees any more")),
        };
        if let Some(worst) = worst {
            title.push_str(&format!(", the worst {worst}"));
        }
        let (kind, notification) = (kind.to_owned(), notification.to_owned());
        Self { version: VERSION, kind, notification, at, title, total, items }
    }

    /// One that tells nothing but that it arrives.
    pub(super) fn test(notification: &str, at: Timestamp) -> Self {
        let title = "a test: notifications of Sightline arrive here".to_owned();
        let (kind, notification) = ("test".to_owned(), notification.to_owned());
        Self { version: VERSION, kind, notification, at, title, total: 0, items: Vec::new() }
    }
}

impl Item {
    pub(super) fn finding(row: &FindingRow) -> Self {
        Self {
            id: row.fingerprint.to_string(),
            severity: Some(row.severity),
            title: bounded(&row.title),
            account_id: bounded(&row.account_id),
            region: bounded(&row.region),
            subject: bounded(&row.resource),
            reason: bounded(&row.reason),
            check_id: bounded(&row.check_id),
        }
    }

    pub(super) fn case(case: &Case) -> Self {
        Self {
            id: case.case_id.clone(),
            severity: Some(case.severity),
            title: bounded(&case.title),
            account_id: bounded(&case.account_id),
            region: bounded(&case.regions.join(", ")),
            subject: bounded(&case.identity_arn),
            reason: bounded(&case.summary),
            check_id: String::new(),
        }
    }

    pub(super) fn coverage(key: &str, account: &str, region: &str, subject: &str, reason: &str) -> Self {
        Self {
            id: bounded(key),
            severity: None,
            title: format!("no longer seen: {}", bounded(subject)),
            account_id: bounded(account),
            region: bounded(region),
            subject: bounded(subject),
            reason: bounded(reason),
            check_id: String::new(),
        }
    }
}

/// Without what moves a terminal's cursor or hides text, and of bounded length.
fn bounded(text: &str) -> String {
    for_terminal(&shortened(text, LONGEST))
}
