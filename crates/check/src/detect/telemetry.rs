//! Which telemetry there is: what a detection needs and the lake does not have makes it not assessable.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use sightline_lake::{LakeError, Session};

use crate::detect::detection::Detection;
use crate::detect::macros::{DetectionWindow, SETTLED_HOURS, expanded};
use crate::query;
use crate::shared::Shared;

/// Logs that a detection needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Telemetry {
    /// CloudTrail's management events
    Management,
    /// those that only read: calls of models are among them
    Inference,
    /// data events of `bedrock-mantle`
    MantleData,
    /// data events of Bedrock's agents, knowledge bases and flows
    BedrockData,
    /// data events of S3
    S3Data,
    /// model invocation logs
    Invocations,
}

impl Telemetry {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Management, Self::Inference, Self::MantleData, Self::BedrockData, Self::S3Data, Self::Invocations];

    /// The word in files and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Management => "management",
            Self::Inference => "inference",
            Self::MantleData => "mantle-data",
            Self::BedrockData => "bedrock-data",
            Self::S3Data => "s3-data",
            Self::Invocations => "invocations",
        }
    }

    /// What it is, for people.
    pub fn about(self) -> &'static str {
        match self {
            Self::Management => "CloudTrail management events",
            Self::Inference => "CloudTrail management events that read (calls of models are among them)",
            Self::MantleData => "CloudTrail data events of bedrock-mantle",
            Self::BedrockData => "CloudTrail data events of Bedrock (agents, knowledge bases, flows)",
            Self::S3Data => "CloudTrail data events of S3",
            Self::Invocations => "Bedrock model invocation logs",
        }
    }

    /// The event source whose data events it is, and how the types of its resources begin.
    fn data_of(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::MantleData => Some(("bedrock-mantle.amazonaws.com", "AWS::BedrockMantle::")),
            Self::BedrockData => Some(("bedrock.amazonaws.com", "AWS::Bedrock::")),
            Self::S3Data => Some(("s3.amazonaws.com", "AWS::S3::")),
            Self::Management | Self::Inference | Self::Invocations => None,
        }
    }
}

/// Something that a detection could not look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct NotAssessed {
    /// why, in one sentence
    pub reason: String,
    /// the account; empty where none is known
    pub account_id: String,
    /// the detection
    pub detection_id: String,
}

/// What logs there are, by account.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    accounts: BTreeMap<String, Account>,
}

#[derive(Debug, Default)]
struct Account {
    /// when its first management event was
    since: Option<Timestamp>,
    management: bool,
    inference: bool,
    /// sources of data events that were seen
    data: BTreeSet<String>,
    /// types of resources whose data events a trail keeps
    kept: BTreeSet<String>,
    /// regions with calls of models and without an invocation log of them
    unlogged: BTreeSet<String>,
}

#[derive(Debug, Deserialize)]
struct Trail {
    account_id: String,
    source: String,
    since: Timestamp,
    events: i64,
    reads: i64,
}

#[derive(Debug, Deserialize)]
struct Pair {
    account_id: String,
    #[serde(default)]
    value: Option<String>,
}

/// The logs of CloudTrail: of data events each source by itself.
const TRAILS: &str = "select account_id, case when event_category = 'Data' then event_source else '' end as source, min(event_time) as since, \
     count(*) filter (where event_time >= $from) as events, count(*) filter (where event_time >= $from and read_only) as reads \
     from api_call where event_time >= $history and event_time < $until group by 1, 2";

/// Regions in which models were called and no invocation log tells of it.
const UNLOGGED: &str = "select distinct c.account_id, c.region as value from api_call c \
     where c.event_time >= $from and c.event_time < $until and c.event_source = 'bedrock.amazonaws.com' and c.error_code = '' \
     and c.event_name in ('InvokeModel', 'InvokeModelWithResponseStream', 'Converse', 'ConverseStream') \
     and not exists (select 1 from model_invocation i where i.account_id = c.account_id and i.region = c.region and i.event_time >= $from and i.event_time < $until)";

const ACCOUNTS: &str = "select distinct account_id from model_invocation where event_time >= $history and event_time < $until \
     union select distinct account_id from scan";

const SELECTIONS: &str =
    "select distinct account_id, type as value from trail_selection where category = 'Data' and reads";

impl Sight {
    /// Asks the lake.
    ///
    /// # Errors
    /// The logs cannot be read.
    pub(crate) async fn read(session: &Session, window: &DetectionWindow) -> Result<Self, LakeError> {
        let sql = |text: &str| expanded(text, window, &|_| None);
        let mut accounts: BTreeMap<String, Account> = BTreeMap::new();
        for trail in session.sql(&sql(TRAILS)).await?.rows_as::<Trail>()? {
            let account = accounts.entry(trail.account_id).or_default();
            if trail.source.is_empty() {
                account.since = Some(trail.since);
                account.management = trail.events > 0;
                account.inference = trail.reads > 0;
            } else {
                account.data.insert(trail.source);
            }
        }
        for pair in session.sql(&sql(ACCOUNTS)).await?.rows_as::<Pair>()? {
            accounts.entry(pair.account_id).or_default();
        }
        for pair in session.sql(&sql(UNLOGGED)).await?.rows_as::<Pair>()? {
            let account = accounts.entry(pair.account_id).or_default();
            account.unlogged.extend(pair.value);
        }
        // Inventory may be missing altogether: then no trail is known to keep anything.
        for pair in selections(session).await.unwrap_or_default() {
            let account = accounts.entry(pair.account_id).or_default();
            account.kept.extend(pair.value);
        }
        accounts.retain(|account, _| !account.is_empty());
        Ok(Self { accounts })
    }

    /// What of this detection cannot be answered.
    pub(crate) fn gaps(&self, detection: &Detection, window: &DetectionWindow) -> Vec<NotAssessed> {
        let gap = |account: &str, reason: String| NotAssessed {
            reason,
            account_id: account.to_owned(),
            detection_id: detection.id.clone(),
        };
        if self.accounts.is_empty() {
            return vec![gap("", "the lake has no log of any account in this time".to_owned())];
        }
        let declaration = &detection.declaration;
        let mut gaps = Vec::new();
        for (id, account) in &self.accounts {
            let missing = declaration.needs.iter().filter_map(|telemetry| account.lacks(*telemetry));
            let young = (declaration.history_days > 0).then(|| account.young(window)).flatten();
            gaps.extend(missing.chain(young).map(|reason| gap(id, reason)));
        }
        gaps
    }
}

async fn selections(session: &Session) -> Result<Vec<Pair>, LakeError> {
    let statement = query::with_shared(SELECTIONS, &Shared::embedded().used(SELECTIONS));
    session.sql(&statement).await?.rows_as()
}

impl Account {
    fn lacks(&self, telemetry: Telemetry) -> Option<String> {
        let about = telemetry.about();
        match telemetry {
            Telemetry::Management => (!self.management).then(|| format!("there are no {about} of this time")),
            Telemetry::Inference => (!self.inference).then(|| format!("there are no {about} of this time")),
            Telemetry::Invocations if !self.inference => {
                Some(format!("no event tells where models were called, and so where {about} are missing"))
            }
            Telemetry::Invocations => {
                let regions: Vec<&str> = self.unlogged.iter().map(String::as_str).collect();
                (!regions.is_empty())
                    .then(|| format!("there are no {about} of {}, where models were called", regions.join(", ")))
            }
            Telemetry::MantleData | Telemetry::BedrockData | Telemetry::S3Data => {
                let (source, kind) = telemetry.data_of()?;
                let there = self.data.contains(source) || self.kept.iter().any(|one| one.starts_with(kind));
                (!there).then(|| format!("there are no {about}, and no trail is known to keep them"))
            }
        }
    }

    /// Where the logs begin too late to tell what is new.
    fn young(&self, window: &DetectionWindow) -> Option<String> {
        let since = self.since?;
        let settled = since.checked_add(SignedDuration::from_hours(SETTLED_HOURS)).ok()?;
        (settled > window.from).then(|| {
            format!("its logs begin at {since}: what was new before {settled} cannot be told from what was usual")
        })
    }
}
