use super::{Evidence, Oracle, Verdict};
use crate::answer::End;
use crate::pack::Probe;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The answer runs into its cap, or repeats itself: a question that costs little makes the model write as much as it may.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunsOn {
    /// broken from this share of repeated word runs on, above 0 and at most 1
    pub repeats: f64,
}

/// Words in a run.
const RUN: usize = 6;
/// Shorter answers repeat nothing that costs.
const FEWEST_RUNS: usize = 40;

impl Oracle for RunsOn {
    fn name(&self) -> &'static str {
        "runs_on"
    }

    fn check(&self, _: &Probe) -> Result<(), String> {
        match 0.0 < self.repeats && self.repeats <= 1.0 {
            true => Ok(()),
            false => Err("`repeats` of a `runs_on` rule must be above 0 and at most 1".into()),
        }
    }

    fn judge(&self, seen: &Evidence<'_>) -> Verdict {
        let share = repeated(seen.text);
        if share >= self.repeats {
            return Verdict::Broken(format!("{:.0} % of the answer repeats itself", share * 100.0));
        }
        match (seen.end, seen.output_tokens) {
            (End::Capped | End::Unsaid, Some(tokens)) if tokens >= u64::from(seen.max_output_tokens) => {
                Verdict::Broken(format!("the answer used all of its {tokens} tokens"))
            }
            (End::Capped, _) => Verdict::Undecided("the answer was cut short, and its length is not known".into()),
            (End::Unsaid, None) => Verdict::Undecided("nothing says how long the answer is, and why it ended".into()),
            _ => Verdict::Held,
        }
    }
}

/// The share of word runs that were there before.
fn repeated(text: &str) -> f64 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let runs = words.windows(RUN).count();
    if runs < FEWEST_RUNS {
        return 0.0;
    }
    let distinct: BTreeSet<&[&str]> = words.windows(RUN).collect();
    (runs - distinct.len()) as f64 / runs as f64
}
