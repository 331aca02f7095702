//! Many tests at once.

/// Benjamini and Hochberg's adjusted p values ("q"), in the order of the p values: calling all with q ≤ 0.05 a change, one in twenty
/// of the calls is false on average.
///
/// Source: Y. Benjamini and Y. Hochberg, "Controlling the False Discovery Rate", JRSS B 57 (1995).
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = p.iter().copied().enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    let count = p.len();
    let mut least: f64 = 1.0;
    let mut adjusted: Vec<(usize, f64)> = Vec::with_capacity(count);
    for (position, (index, value)) in order.into_iter().enumerate() {
        let rank = count - position;
        least = least.min(value * (count as f64 / rank as f64));
        adjusted.push((index, least));
    }
    adjusted.sort_by_key(|(index, _)| *index);
    adjusted.into_iter().map(|(_, q)| q).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_q_is_below_its_p_nor_above_one_and_order_stays(p in prop::collection::vec(0.0f64..=1.0, 0..30)) {
            let q = benjamini_hochberg(&p);
            prop_assert_eq!(q.len(), p.len());
            for (i, a) in p.iter().enumerate() {
                prop_assert!(q[i] >= *a && q[i] <= 1.0);
                for (j, b) in p.iter().enumerate() {
                    prop_assert!(a > b || q[i] <= q[j] + 1e-12);
                }
            }
        }
    }
}
