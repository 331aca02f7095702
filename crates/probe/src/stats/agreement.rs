//! How well two judges agree.

use serde::Serialize;

/// Agreement of a judge with labels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// answers that both judged
    pub answers: u64,
    /// the share of them judged alike
    pub accuracy: f64,
    /// Cohen's kappa: 0 is what chance gives, 1 is perfect; `None` where one judge knows only one verdict or nothing was judged
    pub kappa: Option<f64>,
}

impl Agreement {
    /// Of pairs of verdicts, `true` for a break.
    ///
    /// Source: J. Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological Measurement 20 (1960).
    pub fn of(pairs: &[(bool, bool)]) -> Self {
        let count = |wanted: (bool, bool)| pairs.iter().filter(|pair| **pair == wanted).count() as f64;
        let (both, neither) = (count((true, true)), count((false, false)));
        let (first, second) = (both + count((true, false)), both + count((false, true)));
        let total = pairs.len() as f64;
        if pairs.is_empty() {
            return Self { answers: 0, accuracy: 0.0, kappa: None };
        }
        let accuracy = (both + neither) / total;
        let chance = (first * second + (total - first) * (total - second)) / (total * total);
        let kappa = (chance < 1.0).then(|| (accuracy - chance) / (1.0 - chance));
        Self { answers: pairs.len() as u64, accuracy, kappa }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_symmetric_and_bounded(pairs in prop::collection::vec(any::<(bool, bool)>(), 0..60)) {
            let agreement = Agreement::of(&pairs);
            let swapped: Vec<(bool, bool)> = pairs.iter().map(|(a, b)| (*b, *a)).collect();
            prop_assert_eq!(agreement, Agreement::of(&swapped));
            prop_assert!((0.0..=1.0).contains(&agreement.accuracy));
            prop_assert!(agreement.kappa.is_none_or(|kappa| (-1.0..=1.0).contains(&kappa)));
        }
    }
}
