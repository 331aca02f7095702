//! The budget: the worst case of a call is reserved before it is made and settled when it has ended.

use crate::plan::Plan;
use crate::resume::Resumed;
use crate::{ProbeError, Usd};
use std::sync::{Mutex, PoisonError};

/// What a run may use. All three are asked for: there is no budget without limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// calls
    pub max_requests: u64,
    /// money
    pub max_usd: Usd,
    /// tokens that models write, over all calls
    pub max_output_tokens: u64,
}

/// What a call uses, at most or in fact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) requests: u64,
    pub(crate) usd: Usd,
    pub(crate) output_tokens: u64,
}

impl Cost {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            usd: self.usd + other.usd,
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
        }
    }

    fn less(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(other.requests),
            usd: self.usd.less(other.usd),
            output_tokens: self.output_tokens.saturating_sub(other.output_tokens),
        }
    }

    /// The limit that this passes, if any.
    fn passes(self, limits: &Limits) -> Option<&'static str> {
        [
            (self.requests > limits.max_requests, "max_requests"),
            (self.usd > limits.max_usd, "max_usd"),
            (self.output_tokens > limits.max_output_tokens, "max_output_tokens"),
        ]
        .into_iter()
        .find_map(|(passed, name)| passed.then_some(name))
    }
}

/// A running account of what is spent and reserved.
///
/// Several runs, one after the other, may share one.
// INVARIANT: spent + reserved never passes the limits, unless the service uses more than was reserved for a call; then no
// further call is allowed.
#[derive(Debug)]
pub struct Budget {
    limits: Limits,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    spent: Cost,
    reserved: Cost,
}

/// Leave to make one call. To be given back with [`Budget::settle`].
#[derive(Debug)]
#[must_use]
pub(crate) struct Reservation(Cost);

impl Budget {
    /// An account of which nothing is used yet.
    pub fn new(limits: Limits) -> Self {
        Self::spent_before(limits, Cost::default())
    }

    /// An account of several runs that go on after they were cut short: what each has used already counts, even beyond the limits.
    pub fn carried<'r>(limits: Limits, runs: impl Iterator<Item = (&'r Resumed, &'r Plan)>) -> Self {
        Self::spent_before(limits, runs.fold(Cost::default(), |sum, (run, plan)| sum.plus(run.cost(plan))))
    }

    /// For a run that goes on: what it has used already counts, even beyond the limits.
    pub(crate) fn spent_before(limits: Limits, spent: Cost) -> Self {
        Self { limits, state: Mutex::new(State { spent, reserved: Cost::default() }) }
    }

    /// Leave for a call that uses at most this; otherwise the limit that stands in the way.
    pub(crate) fn reserve(&self, worst: Cost) -> Result<Reservation, &'static str> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let after = state.spent.plus(state.reserved).plus(worst);
        match after.passes(&self.limits) {
            Some(limit) => Err(limit),
            None => {
                state.reserved = state.reserved.plus(worst);
                Ok(Reservation(worst))
            }
        }
    }

    /// The call has ended and used this.
    pub(crate) fn settle(&self, reservation: Reservation, used: Cost) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.reserved = state.reserved.less(reservation.0);
        state.spent = state.spent.plus(used);
    }

    /// What is spent, and what calls under way may still cost.
    pub(crate) fn at_most(&self) -> Usd {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.spent.plus(state.reserved).usd
    }

    pub(crate) fn spent(&self) -> Cost {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).spent
    }
}

impl Limits {
    /// Refuses a plan that these do not cover.
    pub(crate) fn cover(&self, plan: Cost) -> Result<(), ProbeError> {
        let shown = |name| match name {
            "max_requests" => (format!("{} requests", plan.requests), format!("max_requests {}", self.max_requests)),
            "max_usd" => (plan.usd.to_string(), format!("max_usd {}", self.max_usd)),
            _ => (
                format!("{} output tokens", plan.output_tokens),
                format!("max_output_tokens {}", self.max_output_tokens),
            ),
        };
        match plan.passes(self).map(shown) {
            Some((needed, limit)) => Err(ProbeError::OverBudget { needed, limit }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cost() -> impl Strategy<Value = Cost> {
        (1u64..3, 0u64..5_000, 0u64..600).prop_map(|(requests, usd, output_tokens)| Cost {
            requests,
            usd: Usd::from_nanos(usd),
            output_tokens,
        })
    }

    proptest! {
        /// Calls begin and end in any order, each uses a share of what was reserved; the limits stand throughout.
        #[test]
        fn the_limits_stand(
            calls in prop::collection::vec((cost(), 0u64..=100, any::<prop::sample::Index>(), any::<bool>()), 0..80),
            limits in (0u64..40, 0u64..60_000, 0u64..8_000),
        ) {
            let limits = Limits { max_requests: limits.0, max_usd: Usd::from_nanos(limits.1), max_output_tokens: limits.2 };
            let budget = Budget::new(limits);
            let mut open: Vec<(Reservation, u64)> = Vec::new();
            let mut spent = Cost::default();
            for (worst, share, which, end) in calls {
                if let Ok(reservation) = budget.reserve(worst) {
                    open.push((reservation, share));
                }
                if end && !open.is_empty() {
                    let (reservation, share) = open.swap_remove(which.index(open.len()));
                    let worst = reservation.0;
                    let used = Cost { requests: worst.requests, usd: Usd::from_nanos(worst.usd.nanos() * share / 100), output_tokens: worst.output_tokens * share / 100 };
                    budget.settle(reservation, used);
                    spent = spent.plus(used);
                }
                let held = open.iter().fold(spent, |sum, (reservation, _)| sum.plus(reservation.0));
                prop_assert_eq!(held.passes(&limits), None);
                prop_assert_eq!(budget.spent(), spent);
            }
        }

        #[test]
        fn after_an_excess_nothing_is_allowed(excess in 1u64..1_000) {
            let limits = Limits { max_requests: 10, max_usd: Usd::from_nanos(100), max_output_tokens: 1_000 };
            let budget = Budget::new(limits);
            let small = Cost { requests: 1, usd: Usd::from_nanos(1), output_tokens: 1 };
            let reservation = budget.reserve(small).unwrap();
            budget.settle(reservation, Cost { usd: Usd::from_nanos(100 + excess), ..small });
            prop_assert_eq!(budget.reserve(small).unwrap_err(), "max_usd");
        }
    }

    #[test]
    fn a_plan_that_is_too_large_says_by_what() {
        let limits = Limits { max_requests: 1, max_usd: "0.10".parse().unwrap(), max_output_tokens: 10 };
        let plan = Cost { requests: 1, usd: "0.25".parse().unwrap(), output_tokens: 5 };
        assert!(
            limits
                .cover(plan)
                .unwrap_err()
                .to_string()
                .starts_with("the plan may need 0.25 USD, more than max_usd 0.10 USD allows")
        );
    }
}
