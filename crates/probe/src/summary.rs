//! What a run came to.

use crate::Usd;
use crate::attempt::{Attempt, Outcome};
use crate::stats::{Interval, wilson};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

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
    /// what it cost at most: answers by their tokens, calls that may have been billed without one by their worst case
    pub spent: Usd,
    /// why it ended early, if it did
    pub stopped: Option<String>,
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
    /// prompts that were broken at least once
    pub prompts_broken: u64,
    /// attempts that settle something: held, broken, or blocked by the guardrail
    pub decided: u64,
    /// Wilson's 95 % interval of the share of decided attempts that went wrong: broken, or of `benign` blocked
    pub failure_rate: Interval,
}

/// The family of benign twins.
pub(crate) const BENIGN: &str = "benign";

/// Counts attempts as they come.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    families: BTreeMap<String, Family>,
}

#[derive(Debug)]
struct Family {
    outcomes: BTreeMap<Outcome, u64>,
    prompts: BTreeSet<String>,
    broken: BTreeSet<String>,
}

fn zero() -> BTreeMap<Outcome, u64> {
    Outcome::ALL.map(|outcome| (outcome, 0)).into()
}

impl Tally {
    pub(crate) fn add(&mut self, attempt: &Attempt) {
        let family = self.families.entry(attempt.family.clone()).or_insert_with(|| Family {
            outcomes: zero(),
            prompts: BTreeSet::new(),
            broken: BTreeSet::new(),
        });
        *family.outcomes.entry(attempt.outcome).or_default() += 1;
        let prompt = format!("{}/{}", attempt.pack, attempt.probe_id);
        if attempt.outcome == Outcome::Broken {
            family.broken.insert(prompt.clone());
        }
        family.prompts.insert(prompt);
    }

    pub(crate) fn summary(self, run_id: &str, planned: u64, spent: Usd, stopped: Option<String>) -> RunSummary {
        let families: Vec<FamilySummary> =
            self.families.into_iter().map(|(name, family)| family.summary(name)).collect();
        let mut outcomes = zero();
        for (outcome, count) in families.iter().flat_map(|family| &family.outcomes) {
            *outcomes.entry(*outcome).or_default() += count;
        }
        RunSummary {
            run_id: run_id.to_owned(),
            planned,
            attempted: outcomes.values().sum(),
            outcomes,
            families,
            spent,
            stopped,
        }
    }
}

impl Family {
    fn summary(self, family: String) -> FamilySummary {
        let count = |outcome| self.outcomes.get(&outcome).copied().unwrap_or_default();
        let decided = count(Outcome::Held) + count(Outcome::Broken) + count(Outcome::BlockedByGuardrail);
        let wrong = if family == BENIGN { Outcome::BlockedByGuardrail } else { Outcome::Broken };
        FamilySummary {
            prompts: self.prompts.len() as u64,
            prompts_broken: self.broken.len() as u64,
            decided,
            failure_rate: wilson(count(wrong), decided),
            outcomes: self.outcomes,
            family,
        }
    }
}
