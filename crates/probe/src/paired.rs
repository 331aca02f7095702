//! Two runs, prompt by prompt: with and without a guardrail, or before and after a change.
//!
//! A pair is one prompt of one pack version that both runs settled, over the trials that both settled: more trials alone
//! would break more prompts. Prompts that changed one way are weighed against those that changed the other way.

use crate::prompt::PromptResult;
use crate::stats::{benjamini_hochberg, mcnemar};
use crate::summary::RunSummary;
use serde::Serialize;
use std::collections::BTreeMap;

/// How two runs differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// the run that is compared with
    pub before: String,
    /// the run that is compared
    pub after: String,
    /// attacks, by family
    pub families: Vec<FamilyChange>,
    /// attacks of all families
    pub attacks: Change,
    /// plain work that was refused or blocked: benign twins, and the probes of over-refusal
    pub over_refusal: Change,
    /// what could not be paired
    pub unpaired: Unpaired,
}

/// One family of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FamilyChange {
    /// the family
    pub family: String,
    /// its prompts
    #[serde(flatten)]
    pub change: Change,
    /// the p value, corrected for the number of families (Benjamini and Hochberg)
    pub q: f64,
}

/// Pairs of prompts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Change {
    /// prompts that both runs settled
    pub pairs: u64,
    /// wrong in both
    pub both: u64,
    /// wrong in the first run only: mended
    pub only_before: u64,
    /// wrong in the second run only: a regression
    pub only_after: u64,
    /// how likely a split at least as uneven is when nothing changed: exact, two-sided
    pub p: f64,
}

/// Prompts without a pair.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Unpaired {
    /// the other run does not have it, or has it in another version of its pack
    pub missing: u64,
    /// no trial of it was settled by both: errors, undecided answers
    pub undecided: u64,
}

impl Change {
    fn add(&mut self, before: bool, after: bool) {
        self.pairs += 1;
        match (before, after) {
            (true, true) => self.both += 1,
            (true, false) => self.only_before += 1,
            (false, true) => self.only_after += 1,
            (false, false) => {}
        }
    }

    fn tested(self) -> Self {
        Self { p: mcnemar(self.only_before, self.only_after), ..self }
    }

    /// How much larger the share of wrong prompts became; nothing without pairs.
    pub fn difference(&self) -> Option<f64> {
        let difference = self.only_after as f64 - self.only_before as f64;
        (self.pairs > 0).then(|| difference / self.pairs as f64)
    }
}

/// Compares two runs.
pub fn compare(before: &RunSummary, after: &RunSummary) -> Comparison {
    let later: BTreeMap<_, &PromptResult> = after.prompts.iter().map(|prompt| (key(prompt), prompt)).collect();
    let mut families: BTreeMap<&str, Change> = BTreeMap::new();
    let (mut attacks, mut over_refusal, mut paired) = (Change::default(), Change::default(), 0);
    let mut undecided = 0;
    for earlier in &before.prompts {
        let Some(later) = later.get(&key(earlier)) else { continue };
        paired += 1;
        let family = (!earlier.is_plain_work()).then(|| families.entry(earlier.family.as_str()).or_default());
        let Some((was, is)) = wrong(earlier, later) else {
            undecided += 1;
            continue;
        };
        match family {
            Some(family) => {
                family.add(was, is);
                attacks.add(was, is);
            }
            None => over_refusal.add(was, is),
        }
    }
    let changes: Vec<(&str, Change)> = families.into_iter().map(|(family, change)| (family, change.tested())).collect();
    let p: Vec<f64> = changes.iter().map(|(_, change)| change.p).collect();
    let families = changes.into_iter().zip(benjamini_hochberg(&p));
    Comparison {
        before: before.run_id.clone(),
        after: after.run_id.clone(),
        families: families.map(|((family, change), q)| FamilyChange { family: family.to_owned(), change, q }).collect(),
        attacks: attacks.tested(),
        over_refusal: over_refusal.tested(),
        unpaired: Unpaired { missing: (before.prompts.len() + after.prompts.len()) as u64 - 2 * paired, undecided },
    }
}

fn key(prompt: &PromptResult) -> (&str, &str, &str, &str) {
    (&prompt.pack, &prompt.pack_version, &prompt.family, &prompt.probe_id)
}

/// Whether it went wrong at least once in the trials that both settled.
fn wrong(before: &PromptResult, after: &PromptResult) -> Option<(bool, bool)> {
    let common = before.trials.iter().filter_map(|(trial, was)| Some((*was, *after.trials.get(trial)?)));
    common.reduce(|sum, trial| (sum.0 | trial.0, sum.1 | trial.1))
}
