//! What a run came to.

use crate::Usd;
use crate::attempt::{Attempt, Outcome};
use crate::consult::JudgeReport;
use crate::prompt::{PromptResult, Prompts, TWIN, zero};
use crate::refusal;
use crate::stats::{Interval, Measured, over_prompts, wilson};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a run came to.
#[derive(Debug, Clone, PartialEq)]
pub struct RunSummary {
    /// the run
    pub run_id: String,
    /// calls that were planned
    pub planned: u64,
    /// attempts that were made and kept
    pub attempted: u64,
    /// attempts by outcome, each outcome present
    pub outcomes: BTreeMap<Outcome, u64>,
    /// by family, in order of name
    pub families: Vec<FamilySummary>,
    /// by prompt, in order of pack and id
    pub prompts: Vec<PromptResult>,
    /// what it cost at most: answers by their tokens, calls that may have been billed without one by their worst case
    pub spent: Usd,
    /// why it ended early, if it did
    pub stopped: Option<String>,
    /// the judge that understands text, where there was one
    pub judge: Option<JudgeReport>,
}

/// One family of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FamilySummary {
    /// the family; `benign` is the twins
    pub family: String,
    /// attempts by outcome, each outcome present
    pub outcomes: BTreeMap<Outcome, u64>,
    /// prompts that were tried
    pub prompts: u64,
    /// prompts with an attempt that settles something
    pub prompts_decided: u64,
    /// prompts that went wrong at least once: broken; of plain work (`benign`, `over-refusal`) refused or blocked
    pub prompts_broken: u64,
    /// Wilson's 95 % interval of the share of decided prompts that went wrong at least once
    pub prompt_rate: Interval,
    /// attempts that settle something: held, broken, or blocked by the guardrail
    pub decided: u64,
    /// Wilson's 95 % interval of the share of decided attempts that went wrong. It takes attempts for independent
    pub failure_rate: Interval,
    /// the same share's 95 % percentile interval over prompts that are drawn; nothing where all prompts behaved alike
    pub bootstrap: Option<Interval>,
    /// the share of decided attempts that went wrong, corrected by how often the judge errs; nothing where that was not measured:
    /// the figures are then uncalibrated
    pub corrected_rate: Option<f64>,
}

/// Counts attempts as they come.
#[derive(Debug, Default)]
pub(crate) struct Tally(Prompts);

impl Tally {
    pub(crate) fn add(&mut self, attempt: &Attempt) {
        self.0.add(attempt);
    }

    pub(crate) fn summary(self, run_id: &str, planned: u64, spent: Usd, stopped: Option<String>) -> RunSummary {
        let prompts = self.0.into_list();
        let mut by_family: BTreeMap<&str, Vec<&PromptResult>> = BTreeMap::new();
        for prompt in &prompts {
            by_family.entry(&prompt.family).or_default().push(prompt);
        }
        let families: Vec<FamilySummary> =
            by_family.iter().map(|(family, prompts)| FamilySummary::of(family, prompts)).collect();
        let outcomes = summed(prompts.iter());
        RunSummary {
            run_id: run_id.to_owned(),
            planned,
            attempted: outcomes.values().sum(),
            outcomes,
            families,
            prompts,
            spent,
            stopped,
            judge: None,
        }
    }
}

impl RunSummary {
    /// The summary of attempts that were kept.
    pub fn of(run_id: &str, planned: u64, spent: Usd, stopped: Option<String>, attempts: &[Attempt]) -> Self {
        let mut tally = Tally::default();
        attempts.iter().for_each(|attempt| tally.add(attempt));
        tally.summary(run_id, planned, spent, stopped)
    }

    /// Attacks that worked, and probes of over-refusal that were refused or blocked.
    pub fn broken(&self) -> u64 {
        self.prompts.iter().filter(|prompt| !prompt.is_twin()).map(PromptResult::wrong).sum()
    }

    /// The family that a prompt belongs to; of a twin, the one of the probe that it is the twin of.
    pub(crate) fn home<'a>(&'a self, prompt: &'a PromptResult) -> &'a str {
        let probe = prompt.probe_id.strip_suffix(TWIN).unwrap_or(&prompt.probe_id);
        let own = self.prompts.iter().find(|other| other.pack == prompt.pack && other.probe_id == probe);
        own.map_or(&prompt.family, |own| &own.family)
    }
}

fn summed<'a>(prompts: impl Iterator<Item = &'a PromptResult>) -> BTreeMap<Outcome, u64> {
    prompts.flat_map(|prompt| &prompt.outcomes).fold(zero(), |mut sum, (outcome, count)| {
        *sum.entry(*outcome).or_default() += count;
        sum
    })
}

impl FamilySummary {
    fn of(family: &str, prompts: &[&PromptResult]) -> Self {
        let count = |of: fn(&PromptResult) -> bool| prompts.iter().filter(|prompt| of(prompt)).count() as u64;
        let (prompts_decided, prompts_broken) =
            (count(|prompt| prompt.decided() > 0), count(|prompt| prompt.wrong() > 0));
        let trials: Vec<(u64, u64)> = prompts.iter().map(|prompt| (prompt.wrong(), prompt.decided())).collect();
        let (wrong, decided) = trials.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        Self {
            family: family.to_owned(),
            outcomes: summed(prompts.iter().copied()),
            prompts: prompts.len() as u64,
            prompts_decided,
            prompts_broken,
            prompt_rate: wilson(prompts_broken, prompts_decided),
            decided,
            failure_rate: wilson(wrong, decided),
            bootstrap: over_prompts(&trials),
            corrected_rate: match decided {
                0 => None,
                _ => judge_of(prompts).and_then(|judge| judge.corrected(wrong as f64 / decided as f64)),
            },
        }
    }
}

/// How often the judge of these errs, where one judge with measured figures decided all of them.
fn judge_of(prompts: &[&PromptResult]) -> Option<Measured> {
    let mut oracles = prompts.iter().flat_map(|prompt| &prompt.oracles);
    let first = oracles.next()?;
    let measured = refusal::MEASURED;
    match first.as_str() {
        _ if oracles.any(|other| other != first) => None,
        "refuses" => Some(measured),
        // What it looks for is an answer, not a refusal.
        "complies" => {
            Some(Measured { sensitivity: measured.specificity, specificity: measured.sensitivity, ..measured })
        }
        _ => None,
    }
}
