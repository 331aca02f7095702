//! `--three-ways`: what three runs of the same prompts tell of a guardrail.

use super::compare;
use crate::print;
use sightline_probe::{Alone, RunSummary, ThreeWays};

/// Runs of a target that is asked three ways.
pub(crate) const WAYS: usize = 3;

/// What each target's three runs tell; of one that was cut short, nothing.
pub(crate) fn compared(ended: &[&RunSummary]) -> Vec<ThreeWays> {
    let of = |three: &[&RunSummary]| match three {
        [without, with, alone] => Some(ThreeWays::of(without, with, alone)),
        _ => None,
    };
    ended.chunks(WAYS).filter_map(of).collect()
}

/// As words and a table.
pub(super) fn show(ways: &ThreeWays) -> anyhow::Result<()> {
    let ThreeWays { guarded, alone } = ways;
    print::line(&format!(
        "\nThree ways: without the guardrail {}, with it {}; what changed between them:\n",
        guarded.before, guarded.after
    ))?;
    compare::show(guarded)?;
    print::line(&alone_in_words(*alone))?;
    let plain = guarded.over_refusal;
    let told = match plain.difference() {
        Some(change) => format!(
            "Over-refusal: {:+.0} % with the guardrail, over {} prompts of plain work (exact test, p {:.4}); by itself it blocks {} of {}.",
            change * 100.0,
            plain.pairs,
            plain.p,
            alone.plain_work_blocked,
            alone.plain_work
        ),
        None => "Over-refusal: not known; no plain work was settled both ways.".to_owned(),
    };
    print::line(&told)?;
    Ok(())
}

fn alone_in_words(alone: Alone) -> String {
    format!(
        "\nThe guardrail alone, on the question: stops {} of {} attacks. Of the {} that break the model without it, it stops {} at the \
         question,\n{} are held behind it, by what it does to the answer or by the model, and {} get past it. Not settled in all three: {}.",
        alone.stopped,
        alone.attacks,
        alone.breaking,
        alone.stopped_at_the_question,
        alone.held_behind_it,
        alone.bypassing,
        alone.unsettled
    )
}
