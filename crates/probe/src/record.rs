//! What the lake has of a run: rows of `probe_run`, one when it begins and one when it ends. A run whose newest row says that it is
//! running, and that is not, was killed.

use crate::attempt::Attempt;
use crate::budget::Limits;
use crate::found::Pricing;
use crate::plan::{Plan, PlanOptions};
use crate::run::RunOptions;
use crate::summary::RunSummary;
use crate::surface::Surface;
use crate::target::Target;
use crate::{Guardrail, Pack, Price, ProbeError, Usd};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sightline_lake::Session;
use sightline_model::untrusted::shortened;
use std::collections::BTreeMap;
use std::fmt;

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// it has begun; where nothing runs any more, it was killed
    Running,
    /// every planned call was made
    Finished,
    /// it ended early: cancelled, the budget used up, a model that cannot be called
    Stopped,
}

impl fmt::Display for RunStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
        })
    }
}

/// One row of `probe_run`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbeRun {
    /// the run
    pub run_id: String,
    /// how far it came
    pub status: RunStatus,
    /// twelve digits
    pub account_id: String,
    /// where the calls went
    pub region: String,
    /// where the model runs: the region, or the geography of a profile over several, such as `us`
    pub inference_region: String,
    /// the model as it was called
    pub target: String,
    /// the guardrail on the calls; empty when there was none
    pub guardrail_id: String,
    /// its version
    pub guardrail_version: String,
    /// packs that were sent, with the SHA-256 of what was in them
    pub packs: Vec<PackUsed>,
    /// what was chosen of them
    pub settings: Settings,
    /// what placeholders were made of, sixteen hexadecimal digits
    pub seed: String,
    /// calls at most
    pub max_requests: i64,
    /// US dollars at most
    pub max_usd: f64,
    /// tokens that the model may write at most
    pub max_output_tokens: i64,
    /// calls that were planned
    pub planned: i64,
    /// attempts that were made and kept
    pub done: i64,
    /// what they cost at most, in US dollars
    pub spent_usd: f64,
    /// why it ended early; empty where it did not
    pub stopped: String,
    /// the model that judged what nothing else could decide; empty when there was none
    pub judge: String,
    /// what it cost at most, in US dollars, since the run began or went on
    pub judge_usd: f64,
    /// where the price is from
    pub price_source: String,
    /// when it began, the first time
    pub started_at: Timestamp,
    /// when it ended; nothing while it runs
    pub finished_at: Option<Timestamp>,
    /// when this row was written
    pub recorded_at: Timestamp,
}

/// A pack of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackUsed {
    /// the pack
    pub id: String,
    /// its version
    pub version: String,
    /// of everything in it
    pub sha256: String,
}

impl PackUsed {
    pub(crate) fn of(pack: &Pack) -> Self {
        let content = serde_json::to_vec(&(&pack.about, &pack.probes)).unwrap_or_default();
        let sha256 = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
        Self { id: pack.about.id.clone(), version: pack.about.version.clone(), sha256 }
    }
}

/// What was chosen for a run: enough to plan it again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// only these families; all when empty
    pub families: Vec<String>,
    /// only these probes; all when empty
    pub probes: Vec<String>,
    /// in place of each probe's own number
    pub trials: Option<u32>,
    /// the benign twins were left out
    pub without_twins: bool,
    /// calls at a time
    pub concurrency: u32,
    /// the assumed price in nano-dollars for a thousand tokens, in and out
    pub assumed_nanos: Option<(u64, u64)>,
    /// how the target was asked
    #[serde(default)]
    pub surface: Surface,
    /// how the price was known
    #[serde(default)]
    pub pricing: Pricing,
}

impl Settings {
    pub(crate) fn of(options: &PlanOptions, target: &Target) -> Self {
        Self {
            families: options.families.clone(),
            probes: options.probes.clone(),
            trials: options.trials,
            without_twins: options.without_twins,
            concurrency: options.concurrency.max(1),
            assumed_nanos: options.assume_price.map(|price| (price.input.nanos(), price.output.nanos())),
            surface: target.surface().clone(),
            pricing: options.pricing.clone(),
        }
    }

    /// Options that plan the same run again.
    pub fn options(&self) -> PlanOptions {
        let assume_price = self.assumed_nanos.map(|(input, output)| Price {
            input: Usd::from_nanos(input),
            output: Usd::from_nanos(output),
            cache_read: None,
            cache_write: None,
        });
        PlanOptions {
            families: self.families.clone(),
            probes: self.probes.clone(),
            trials: self.trials,
            without_twins: self.without_twins,
            assume_price,
            concurrency: self.concurrency,
            pricing: self.pricing.clone(),
        }
    }
}

impl ProbeRun {
    pub(crate) fn begun(plan: &Plan, options: &RunOptions, now: Timestamp) -> Self {
        let target = &plan.target;
        let Limits { max_requests, max_usd, max_output_tokens } = options.limits;
        let guardrail = target.guardrail();
        Self {
            run_id: options.run_id.to_string(),
            status: RunStatus::Running,
            account_id: target.account_id().to_owned(),
            region: target.region().to_owned(),
            inference_region: geography(target.model()).unwrap_or(target.region()).to_owned(),
            target: target.model().to_owned(),
            guardrail_id: guardrail.map(|guardrail| guardrail.id.clone()).unwrap_or_default(),
            guardrail_version: guardrail.map(|guardrail| guardrail.version.clone()).unwrap_or_default(),
            packs: plan.packs.clone(),
            settings: plan.settings.clone(),
            seed: format!("{:016x}", options.seed),
            max_requests: i64::try_from(max_requests).unwrap_or(i64::MAX),
            max_usd: max_usd.as_f64(),
            max_output_tokens: i64::try_from(max_output_tokens).unwrap_or(i64::MAX),
            planned: i64::try_from(plan.requests).unwrap_or(i64::MAX),
            done: i64::try_from(options.resumed.as_ref().map_or(0, |resumed| resumed.attempts.len()))
                .unwrap_or(i64::MAX),
            spent_usd: options.resumed.as_ref().map_or(0.0, |resumed| resumed.spent().as_f64()),
            stopped: String::new(),
            judge: options.judge.as_ref().map(|judge| judge.model().to_owned()).unwrap_or_default(),
            judge_usd: 0.0,
            price_source: plan.price_source.clone(),
            started_at: options.resumed.as_ref().map_or(now, |resumed| resumed.started_at),
            finished_at: None,
            recorded_at: now,
        }
    }

    pub(crate) fn ended(self, summary: &RunSummary, now: Timestamp) -> Self {
        Self {
            status: if summary.attempted < summary.planned { RunStatus::Stopped } else { RunStatus::Finished },
            done: i64::try_from(summary.attempted).unwrap_or(i64::MAX),
            spent_usd: summary.spent.as_f64(),
            stopped: summary.stopped.as_deref().map(|reason| shortened(reason, 500)).unwrap_or_default(),
            judge_usd: summary.judge.as_ref().map_or(0.0, |judge| judge.usd_at_most),
            finished_at: Some(now),
            recorded_at: now,
            ..self
        }
    }

    /// The seed as it was.
    pub fn seed(&self) -> Option<u64> {
        u64::from_str_radix(&self.seed, 16).ok()
    }

    /// The guardrail, if there was one.
    pub fn guardrail(&self) -> Option<Guardrail> {
        let guardrail = || Guardrail { id: self.guardrail_id.clone(), version: self.guardrail_version.clone() };
        (!self.guardrail_id.is_empty()).then(guardrail)
    }

    /// The summary of its attempts.
    pub fn summary(&self, attempts: &[Attempt]) -> RunSummary {
        let stopped = match (self.status, self.stopped.as_str()) {
            (RunStatus::Running, _) => Some("it was interrupted, or is still running".to_owned()),
            (_, "") => None,
            (_, reason) => Some(reason.to_owned()),
        };
        let spent = Usd::from_nanos((self.spent_usd.max(0.0) * 1e9).ceil() as u64);
        RunSummary::of(&self.run_id, u64::try_from(self.planned).unwrap_or_default(), spent, stopped, attempts)
    }
}

/// The prefix of an inference profile's id that names the regions of a continent.
pub(crate) fn geography(model: &str) -> Option<&str> {
    const GEOGRAPHIES: &[&str] = &["us", "us-gov", "eu", "apac", "jp", "au", "ca", "global"];
    let id = model.rsplit('/').next()?;
    let (prefix, rest) = id.split_once('.')?;
    (GEOGRAPHIES.contains(&prefix) && rest.contains('.')).then_some(prefix)
}

/// All runs of a lake, the newest first; of each the last that was recorded.
///
/// # Errors
/// When the lake cannot be read.
pub async fn runs(session: &Session) -> Result<Vec<ProbeRun>, ProbeError> {
    let rows = session.sql("SELECT * FROM probe_run").await.and_then(|answer| answer.rows_as::<ProbeRun>());
    let mut newest: BTreeMap<String, ProbeRun> = BTreeMap::new();
    for row in rows.map_err(|source| ProbeError::Read(Box::new(source)))? {
        let later = newest.get(&row.run_id).is_none_or(|known| later(&row, known));
        if later {
            newest.insert(row.run_id.clone(), row);
        }
    }
    let mut runs: Vec<ProbeRun> = newest.into_values().collect();
    runs.sort_by(|a, b| (b.started_at, &b.run_id).cmp(&(a.started_at, &a.run_id)));
    Ok(runs)
}

/// An end that was recorded in the same moment as a beginning is the later one.
fn later(row: &ProbeRun, than: &ProbeRun) -> bool {
    let rank = |run: &ProbeRun| (run.recorded_at, run.finished_at.is_some(), run.done);
    rank(row) > rank(than)
}

/// A run and its attempts.
///
/// # Errors
/// When there is no such run, or the lake cannot be read.
pub async fn recorded(session: &Session, run_id: &str) -> Result<(ProbeRun, Vec<Attempt>), ProbeError> {
    let runs = runs(session).await?;
    let Some(run) = runs.into_iter().find(|run| run.run_id == run_id) else {
        return Err(ProbeError::UnknownRun { run: shortened(run_id, 80) });
    };
    let sql = format!("SELECT * FROM probe_attempt WHERE run_id = '{}'", run.run_id.replace('\'', "''"));
    let attempts = session.sql(&sql).await.and_then(|answer| answer.rows_as::<Attempt>());
    Ok((run, attempts.map_err(|source| ProbeError::Read(Box::new(source)))?))
}

#[cfg(test)]
mod tests {
    use super::geography;

    #[test]
    fn profiles_name_their_geography() {
        for (model, expected) in [
            ("us.amazon.nova-micro-v1:0", Some("us")),
            ("arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-micro-v1:0", Some("eu")),
            ("global.anthropic.claude-sonnet-4-20250514-v1:0", Some("global")),
            ("amazon.nova-micro-v1:0", None),
            ("arn:aws:bedrock:us-east-1:123456789012:imported-model/abc", None),
        ] {
            assert_eq!(geography(model), expected, "{model}");
        }
    }
}
