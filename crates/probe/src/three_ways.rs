//! A guardrail asked three ways, with the same prompts: the model without it, the model with it, and the guardrail alone
//! (`ApplyGuardrail` on what the user says). The first two tell what it changes; the third what of that it does before the model answers.

use crate::paired::{Comparison, compare};
use crate::plan::{Plan, PlanOptions, plan};
use crate::prompt::PromptResult;
use crate::summary::RunSummary;
use crate::surface::Surface;
use crate::target::Target;
use crate::{Pack, PriceList, ProbeError};
use serde::Serialize;
use std::collections::BTreeMap;

/// What three runs of the same prompts tell of a guardrail.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ThreeWays {
    /// the model without it and with it: attacks, and plain work that is refused or blocked
    pub guarded: Comparison,
    /// the guardrail alone
    pub alone: Alone,
}

/// What the guardrail does to the user's words, before a model answers. Of prompts that all three runs settled, over the trials that each
/// settled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Alone {
    /// attacks
    pub attacks: u64,
    /// attacks that it stops every time
    pub stopped: u64,
    /// attacks that break the model without it
    pub breaking: u64,
    /// of those, the ones that it stops every time
    pub stopped_at_the_question: u64,
    /// of those, the ones that pass it and do not break the model with it: the answer is stopped, or the model holds
    pub held_behind_it: u64,
    /// of those, the ones that break the model with it
    pub bypassing: u64,
    /// plain work
    pub plain_work: u64,
    /// plain work that it blocks at least once
    pub plain_work_blocked: u64,
    /// prompts that not all three settled
    pub unsettled: u64,
}

/// The plans of a target with a guardrail: without it, with it, the guardrail alone. All send the same, given one seed.
///
/// # Errors
/// When the target has no guardrail, or one of the plans cannot be made.
pub fn three_ways(
    packs: &[Pack],
    target: &Target,
    options: &PlanOptions,
    prices: &PriceList,
) -> Result<[Plan; 3], ProbeError> {
    let Some(guardrail) = target.guardrail() else {
        return Err(ProbeError::target(target.model(), "three ways need a guardrail; add `--guardrail ID`"));
    };
    let (region, account) = (target.region(), target.account_id());
    let without = Target::of(target.surface().clone(), target.model(), region, account, None)?;
    let alone = Target::of(Surface::ApplyGuardrail, &guardrail.id, region, account, Some(guardrail.clone()))?;
    let made = |target| plan(packs, target, options, prices);
    Ok([made(without)?, made(target.clone())?, made(alone)?])
}

impl ThreeWays {
    /// Of the three runs, in the order of [`three_ways`].
    pub fn of(without: &RunSummary, with: &RunSummary, alone: &RunSummary) -> Self {
        Self { guarded: compare(without, with), alone: Alone::of(without, with, alone) }
    }
}

impl Alone {
    fn of(without: &RunSummary, with: &RunSummary, alone: &RunSummary) -> Self {
        let [with, alone] = [with, alone].map(by_key);
        let mut sum = Self::default();
        for prompt in &without.prompts {
            let settled = [Some(prompt), with.get(&key(prompt)).copied(), alone.get(&key(prompt)).copied()]
                .map(|prompt| prompt.and_then(went_wrong));
            match settled {
                [Some(bare), Some(guarded), Some(passed)] => sum.add(prompt.is_plain_work(), bare, guarded, passed),
                _ => sum.unsettled += 1,
            }
        }
        sum
    }

    /// `passed`: an attack that the guardrail let through, plain work that it blocked.
    fn add(&mut self, is_plain_work: bool, bare: bool, guarded: bool, passed: bool) {
        if is_plain_work {
            self.plain_work += 1;
            self.plain_work_blocked += u64::from(passed);
            return;
        }
        self.attacks += 1;
        self.stopped += u64::from(!passed);
        if bare {
            self.breaking += 1;
            let count = match (passed, guarded) {
                (_, true) => &mut self.bypassing,
                (false, false) => &mut self.stopped_at_the_question,
                (true, false) => &mut self.held_behind_it,
            };
            *count += 1;
        }
    }
}

type Key<'a> = (&'a str, &'a str, &'a str);

fn key(prompt: &PromptResult) -> Key<'_> {
    (&prompt.pack, &prompt.pack_version, &prompt.probe_id)
}

fn by_key(run: &RunSummary) -> BTreeMap<Key<'_>, &PromptResult> {
    run.prompts.iter().map(|prompt| (key(prompt), prompt)).collect()
}

/// At least once, in what was settled; nothing where nothing was.
fn went_wrong(prompt: &PromptResult) -> Option<bool> {
    (prompt.decided() > 0).then(|| prompt.wrong() > 0)
}
