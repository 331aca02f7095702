//! How sure a rate is that was seen in few attempts, and whether two runs differ.

mod agreement;
mod bootstrap;
mod corrected;
mod discovery;
mod exact;

pub use agreement::Agreement;
pub use bootstrap::over_prompts;
pub use corrected::Measured;
pub use discovery::benjamini_hochberg;
pub use exact::mcnemar;

use serde::Serialize;

/// A range of rates, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// the lower bound
    pub low: f64,
    /// the upper bound
    pub high: f64,
}

/// The two-sided 95 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Wilson's 95 % interval of a rate: `hits` of `total`. Nothing was learned from no attempts, so that is 0 to 1.
///
/// Attempts of one prompt resemble each other, so an interval over attempts is narrower than the truth; the summary gives
/// the number of prompts beside it.
///
/// Source: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22 (1927).
pub fn wilson(hits: u64, total: u64) -> Interval {
    if total == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let (n, rate) = (total as f64, hits.min(total) as f64 / total as f64);
    let scale = 1.0 + Z * Z / n;
    let centre = (rate + Z * Z / (2.0 * n)) / scale;
    let half = Z / scale * (rate * (1.0 - rate) / n + Z * Z / (4.0 * n * n)).sqrt();
    // Exact where the formula is and floats are not: a gate on `lower > 0` must not hold of nothing.
    Interval {
        low: if hits == 0 { 0.0 } else { (centre - half).max(0.0) },
        high: if hits >= total { 1.0 } else { (centre + half).min(1.0) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Upper bounds for no hits are n ↦ z²/(n + z²); the others are from Wilson's formula worked by hand elsewhere (R's `binom`).
    #[test]
    fn known_values() {
        for (hits, total, low, high) in [
            (0, 30, 0.0, 0.1135),
            (0, 100, 0.0, 0.0370),
            (0, 300, 0.0, 0.0126),
            (5, 10, 0.2366, 0.7634),
            (10, 10, 0.7225, 1.0),
        ] {
            let interval = wilson(hits, total);
            assert!(
                (interval.low - low).abs() < 5e-4 && (interval.high - high).abs() < 5e-4,
                "{hits}/{total}: {interval:?}"
            );
        }
        assert_eq!(wilson(0, 0), Interval { low: 0.0, high: 1.0 });
    }

    proptest! {
        #[test]
        fn the_rate_is_inside(total in 1u64..5_000, share in 0.0f64..=1.0) {
            let hits = (total as f64 * share) as u64;
            let interval = wilson(hits, total);
            let rate = hits as f64 / total as f64;
            prop_assert!(0.0 <= interval.low && interval.low <= rate + 1e-12 && rate <= interval.high + 1e-12 && interval.high <= 1.0);
        }
    }
}
