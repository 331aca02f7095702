//! Rows in the making.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sightline_model::untrusted::shortened;
use sightline_model::{BlindSpot, RunId, Sight, finding};

use super::seen::Span;
use super::verdict::{Made, Verdict};

/// The planes, as rows name them.
pub(super) mod plane {
    pub(in super::super) const RUNTIME: &str = "bedrock-runtime";
    pub(in super::super) const AGENTS: &str = "bedrock-agent-runtime";
    pub(in super::super) const MANTLE: &str = "bedrock-mantle";
    pub(in super::super) const AGENT_CORE: &str = "bedrock-agentcore";
    pub(in super::super) const SAGEMAKER: &str = "sagemaker-runtime";
    pub(in super::super) const SELF_HOSTED: &str = "self-hosted";
    pub(in super::super) const PUBLIC_AI: &str = "public-ai";
    pub(in super::super) const NETWORK: &str = "network";
}

/// The kinds of telemetry.
pub(super) mod telemetry {
    pub(in super::super) const MANAGEMENT: &str = "cloudtrail-management";
    pub(in super::super) const DATA: &str = "cloudtrail-data";
    pub(in super::super) const INVOCATIONS: &str = "invocation-logging";
    pub(in super::super) const CAPTURE: &str = "data-capture";
    pub(in super::super) const FLOWS: &str = "flow-logs";
    pub(in super::super) const NAMES: &str = "resolver-logs";
    pub(in super::super) const AUDIT: &str = "eks-audit";
    pub(in super::super) const INVENTORY: &str = "inventory";
}

/// What is read when a log is there and the lake does not have it.
pub(super) const INGEST: &str = "sightline ingest --discovered";

/// What a row is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) account: &'a str,
    pub(super) region: &'a str,
    pub(super) plane: &'static str,
    pub(super) telemetry: &'static str,
    pub(super) subject: &'a str,
}

/// What a row says.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    pub(super) span: Option<Span>,
    pub(super) blind_from: Option<Timestamp>,
    pub(super) blind_until: Option<Timestamp>,
    pub(super) lost: String,
    pub(super) reason: String,
    pub(super) fix: String,
}

/// All rows.
pub(super) struct Spots {
    run: String,
    now: Timestamp,
    rows: BTreeMap<String, BlindSpot>,
}

impl Spots {
    pub(super) fn new(run: &RunId, now: Timestamp) -> Self {
        Self { run: run.as_str().to_owned(), now, rows: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, about: About<'_>, sight: Sight, told: Told) {
        // INVARIANT: a hole has its beginning in its id, so that several of one log are several rows, and the same in every run.
        let hole =
            told.blind_until.map(|_| told.blind_from.map_or_else(|| "before".to_owned(), |from| from.to_string()));
        let parts = [about.plane, about.telemetry, about.subject, &hole.unwrap_or_default()].join("\0");
        let spot_id = finding::fingerprint("blind-spot", about.account, about.region, &parts);
        let row = BlindSpot {
            run_id: self.run.clone(),
            spot_id: spot_id.clone(),
            account_id: about.account.to_owned(),
            region: about.region.to_owned(),
            plane: about.plane.to_owned(),
            telemetry: about.telemetry.to_owned(),
            subject: shortened(about.subject, 500),
            sight,
            seen_since: told.span.map(|span| span.first),
            seen_until: told.span.map(|span| span.last),
            blind_from: told.blind_from,
            blind_until: told.blind_until,
            lost: shortened(&told.lost, 500),
            reason: shortened(&told.reason, 1_000),
            fix: shortened(&told.fix, 300),
        };
        // Of two that speak of the same the worse counts.
        let kept = self.rows.entry(spot_id).or_insert_with(|| row.clone());
        if row.sight < kept.sight {
            *kept = row;
        }
    }

    /// The row of a kind of telemetry: what is made against what was read.
    pub(super) fn weigh(&mut self, about: About<'_>, made: &Made, span: Option<Span>, lost: &str, fix: &str) -> Sight {
        let Verdict { sight, blind_from, reason, fix } = made.weigh(span, self.now, fix);
        let lost = if sight == Sight::Seen { "" } else { lost };
        let told = Told { span, blind_from, blind_until: None, lost: lost.to_owned(), reason, fix: fix.to_owned() };
        self.add(about, sight, told);
        sight
    }

    /// Whether anything at all of this telemetry is seen there.
    pub(super) fn shows(&self, place: &(String, String), plane: &str, telemetry: &str) -> bool {
        self.lasting(place, plane, telemetry).any(|row| row.sight != Sight::Blind)
    }

    /// Tells rows of what is seen that it has holes. `subjects`: those that these are of; all where none is named.
    pub(super) fn dent(
        &mut self,
        place: &(String, String),
        (plane, telemetry): (&str, &str),
        subjects: &BTreeSet<String>,
        (holes, lost): (usize, &str),
    ) {
        let is_of = |row: &BlindSpot| {
            row.account_id == place.0 && row.region == place.1 && row.plane == plane && row.telemetry == telemetry
        };
        for row in self.rows.values_mut().filter(|row| is_of(row) && row.blind_until.is_none()) {
            let is_meant = subjects.is_empty() || row.subject.is_empty() || subjects.contains(&row.subject);
            if is_meant && row.sight == Sight::Seen {
                row.sight = Sight::Partial;
                row.lost = lost.to_owned();
                row.reason = shortened(&format!("{}; but it has {holes} holes, each a row", row.reason), 1_000);
                row.fix = INGEST.to_owned();
            }
        }
    }

    /// Rows of a telemetry that are no holes.
    fn lasting(&self, place: &(String, String), plane: &str, telemetry: &str) -> impl Iterator<Item = &BlindSpot> {
        self.rows.values().filter(move |row| {
            row.account_id == place.0
                && row.region == place.1
                && row.plane == plane
                && row.telemetry == telemetry
                && row.blind_until.is_none()
        })
    }

    /// Sorted: the worst first, then by place.
    pub(super) fn finish(self) -> Vec<BlindSpot> {
        let mut rows: Vec<BlindSpot> = self.rows.into_values().collect();
        let key = |row: &BlindSpot| {
            let place = (row.account_id.clone(), row.region.clone(), row.plane.clone());
            (row.sight, place, row.telemetry.clone(), row.subject.clone(), row.blind_from)
        };
        rows.sort_by_cached_key(key);
        rows
    }
}
