//! What is missing of the logs: what they say themselves, hours without a record, objects that were not read, and what has no log.
//! The statements are files of their own, to be read, and used with `sightline query`.

use super::log_places::Destinations;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sightline_lake::Session;
use std::collections::{BTreeMap, BTreeSet};

const TOLD: &str = include_str!("gaps/told.sql");
/// Documented in docs/logs.md.
const HOURS: &str = include_str!("gaps/hours.sql");
const OBJECTS: &str = include_str!("gaps/objects.sql");
const SEEN: &str = include_str!("gaps/seen.sql");
const UNLOGGED: &str = include_str!("gaps/unlogged.sql");
const LOGGED: &str = "SELECT DISTINCT account_id, region, '' AS vpc_id FROM aws_vpc_flow_log WHERE flow_log_status = 'ACTIVE' ORDER BY 1, 2";
const ACCOUNTS: &str = "SELECT DISTINCT account_id FROM current_scan ORDER BY 1";

/// Inventory tables that tell which logs there should be.
const TELLING: &str = "'aws_vpc', 'aws_vpc_subnet', 'aws_ec2_network_interface', 'aws_vpc_flow_log', 'aws_cloudtrail_trail', 'aws_bedrock_model_invocation_logging_configuration', \
    'aws_eks_cluster', 'aws_sagemaker_endpoint'";

/// A log that has no record of the last day is not there.
const RECENT: SignedDuration = SignedDuration::from_hours(24);

/// What is missing.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Gaps {
    /// What the logs themselves say, by day
    pub told: Vec<Map<String, Value>>,
    /// Runs of hours without a record, in logs that are continuous
    pub hours: Vec<Map<String, Value>>,
    /// Objects partial, unreadable or never fetched, by reason
    pub objects: Vec<Map<String, Value>>,
    /// What should have a log of the last day, as far as the newest scans tell, and has none
    pub unlogged: Vec<Unlogged>,
    /// What could not be looked at, so that logs may be missing unnoticed
    pub unknown: Vec<String>,
}

/// Something without a log of the last day.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Unlogged {
    /// the log that is missing
    pub source: String,
    /// whose
    pub account_id: String,
    /// where; empty where it is all regions
    pub region: String,
    /// the VPC, cluster or endpoint, where it is one
    pub subject: String,
    /// why: it is not made, or it is made and nothing was read
    pub reason: String,
    /// where it is written, as `sightline ingest` takes it; empty where it is not
    pub place: String,
}

#[derive(Deserialize)]
struct Seen {
    source: String,
    #[serde(default)]
    account_id: Option<String>,
    #[serde(default)]
    region: Option<String>,
    last_seen: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Account {
    account_id: String,
}

#[derive(Deserialize)]
struct Vpc {
    account_id: String,
    region: String,
    vpc_id: Option<String>,
}

#[derive(Deserialize)]
struct Unread {
    table_name: String,
    account_id: String,
    region: String,
    outcome: String,
}

/// Which logs have a record of the last day.
struct Recent(BTreeMap<String, BTreeSet<(String, String)>>);

impl Recent {
    fn new(seen: Vec<Seen>, now: Timestamp) -> Self {
        let mut recent: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
        for one in seen {
            if one.last_seen.is_some_and(|last| now.duration_since(last) < RECENT) {
                let place = (one.account_id.unwrap_or_default(), one.region.unwrap_or_default());
                recent.entry(one.source).or_default().insert(place);
            }
        }
        Self(recent)
    }

    /// Whether the log has one; what does not tell its account or region may be any.
    fn has(&self, source: &str, account: &str, region: &str) -> bool {
        let fits = |told: &str, wanted: &str| told.is_empty() || wanted.is_empty() || told == wanted;
        let of = self.0.get(source).into_iter().flatten();
        of.into_iter().any(|(of_account, of_region)| fits(of_account, account) && fits(of_region, region))
    }

    fn has_flows(&self, account: &str, region: &str) -> bool {
        ["vpc_flow", "transit_gateway_flow"].iter().any(|source| self.has(source, account, region))
    }
}

impl Gaps {
    /// Asks the lake. `since`: gaps that ended before are left out.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(crate) async fn read(session: &Session, since: Option<Timestamp>, now: Timestamp) -> anyhow::Result<Self> {
        let mut gaps = Self {
            told: rows(session, TOLD, "last_seen", since).await?,
            hours: rows(session, HOURS, "missing_until", since).await?,
            objects: rows(session, OBJECTS, "last_modified", since).await?,
            ..Self::default()
        };
        let recent = Recent::new(session.sql(SEEN).await?.rows_as()?, now);
        gaps.unlogged(session, &recent).await?;
        Ok(gaps)
    }

    /// Whether nothing is missing, as far as can be told.
    pub(crate) fn is_empty(&self) -> bool {
        self.told.is_empty()
            && self.hours.is_empty()
            && self.objects.is_empty()
            && self.unlogged.is_empty()
            && self.unknown.is_empty()
    }

    async fn unlogged(&mut self, session: &Session, recent: &Recent) -> anyhow::Result<()> {
        let accounts: Vec<Account> = session.sql(ACCOUNTS).await?.rows_as()?;
        if accounts.is_empty() {
            self.unknown.push("no scan says which logs there should be: run `sightline scan`".to_owned());
            return Ok(());
        }
        self.unread(session).await?;
        let places = Destinations::read(session).await?;
        self.unknown.extend(places.elsewhere);
        let place_of = |source: &str, account: &str| {
            places.places.iter().find(|one| one.source == source && one.account_id == account)
        };
        let mut found = BTreeSet::new();
        for Vpc { account_id, region, vpc_id } in session.sql(UNLOGGED).await?.rows_as()? {
            let (subject, reason) = (vpc_id.unwrap_or_default(), "no active flow log".to_owned());
            let source = "vpc_flow".to_owned();
            found.insert(Unlogged { source, account_id, region, subject, reason, ..Unlogged::default() });
        }
        for Vpc { account_id, region, .. } in session.sql(LOGGED).await?.rows_as()? {
            if !recent.has_flows(&account_id, &region) {
                let place = place_of("vpc_flow", &account_id).map(|one| one.place.as_str());
                found.insert(unread_log("vpc_flow", &account_id, &region, "flow logs", place));
            }
        }
        for Account { account_id } in accounts {
            if !recent.has("cloudtrail", &account_id, "") {
                found.insert(match place_of("cloudtrail", &account_id) {
                    Some(one) => unread_log("cloudtrail", &account_id, "", &one.about, Some(&one.place)),
                    None => Unlogged {
                        source: "cloudtrail".to_owned(),
                        account_id,
                        reason: "no trail of the account delivers to S3".to_owned(),
                        ..Unlogged::default()
                    },
                });
            }
        }
        let rest = places.places.iter().filter(|one| !matches!(one.source, "vpc_flow" | "cloudtrail"));
        for one in rest.filter(|one| !recent.has(one.source, &one.account_id, &one.region)) {
            found.insert(unread_log(one.source, &one.account_id, &one.region, &one.about, Some(&one.place)));
        }
        self.unlogged = found.into_iter().collect();
        Ok(())
    }

    /// What the newest scans could not look at.
    async fn unread(&mut self, session: &Session) -> anyhow::Result<()> {
        let sql = format!(
            "SELECT DISTINCT table_name, account_id, region, outcome FROM current_coverage \
             WHERE table_name IN ({TELLING}) AND outcome NOT IN ('ok', 'unsupported') ORDER BY 1, 2, 3, 4"
        );
        for one in session.sql(&sql).await?.rows_as::<Unread>()? {
            let Unread { table_name, account_id, region, outcome } = one;
            self.unknown
                .push(format!("`{table_name}` of {account_id} in {region} was not read by the newest scan: {outcome}"));
        }
        Ok(())
    }
}

fn unread_log(source: &str, account: &str, region: &str, about: &str, place: Option<&str>) -> Unlogged {
    Unlogged {
        source: source.to_owned(),
        account_id: account.to_owned(),
        region: region.to_owned(),
        subject: String::new(),
        reason: format!("{about} configured, and no record of the last day was read"),
        place: place.unwrap_or_default().to_owned(),
    }
}

async fn rows(
    session: &Session,
    sql: &str,
    time: &str,
    since: Option<Timestamp>,
) -> anyhow::Result<Vec<Map<String, Value>>> {
    let answer = match since {
        None => session.sql(sql).await?,
        Some(since) => {
            let inner = sql.split("\nORDER BY").next().unwrap_or(sql);
            session
                .sql(&format!("SELECT * FROM ({inner}) WHERE {time} >= TIMESTAMP '{since}' ORDER BY 1, 2, 3, 4, 5"))
                .await?
        }
    };
    Ok(answer.rows()?)
}
