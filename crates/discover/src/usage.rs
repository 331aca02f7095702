//! What the calls of an edge used, and what that costs by the list price.

use sightline_model::edge::Edge;
use sightline_model::price::Used;

use crate::estate::Estate;
use crate::group::Tokens;
use crate::model::Model;

/// Tokens and cost of counted calls.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    tokens: Tokens,
    /// US dollars; nothing as soon as the price of a part is unknown
    cost: Option<f64>,
}

/// What costs are rounded to. The last digits of a sum are those of the order in which its parts came.
const SHARES_OF_A_DOLLAR: f64 = 1e9;

/// What is paid by the hour, whatever is called.
const PROVISIONED: &str = "provisioned-model";

impl Usage {
    pub(crate) fn of(tokens: &Tokens, model: &Model, estate: &Estate) -> Self {
        let count = |tokens: i64| u64::try_from(tokens).unwrap_or_default();
        let used = Used {
            input: count(tokens.input_tokens),
            output: count(tokens.output_tokens),
            cache_read: count(tokens.cache_read_tokens),
            cache_write: count(tokens.cache_write_tokens),
        };
        let cost = if model.kind == PROVISIONED {
            Some(0.0)
        } else {
            estate.models.price(model).and_then(|price| price.cost(used))
        };
        Self { tokens: *tokens, cost: cost.or((tokens.counted_calls == 0).then_some(0.0)) }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        let (mine, theirs) = (&mut self.tokens, &other.tokens);
        mine.counted_calls += theirs.counted_calls;
        mine.input_tokens += theirs.input_tokens;
        mine.output_tokens += theirs.output_tokens;
        mine.cache_read_tokens += theirs.cache_read_tokens;
        mine.cache_write_tokens += theirs.cache_write_tokens;
        self.cost = self.cost.zip(other.cost).map(|(mine, theirs)| mine + theirs);
    }

    /// The edge with it; an edge of which no call was counted says nothing.
    pub(crate) fn told(&self, edge: Edge) -> Edge {
        let Tokens { counted_calls, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens } = self.tokens;
        if counted_calls == 0 {
            return edge;
        }
        Edge {
            counted_calls: Some(counted_calls),
            input_tokens: Some(input_tokens),
            output_tokens: Some(output_tokens),
            cache_read_tokens: Some(cache_read_tokens),
            cache_write_tokens: Some(cache_write_tokens),
            cost_usd: self.cost.map(|cost| (cost * SHARES_OF_A_DOLLAR).round() / SHARES_OF_A_DOLLAR),
            ..edge
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_does_not_rest_on_the_order_of_its_parts() {
        let parts = [0.1, 0.2, 0.3, 0.000_000_06];
        let told = |parts: &mut dyn Iterator<Item = &f64>| {
            let none = Usage { tokens: Tokens { counted_calls: 1, ..Tokens::default() }, cost: Some(0.0) };
            let mut all = none;
            parts.for_each(|cost| all.add(&Usage { cost: Some(*cost), ..none }));
            all.told(Edge::default()).cost_usd
        };
        assert_eq!(told(&mut parts.iter()), Some(0.600_000_06));
        assert_eq!(told(&mut parts.iter().rev()), told(&mut parts.iter()));
    }
}
