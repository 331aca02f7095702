//! The exact test of pairs.

/// Of `total` pairs that changed, `first` changed one way: how likely is a split at least as uneven, when both ways are equally
/// likely? Two-sided, from 0 to 1; 1 when nothing changed.
///
/// Source: Q. McNemar, "Note on the Sampling Error of the Difference Between Correlated Proportions or Percentages", Psychometrika 12
/// (1947), with the binomial distribution in place of its approximation.
pub fn mcnemar(one_way: u64, other_way: u64) -> f64 {
    let total = one_way.saturating_add(other_way);
    let fewer = one_way.min(other_way);
    if total == 0 || one_way == other_way {
        return 1.0;
    }
    (2.0 * lower_tail(fewer, total)).min(1.0)
}

/// The chance of at most `hits` heads in `total` throws of a coin.
fn lower_tail(hits: u64, total: u64) -> f64 {
    // In logarithms from the largest term down: 0.5^1100 is no number any more.
    let (n, k) = (total as f64, hits as f64);
    let choices: f64 = (1..=hits).map(|i| ((n - k + i as f64) / i as f64).ln()).sum();
    let largest = choices - n * std::f64::consts::LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    for i in (1..=hits).rev() {
        term *= i as f64 / (total - i + 1) as f64;
        sum += term;
        if term < f64::EPSILON * sum {
            break;
        }
    }
    (largest + f64::ln(sum)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_a_probability_that_knows_no_direction(a in 0u64..3_000, b in 0u64..3_000) {
            let p = mcnemar(a, b);
            prop_assert!((0.0..=1.0).contains(&p), "{p}");
            prop_assert_eq!(p, mcnemar(b, a));
        }

        /// Moving one pair from the smaller side to the larger can only make it less likely.
        #[test]
        fn the_more_uneven_the_less_likely(a in 1u64..500, more in 0u64..500) {
            prop_assert!(mcnemar(a - 1, a + more + 1) <= mcnemar(a, a + more) + 1e-12);
        }
    }
}
