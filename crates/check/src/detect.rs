//! Detections: who abuses models, told by the logs; each detection one Markdown file, its query SQL over the lake.
//!
//! # A detection
//! `detections/<id>.md`; adding the file is all there is to do. Its id is the file's name and names what happened.
//!
//! ````markdown
//! +++
//! title = "…"                       # what happened
//! severity = "high"                 # of it alone: info low medium high critical
//! tactics = ["AML.T0040", "T1580"]  # MITRE ATLAS and ATT&CK
//! stage = "recon"                   # arrival recon access credential evasion tamper impact
//! weight = 35                       # what it adds to a case; fifty make one
//! needs = ["management"]            # telemetry without which its silence says nothing
//! window_hours = 24                 # `$window` in the query
//! history_days = 14                 # the baseline before the window
//! params = { least = 3 }            # optional: `$least` in the query
//! +++
//!
//! What it looks for and why that matters.
//!
//! ```sql
//! select identity, $signal, '…' as reason from ai_event where … group by identity, account_id, episode
//! ```
//!
//! ## False positives   what else looks like it, and why that does not fire or weighs little
//! ## Blind spots       what it cannot see
//! ## Response          what to do
//! ## References        public pages
//! ## Tests             `### a scenario`, its rows as `json`, the outcome as `expect`: `signal <identity> "reason"`, nothing, or
//!                      `not assessable "reason"`
//! ````
//!
//! # The query
//! It gives a row for each identity and stretch of time: `identity`, what `$signal` stands for (account, first and last event, counts,
//! regions, models, addresses, keys, places), and `reason`, one sentence with the figures; perhaps `weight`, where rows differ in
//! it. `$from` and `$until` bound the window, `$history` the baseline before it; a query gives only what was last seen since
//! `$from`. The queries in `detections/shared/` read `api_call` and `model_invocation` once for all detections: `ai_event` (each call
//! that is more than steady use), `model_use` and `token_use` (use of models by hour), `newcomer`, `log_start`.
//!
//! # Cases
//! Signals of one actor that follow each other within six hours are one group. The actor is who stands at the beginning of a chain
//! of roles; what a user does whom somebody made within the last seven days is its maker's. A group that weighs fifty is a case. The
//! module `story` tells how it is weighed.
//!
//! # Ours
//! Calls that the product's own probes made are left out: an invocation whose tag names a run that the lake knows, and calls of
//! `Converse` to the same model, account and region in the minutes of an attempt. The tag alone is no pass: anybody can write it.

mod detection;
mod group;
mod macros;
mod origin;
mod page;
mod place;
mod read;
mod registry;
mod signal;
mod stage;
mod story;
mod telemetry;
pub mod trial;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;

use futures::{StreamExt, stream};
use serde::Deserialize;
use sightline_lake::Session;
use sightline_model::{Case, RunId};

use crate::CheckError;
use crate::query::Query;
use crate::run::Run;
use group::Seen;
use origin::Origins;
use signal::Row;
use story::{Story, THRESHOLD};
use telemetry::Sight;

pub use detection::{Detection, DetectionDeclaration, DetectionTest, ExpectedSignal};
pub use macros::DetectionWindow;
pub use page::page;
pub use read::parse;
pub use registry::{detections, selected};
pub use stage::Stage;
pub use telemetry::{NotAssessed, Telemetry};

/// Bytes of rows that all detections share, and that are held in memory where they fit.
const MEMORY: usize = 256 << 20;

/// What a run of the detections makes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Detected {
    /// what weighs enough, the gravest first
    pub cases: Vec<Case>,
    /// what does not, by time
    pub weak: Vec<Case>,
    /// what could not be answered
    pub not_assessed: Vec<NotAssessed>,
    /// calls of the product's own probes, which are left out
    pub own_calls: i64,
}

/// Runs the detections over the window, as many at a time as there are cores.
///
/// A detection that cannot run is not assessed and does not stop the others.
///
/// # Errors
/// [`CheckError::Lake`] where the logs cannot be read.
pub async fn detect(
    session: &Session,
    detections: &[Detection],
    window: &DetectionWindow,
    run: &RunId,
) -> Result<Detected, CheckError> {
    let sight = Sight::read(session, window).await?;
    let mut not_assessed: BTreeSet<NotAssessed> =
        detections.iter().flat_map(|detection| sight.gaps(detection, window)).collect();
    let mut signals = signals(session, detections, window, &mut not_assessed).await?;
    place::fill(session, window, &mut signals).await?;
    let origins = Origins::read(session, window, signals.iter().map(|seen| &seen.row)).await?;
    let workloads = workloads(session).await?;

    let mut detected = Detected { own_calls: own_calls(session, window).await?, ..Detected::default() };
    for group in &group::groups(signals, &origins) {
        let story = Story { group, detections };
        let to = if story.score() >= THRESHOLD { &mut detected.cases } else { &mut detected.weak };
        to.extend(story.case(run, &workloads));
    }
    detected.cases.sort_by(|a, b| (b.severity, a.first_seen).cmp(&(a.severity, b.first_seen)));
    detected.not_assessed = not_assessed.into_iter().collect();
    Ok(detected)
}

/// How far back the baselines of these detections go.
pub fn history_days(detections: &[Detection]) -> u32 {
    detections.iter().map(|detection| detection.declaration.history_days).max().unwrap_or_default()
}

async fn signals(
    session: &Session,
    detections: &[Detection],
    window: &DetectionWindow,
    not_assessed: &mut BTreeSet<NotAssessed>,
) -> Result<Vec<Seen>, CheckError> {
    let queries: Vec<Query> = detections.iter().map(|detection| macros::query(detection, window)).collect();
    let run = Arc::new(Run::of_queries(session, queries, MEMORY).await?);
    let cores = available_parallelism().map_or(1, NonZeroUsize::get);
    let mut answers =
        stream::iter(0..detections.len()).map(|place| Arc::clone(&run).spawn::<Row>(place)).buffered(cores);
    let mut signals = Vec::new();
    for (place, detection) in detections.iter().enumerate() {
        let Some(answer) = answers.next().await else { break };
        match answer {
            Ok((rows, _)) => {
                let seen = |row: Row| Seen { detection: place, row: row.bounded() };
                signals.extend(rows.into_iter().filter(|row| !row.identity.is_empty()).map(seen));
            }
            Err(error) => {
                let reason = format!("its query failed: {}", sightline_model::untrusted::shortened(&error, 500));
                let (account_id, detection_id) = (String::new(), detection.id.clone());
                not_assessed.insert(NotAssessed { reason, account_id, detection_id });
            }
        }
    }
    Ok(signals)
}

#[derive(Deserialize)]
struct Behind {
    identity_arn: String,
    workload_arn: String,
}

/// What runs behind an identity, where the newest map has one workload for it.
async fn workloads(session: &Session) -> Result<BTreeMap<String, String>, CheckError> {
    let sql = "select identity_arn, min(workload_arn) as workload_arn from current_edge where workload_arn <> '' \
               group by identity_arn having count(distinct workload_arn) = 1";
    let rows: Vec<Behind> = session.sql(sql).await?.rows_as()?;
    Ok(rows.into_iter().map(|row| (row.identity_arn, row.workload_arn)).collect())
}

#[derive(Deserialize)]
struct Counted {
    calls: i64,
}

async fn own_calls(session: &Session, window: &DetectionWindow) -> Result<i64, CheckError> {
    let sql = "select count(*) as calls from probe_attempt where attempted_at >= $from and attempted_at < $until";
    let rows: Vec<Counted> = session.sql(&macros::expanded(sql, window, &|_| None)).await?.rows_as()?;
    Ok(rows.first().map_or(0, |row| row.calls))
}
