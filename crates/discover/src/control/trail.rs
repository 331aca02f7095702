//! Trails and event data stores: which events they keep.
//!
//! A selector keeps an event when all of its fields hold. Fields that nothing tells of the calls, such as whether they came from the
//! console, leave the answer open.
//! Source: <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html>.

mod selector;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use sightline_lake::Session;
use sightline_model::edge::Tri;

use crate::DiscoverError;
use crate::query::query;
pub(super) use selector::{Event, Field, Kept, Selector, Selectors};

/// Something that keeps events.
#[derive(Debug, Clone, Default)]
pub(super) struct Source {
    /// the account that owns it
    pub(super) account: String,
    pub(super) arn: String,
    pub(super) title: String,
    pub(super) region: String,
    pub(super) bucket: String,
    pub(super) is_trail: bool,
    pub(super) is_everywhere: bool,
    is_organization: bool,
    /// none where it was not read
    pub(super) is_on: Option<bool>,
    /// none where they were not read
    pub(super) selectors: Option<Selectors>,
    /// accounts whose scans saw it
    seen_in: Vec<String>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Trails {
    sources: Vec<Source>,
    /// account → organization
    organizations: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    arn: String,
    title: String,
    region: String,
    bucket: String,
    is_everywhere: bool,
    is_organization: bool,
    is_on: Option<bool>,
    event_selectors: Option<Vec<Value>>,
    advanced_event_selectors: Option<Vec<Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Member {
    account_id: String,
    id: String,
}

impl Trails {
    pub(super) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let mut sources: BTreeMap<String, Source> = BTreeMap::new();
        for (query, is_trail) in [(query!("control/trail"), true), (query!("control/event_data_store"), false)] {
            for row in query.rows::<Row>(session).await? {
                let (arn, seen_in) = (row.arn.clone(), row.account_id.clone());
                let new = Source::of(row, is_trail);
                let source = sources.entry(arn).or_default();
                // An organization's trail has a row in each of its accounts, and not each may read all of it.
                let known = std::mem::take(source);
                *source = known.with(new);
                source.seen_in.push(seen_in);
            }
        }
        let members: Vec<Member> = query!("control/organization").rows(session).await?;
        let organizations = members.into_iter().map(|member| (member.account_id, member.id)).collect();
        Ok(Self { sources: sources.into_values().collect(), organizations })
    }

    /// Those that may keep events of the account in the region, on or off.
    pub(super) fn of<'t>(&'t self, account: &'t str, region: &'t str) -> impl Iterator<Item = &'t Source> {
        let organization = self.organizations.get(account);
        self.sources.iter().filter(move |source| {
            let same = || organization.is_some() && self.organizations.get(&source.account) == organization;
            let own = source.account == account || source.seen_in.iter().any(|seen| seen == account);
            let is_for = own || (source.is_organization && same());
            is_for && (source.is_everywhere || source.region == region)
        })
    }
}

impl Source {
    fn of(row: Row, is_trail: bool) -> Self {
        let selectors = Selectors::of(row.event_selectors, row.advanced_event_selectors);
        let owner = row.arn.split(':').nth(4).filter(|account| !account.is_empty());
        Self {
            account: owner.map_or(row.account_id, str::to_owned),
            arn: row.arn,
            title: row.title,
            region: row.region,
            bucket: row.bucket,
            is_trail,
            is_everywhere: row.is_everywhere,
            is_organization: row.is_organization,
            is_on: row.is_on,
            selectors,
            seen_in: vec![],
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            is_on: self.is_on.or(other.is_on),
            selectors: self.selectors.or(other.selectors),
            seen_in: self.seen_in,
            ..other
        }
    }

    /// `the trail main`
    pub(super) fn shown(&self) -> String {
        let what = if self.is_trail { "the trail" } else { "the event data store" };
        format!("{what} {}", self.title)
    }

    /// Whether it keeps the event; the word is why that is open.
    pub(super) fn keeps(&self, event: &Event<'_>) -> Kept {
        if self.is_on == Some(false) {
            return Kept { state: Tri::No, why: String::new() };
        }
        let Some(selectors) = &self.selectors else {
            return Kept { state: Tri::Unknown, why: format!("what {} keeps was not read", self.shown()) };
        };
        let state = selectors.keep(event);
        match (state, self.is_on) {
            (Tri::Yes, None) => {
                Kept { state: Tri::Unknown, why: format!("whether {} is on was not read", self.shown()) }
            }
            (Tri::Unknown, _) => Kept {
                state,
                why: format!("whether the selectors of {} take all such calls cannot be told", self.shown()),
            },
            _ => Kept { state, why: String::new() },
        }
    }
}
