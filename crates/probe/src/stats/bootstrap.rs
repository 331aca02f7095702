//! The bootstrap over prompts: trials of one prompt resemble each other, so prompts are drawn, each with all its trials.

use super::Interval;

/// Samples that are drawn.
const DRAWS: usize = 4_000;

/// The 95 % percentile interval of `hits / tried`, each pair the hits and trials of one prompt. Deterministic: the seed is made of
/// the numbers. `None` with fewer than two prompts, or where all behaved alike: there is nothing to draw from, and an
/// interval of no width would promise what nobody knows.
///
/// Source: B. Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7 (1979); of clusters: A. C. Davison
/// and D. V. Hinkley, "Bootstrap Methods and their Application", section 3.8.
pub fn over_prompts(prompts: &[(u64, u64)]) -> Option<Interval> {
    let prompts: Vec<(u64, u64)> = prompts.iter().copied().filter(|(_, tried)| *tried > 0).collect();
    let first = prompts.first()?;
    // `a/b == c/d`, without division
    let alike = prompts
        .iter()
        .all(|prompt| u128::from(prompt.0) * u128::from(first.1) == u128::from(first.0) * u128::from(prompt.1));
    if prompts.len() < 2 || alike {
        return None;
    }
    let mut draw =
        Draw(prompts.iter().fold(0, |seed, (hits, tried)| mixed(seed ^ mixed(*hits) ^ tried.rotate_left(32))));
    let mut rates: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let (hits, tried) = (0..prompts.len())
                .filter_map(|_| prompts.get(draw.below(prompts.len())))
                .fold((0u64, 0u64), |sum, prompt| (sum.0 + prompt.0, sum.1 + prompt.1));
            hits as f64 / tried as f64
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    Some(Interval { low: quantile(&rates, 0.025), high: quantile(&rates, 0.975) })
}

/// Between the two nearest values, as NumPy's default.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len().saturating_sub(1)) as f64;
    let below = place.floor();
    let at = |index: f64| sorted.get(index as usize).copied().unwrap_or(1.0);
    at(below) + (at(place.ceil()) - at(below)) * (place - below)
}

/// SplitMix64: <https://prng.di.unimi.it/splitmix64.c>.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        // The high half of a product: nearly even, and `limit` is far below 2^32.
        usize::try_from((u128::from(mixed(self.0)) * limit as u128) >> 64).unwrap_or_default()
    }
}

fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::wilson;
    use proptest::prelude::*;

    #[test]
    fn nothing_is_promised_of_what_cannot_be_drawn() {
        for prompts in [&[][..], &[(1, 3)], &[(0, 3), (0, 5)], &[(2, 4), (1, 2)], &[(0, 0), (1, 2)]] {
            assert_eq!(over_prompts(prompts), None, "{prompts:?}");
        }
    }

    /// Twenty prompts that always or never break, ten trials each, are twenty observations and not two hundred.
    #[test]
    fn trials_of_a_prompt_do_not_narrow_it() {
        let prompts: Vec<(u64, u64)> = (0..20).map(|i| if i < 6 { (10, 10) } else { (0, 10) }).collect();
        let drawn = over_prompts(&prompts).unwrap();
        let (attempts, truth) = (wilson(60, 200), wilson(6, 20));
        assert!(drawn.high - drawn.low > 1.5 * (attempts.high - attempts.low), "{drawn:?} {attempts:?}");
        assert!((drawn.low - truth.low).abs() < 0.06 && (drawn.high - truth.high).abs() < 0.06, "{drawn:?} {truth:?}");
    }

    proptest! {
        #[test]
        fn bounds_are_rates_in_order_and_do_not_change(
            prompts in prop::collection::vec((0u64..10, 1u64..10).prop_map(|(hits, tried)| (hits.min(tried), tried)), 2..12),
        ) {
            let drawn = over_prompts(&prompts);
            prop_assert_eq!(drawn, over_prompts(&prompts));
            if let Some(interval) = drawn {
                prop_assert!(0.0 <= interval.low && interval.low <= interval.high && interval.high <= 1.0);
            }
        }
    }
}
