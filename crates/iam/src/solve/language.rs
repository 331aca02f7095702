//! Whether some text lies in all wanted patterns and in none of the others: the product of their states, explored.

use super::budget::Budget;
use super::theory::Demand;
use crate::glob::{States, Token};
use std::collections::{BTreeSet, HashSet};

/// Joint states looked at before giving up.
const MOST_STATES: usize = 3_000;

/// One demand as patterns.
struct Automaton {
    patterns: Vec<Vec<Token>>,
    wanted: bool,
}

/// Whether a text meets all demands; true also where that was not settled within the bound.
pub(super) fn may_meet<'a>(demands: impl Iterator<Item = &'a Demand>, budget: &Budget) -> bool {
    let automata: Vec<Automaton> = demands.map(automaton).collect();
    let alphabet = alphabet(&automata);
    // One more character takes time and memory in proportion to all places in all patterns.
    let cost: usize =
        automata.iter().flat_map(|automaton| &automaton.patterns).map(|tokens| 1 + tokens.len() / 8).sum();
    let start: Vec<Vec<States>> = automata
        .iter()
        .map(|automaton| automaton.patterns.iter().map(|tokens| States::start(tokens)).collect())
        .collect();
    let mut seen = HashSet::from([start.clone()]);
    let mut next = vec![start];
    while let Some(joint) = next.pop() {
        if accepts(&automata, &joint) {
            return true;
        }
        if seen.len() > MOST_STATES || !budget.spend(cost.saturating_mul(alphabet.len())) {
            return true;
        }
        for c in &alphabet {
            let after = step(&automata, &joint, *c);
            if !is_lost(&automata, &after) && seen.insert(after.clone()) {
                next.push(after);
            }
        }
    }
    false
}

fn automaton(demand: &Demand) -> Automaton {
    let operator = demand.clause.operator;
    let patterns = demand.values.iter().filter_map(|value| operator.family.tokens(value)).collect();
    Automaton { patterns, wanted: operator.negated != demand.wanted }
}

/// The characters that patterns name, in both cases where case does not matter, and one that none names.
fn alphabet(automata: &[Automaton]) -> BTreeSet<char> {
    let mut out = BTreeSet::from([':']);
    for token in automata.iter().flat_map(|automaton| automaton.patterns.iter().flatten()) {
        match token {
            Token::Char(c) => {
                out.insert(*c);
            }
            Token::Fold(c) => {
                out.insert(*c);
                out.extend(c.to_uppercase());
            }
            _ => {}
        }
    }
    let fresh = ('a'..='z').chain('\u{e000}'..='\u{f8ff}').find(|c| !out.contains(c));
    out.extend(fresh);
    out
}

fn accepts(automata: &[Automaton], joint: &[Vec<States>]) -> bool {
    automata.iter().zip(joint).all(|(automaton, states)| {
        automaton.patterns.iter().zip(states).any(|(tokens, states)| states.accepts(tokens)) == automaton.wanted
    })
}

fn step(automata: &[Automaton], joint: &[Vec<States>], c: char) -> Vec<Vec<States>> {
    let pairs = automata.iter().zip(joint);
    pairs
        .map(|(automaton, states)| {
            automaton.patterns.iter().zip(states).map(|(tokens, states)| states.after(tokens, c)).collect()
        })
        .collect()
}

/// Whether nothing that follows can meet a demand that wants a match.
fn is_lost(automata: &[Automaton], joint: &[Vec<States>]) -> bool {
    automata.iter().zip(joint).any(|(automaton, states)| automaton.wanted && states.iter().all(States::is_dead))
}
