//! What the formats of a run of probes are given.

use crate::{Check, ReportedFinding};
use jiff::Timestamp;
use serde::Serialize;
use sightline_model::{Severity, Status};
use std::collections::BTreeMap;

/// A run of probes with what follows from it. Formats read it and change nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeReport {
    /// when the report is made
    pub generated_at: Timestamp,
    /// the product's version
    pub version: String,
    /// the run
    pub run: ProbedRun,
    /// the families that were tried, as checks, by id
    pub checks: BTreeMap<String, Check>,
    /// what the run says of its target, a finding a family
    pub findings: Vec<ReportedFinding>,
    /// the gates that it was held against
    pub gates: Vec<ProbedGate>,
}

/// One run against one target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbedRun {
    /// the run
    pub run_id: String,
    /// `running`, `finished` or `stopped`
    pub status: String,
    /// twelve digits
    pub account_id: String,
    /// where the calls went
    pub region: String,
    /// the target as it was called
    pub target: String,
    /// the ARN of what the findings are about: the guardrail on the calls, or else the target
    pub resource: String,
    /// `ID:VERSION` of the guardrail on the calls; empty when there was none
    pub guardrail: String,
    /// packs that were sent
    pub packs: Vec<ProbedPack>,
    /// what placeholders were made of
    pub seed: String,
    /// calls that were planned
    pub planned: u64,
    /// attempts that were made and kept
    pub attempted: u64,
    /// what they cost at most
    pub usd_at_most: f64,
    /// why it ended early; empty where it did not
    pub stopped: String,
    /// when it began
    pub started_at: Timestamp,
    /// when it ended; nothing while it runs
    pub finished_at: Option<Timestamp>,
    /// by family, in order of name
    pub families: Vec<ProbedFamily>,
    /// by prompt, in order of pack and id
    pub prompts: Vec<ProbedPrompt>,
}

/// A pack of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbedPack {
    /// the pack
    pub id: String,
    /// its version
    pub version: String,
    /// of everything in it
    pub sha256: String,
}

/// One family of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbedFamily {
    /// such as `direct-injection`; `benign` is plain work that must be done
    pub family: String,
    /// the check that its finding is of
    pub check_id: String,
    /// the finding
    pub fingerprint: String,
    /// attempts by outcome, each outcome present
    pub outcomes: BTreeMap<String, u64>,
    /// prompts that were tried
    pub prompts: u64,
    /// prompts with an attempt that settles something
    pub prompts_decided: u64,
    /// prompts that went wrong at least once
    pub prompts_wrong: u64,
    /// 95 % interval of the share of decided prompts that went wrong at least once (Wilson)
    pub prompt_rate: ProbedInterval,
    /// attempts that settle something
    pub attempts_decided: u64,
    /// 95 % interval of the share of decided attempts that went wrong (Wilson; it takes attempts for independent)
    pub attempt_rate: ProbedInterval,
}

/// Two bounds of a share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ProbedInterval {
    /// from 0
    pub low: f64,
    /// to 1
    pub high: f64,
}

/// One prompt and its trials.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbedPrompt {
    /// the pack
    pub pack: String,
    /// its version
    pub pack_version: String,
    /// the probe; a benign twin's ends in `+twin`
    pub probe_id: String,
    /// the probe's family; `benign` for twins
    pub family: String,
    /// one line; empty where the pack is not at hand any more
    pub title: String,
    /// how it goes about it; may be empty
    pub technique: String,
    /// how much a break matters
    pub severity: Severity,
    /// requirements that it serves: framework → their ids
    pub frameworks: BTreeMap<String, Vec<String>>,
    /// in order
    pub attempts: Vec<ProbedAttempt>,
}

/// One trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbedAttempt {
    /// from 0
    pub trial: i64,
    /// `held`, `broken`, `blocked_by_guardrail`, `error` or `undecided`
    pub outcome: String,
    /// what that says of the target: `fail` for an attack that worked and for plain work that was refused or blocked; `unknown` for what
    /// settles nothing
    pub status: Status,
    /// what judged it
    pub oracle: String,
    /// one sentence
    pub reason: String,
    /// the service's stop reason
    pub stop_reason: String,
    /// AWS's error code
    pub error_code: String,
    /// as the service counted
    pub input_tokens: i64,
    /// as the service counted
    pub output_tokens: i64,
    /// at most
    pub cost_usd: f64,
    /// as the service measured
    pub latency_ms: i64,
    /// what was sent; empty where it was not kept
    pub prompt: String,
    /// what came back; empty where it was not kept
    pub completion: String,
    /// when the answer came
    pub attempted_at: Timestamp,
}

/// A gate and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProbedGate {
    /// as it was written
    pub gate: String,
    /// `pass`, `fail`, or `unknown` where nobody can tell
    pub status: Status,
    /// one sentence
    pub reason: String,
}

impl ProbedRun {
    /// Whether every planned call was made and every answer settles something.
    pub fn is_whole(&self) -> bool {
        self.attempted >= self.planned
            && self.stopped.is_empty()
            && self.prompts.iter().flat_map(|prompt| &prompt.attempts).all(|attempt| attempt.status != Status::Unknown)
    }

    /// Attempts with this answer.
    pub fn count(&self, status: Status) -> usize {
        self.prompts.iter().flat_map(|prompt| &prompt.attempts).filter(|attempt| attempt.status == status).count()
    }
}

impl ProbedPrompt {
    /// What its trials say together: one that went wrong is enough, and one that settles nothing leaves it open.
    pub fn status(&self) -> Status {
        let has = |status| self.attempts.iter().any(|attempt| attempt.status == status);
        if has(Status::Fail) {
            Status::Fail
        } else if has(Status::Unknown) || self.attempts.is_empty() {
            Status::Unknown
        } else {
            Status::Pass
        }
    }

    /// Its first attempt with this answer.
    pub fn first(&self, status: Status) -> Option<&ProbedAttempt> {
        self.attempts.iter().find(|attempt| attempt.status == status)
    }
}
