//! A rate as seen through a judge that errs.

use super::Interval;
use serde::Serialize;

/// How often a judge is right, measured on labelled answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Measured {
    /// of what it should find, the share that it finds
    pub sensitivity: f64,
    /// of what it should pass, the share that it passes
    pub specificity: f64,
    /// labelled answers
    pub answers: u64,
}

impl Measured {
    /// The rate that lies behind the one that this judge reports: `(rate + specificity − 1) / (sensitivity + specificity − 1)`, from 0
    /// to 1. `None` where the judge is no better than a coin.
    ///
    /// Source: W. J. Rogan and B. Gladen, "Estimating Prevalence from the Results of a Screening Test", American Journal of
    /// Epidemiology 107 (1978).
    pub fn corrected(&self, rate: f64) -> Option<f64> {
        let power = self.sensitivity + self.specificity - 1.0;
        (power > 0.0).then(|| ((rate + self.specificity - 1.0) / power).clamp(0.0, 1.0))
    }

    /// Both bounds of an interval. It takes the judge's own figures as exact, so it is narrower than the truth.
    pub fn corrected_interval(&self, interval: Interval) -> Option<Interval> {
        Some(Interval { low: self.corrected(interval.low)?, high: self.corrected(interval.high)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_coin_corrects_nothing() {
        assert_eq!(Measured { sensitivity: 0.5, specificity: 0.5, answers: 10 }.corrected(0.3), None);
    }

    proptest! {
        /// What a judge with these figures would report of a true rate leads back to it.
        #[test]
        fn it_undoes_what_the_judge_does(rate in 0.0f64..=1.0, sensitivity in 0.55f64..=1.0, specificity in 0.55f64..=1.0) {
            let judge = Measured { sensitivity, specificity, answers: 100 };
            let reported = rate * sensitivity + (1.0 - rate) * (1.0 - specificity);
            prop_assert!((judge.corrected(reported).unwrap() - rate).abs() < 1e-9);
        }
    }
}
