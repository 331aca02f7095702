//! Who had an address when. Addresses of pods go from one to the next within a minute.
//!
//! Of each holder four moments are known, in this order: the earliest at which it can have had the address, the first and the last at
//! which something told that it had it, and the latest at which it can have had it. Where one holder's possible time runs into the next one's, both
//! are possible until something tells.

/// An aggregation interval of the common format: a record's times may be off by as much.
pub(crate) const SLACK: i64 = 60 * SECOND;
/// For how long a holder that nothing tells of any more counts as certain. Few pods outlive a day of rollouts unseen by scans and audit logs.
const STALE: i64 = 24 * 3600 * SECOND;
pub(crate) const SECOND: i64 = 1_000_000;

/// An address's time with one holder, in microseconds since 1970.
///
/// INVARIANT: `since <= told <= known <= until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tenure {
    /// number of an end
    pub(crate) holder: u32,
    pub(crate) since: i64,
    pub(crate) told: i64,
    pub(crate) known: i64,
    /// `i64::MAX` while it lasts
    pub(crate) until: i64,
    /// number of the instance that it is on; 0 where that is not known
    pub(crate) node: u32,
    /// number of the model that it serves; 0 for none
    pub(crate) serves: u32,
}

/// Who had an address at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Held {
    Nobody,
    /// Not certain where the time reaches outside of what is known of the holder.
    By {
        holder: u32,
        serves: u32,
        certain: bool,
    },
    /// Each of these at some moment of it; sorted.
    Several(Vec<u32>),
}

impl Tenure {
    /// Puts the moments in order: what was told is certain, the bounds give way.
    pub(crate) fn ordered(self) -> Self {
        let known = self.known.max(self.told);
        Self { since: self.since.min(self.told), known, until: self.until.max(known), ..self }
    }
}

/// Sorts the tenures of one address and cuts each where the next holder was told of.
pub(crate) fn settle(tenures: &mut Vec<Tenure>) {
    tenures.sort_by_key(|one| (one.told, one.since, one.holder, one.node));
    tenures.dedup();
    let mut place = 1;
    while place < tenures.len() {
        if let Some([before, after]) = tenures.get_mut(place - 1..=place)
            && before.holder != after.holder
            && before.known <= after.told
        {
            before.until = before.until.min(after.told);
            after.since = after.since.max(before.known).min(after.told);
        }
        place += 1;
    }
}

/// Who had the address from the first to the last of these moments. `node` leaves out holders on other instances, where it is not 0.
pub(crate) fn held(tenures: &[Tenure], (first, last): (i64, i64), node: u32) -> Held {
    let near = |one: &&Tenure| node == 0 || one.node == 0 || one.node == node;
    let within = |slack: i64| {
        let possible =
            move |one: &&Tenure| one.since.saturating_sub(slack) <= last && one.until.saturating_add(slack) >= first;
        tenures.iter().filter(near).filter(possible)
    };
    let slack = if within(0).next().is_some() { 0 } else { SLACK };
    let mut holders: Vec<u32> = within(slack).map(|one| one.holder).collect();
    holders.sort_unstable();
    holders.dedup();
    match *holders {
        [] => Held::Nobody,
        [holder] => {
            let since = within(slack).map(|one| one.since).min().unwrap_or(first);
            let until = within(slack).map(|one| one.until.min(one.known.saturating_add(STALE))).max().unwrap_or(last);
            let serves = within(slack).map(|one| one.serves).reduce(|a, b| if a == b { a } else { 0 }).unwrap_or(0);
            let certain = since.saturating_sub(SLACK) <= first && last <= until.saturating_add(SLACK);
            Held::By { holder, serves, certain }
        }
        _ => Held::Several(holders),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tenure(holder: u32, since: i64, until: i64) -> Tenure {
        let second = |at: i64| at.saturating_mul(SECOND);
        Tenure {
            holder,
            since: second(since),
            told: second(since),
            known: if until == i64::MAX { second(since) } else { second(until) },
            until: second(until),
            node: 0,
            serves: 0,
        }
    }

    fn asked(tenures: &[Tenure], first: i64, last: i64) -> Held {
        held(tenures, (first * SECOND, last * SECOND), 0)
    }

    fn by(holder: u32, certain: bool) -> Held {
        Held::By { holder, serves: 0, certain }
    }

    #[test]
    fn an_address_goes_from_pod_to_pod() {
        let mut all = vec![tenure(2, 2000, i64::MAX), tenure(1, 0, 1900)];
        settle(&mut all);
        assert_eq!(asked(&all, 100, 1800), by(1, true));
        assert_eq!(asked(&all, 2000, 2100), by(2, true));
        assert_eq!(asked(&all, 1800, 2100), Held::Several(vec![1, 2]));
        // The last packets of a pod that ended.
        assert_eq!(asked(&all, 1930, 1935), by(1, true));
        // Longer than it lived: somebody else had it, too.
        assert_eq!(asked(&[tenure(1, 1000, 1900)], 0, 1800), by(1, false));
        assert_eq!(asked(&[tenure(1, 1000, 1900)], 3000, 3100), Held::Nobody);
    }

    #[test]
    fn who_nothing_tells_of_any_more_is_uncertain() {
        let all = [tenure(1, 0, i64::MAX)];
        assert_eq!(asked(&all, 0, 80_000), by(1, true));
        assert_eq!(asked(&all, 100_000, 100_001), by(1, false));
    }

    #[test]
    fn a_lost_end_is_the_next_ones_beginning() {
        let mut all = vec![tenure(1, 0, i64::MAX), Tenure { since: 0, told: 500 * SECOND, ..tenure(2, 500, i64::MAX) }];
        settle(&mut all);
        assert_eq!(asked(&all, 600, 700), by(2, true));
        // Made before it had the address: either may have had it.
        assert_eq!(asked(&all, 300, 400), Held::Several(vec![1, 2]));
    }

    #[test]
    fn the_node_tells_holders_apart() {
        let all = [Tenure { node: 7, ..tenure(1, 0, 1000) }, Tenure { node: 8, ..tenure(2, 900, 2000) }];
        assert_eq!(held(&all, (0, 2000 * SECOND), 8), Held::By { holder: 2, serves: 0, certain: false });
        assert_eq!(held(&all, (950 * SECOND, 960 * SECOND), 0), Held::Several(vec![1, 2]));
        assert_eq!(held(&all, (0, 10 * SECOND), 9), Held::Nobody);
    }

    proptest! {
        /// Holders one after the other, with pauses: whoever is named alone and as certain was the only one.
        #[test]
        fn nobody_is_named_for_anothers_time(
            steps in prop::collection::vec((61i64..600, 1i64..4000, 1u32..4), 1..12),
            first in 0i64..20_000, length in 0i64..4000, shuffled: bool,
        ) {
            let (mut now, mut all) = (0, vec![]);
            for (pause, length, holder) in steps {
                now += pause;
                all.push(tenure(holder, now, now + length));
                now += length;
            }
            let truth = all.clone();
            if shuffled {
                all.reverse();
            }
            settle(&mut all);
            let last = first + length;
            // Second by second, as slowly as it is simple.
            let at = |second: i64| truth.iter().find(|one| one.since <= second * SECOND && second * SECOND <= one.until);
            let mut had: Vec<u32> = (first..=last).filter_map(|second| at(second).map(|one| one.holder)).collect();
            had.sort_unstable();
            had.dedup();
            match asked(&all, first, last) {
                Held::Several(told) => prop_assert_eq!(told, had),
                Held::By { holder, certain, .. } if !had.is_empty() => {
                    prop_assert_eq!(had, vec![holder]);
                    let lone = |second: i64| at(second).is_some() || (second - 60..=second + 60).any(|s| at(s).is_some_and(|one| one.holder == holder));
                    prop_assert!(!certain || (lone(first) && lone(last)));
                }
                Held::By { holder, .. } => {
                    let near = (first - 60..=last + 60).filter_map(at).any(|one| one.holder == holder);
                    prop_assert!(near);
                }
                Held::Nobody => prop_assert!(had.is_empty()),
            }
        }
    }
}
