//! Whether a formula can hold at all: the step from "open" to Allow, Deny or Conditional.
//!
//! A search over the formula's atoms, in which atoms over the same key are held consistent by [`theory`]. What the theory
//! cannot rule out counts as possible, and a search that grows beyond its bound ends as Conditional: both err on the side
//! of saying less.

mod budget;
mod language;
mod theory;
mod words;

pub use words::phrase;

use crate::formula::{Atom, Formula};
use budget::Budget;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use theory::KeyLiterals;

/// A three-valued answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Tri {
    /// Whatever the open keys are.
    Allow,
    /// It depends: see the residual.
    Conditional,
    /// Whatever the open keys are.
    Deny,
}

impl Tri {
    /// The word used in output: `allow`, `conditional`, `deny`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Conditional => "conditional",
            Self::Deny => "deny",
        }
    }
}

/// Steps of one search; as deep as it may go.
const STEPS: usize = 4_000;

/// One way in which a formula holds: atoms, and whether each holds.
pub type Way = Vec<(Arc<Atom>, bool)>;

/// Whether `allowed` always, never or sometimes holds. `may_be_absent` says of keys whether a request may come without them.
pub fn classify(allowed: &Formula, may_be_absent: &dyn Fn(&str) -> bool) -> Tri {
    match allowed {
        Formula::True => return Tri::Allow,
        Formula::False => return Tri::Deny,
        _ => {}
    }
    if !Search::new(may_be_absent).can_hold(allowed) {
        return Tri::Deny;
    }
    if !Search::new(may_be_absent).can_hold(&allowed.negated()) {
        return Tri::Allow;
    }
    Tri::Conditional
}

/// The ways in which `formula` holds, shortest first, at most `limit`; and whether these are all.
pub fn ways(formula: &Formula, limit: usize, may_be_absent: &dyn Fn(&str) -> bool) -> (Vec<Way>, bool) {
    let mut search = Search { found: Some((Vec::new(), limit.saturating_mul(8).max(8))), ..Search::new(may_be_absent) };
    search.can_hold(formula);
    let complete = search.steps < STEPS
        && !search.budget.is_spent()
        && search.found.as_ref().is_some_and(|(found, most)| found.len() < *most);
    let mut found = search.found.map(|(found, _)| found).unwrap_or_default();
    for way in &mut found {
        shorten(way, formula, &search.budget);
        way.sort();
    }
    found.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
    found.dedup();
    // A way that says more than another says nothing new.
    let mut kept: Vec<Way> = Vec::new();
    for way in found {
        if !kept.iter().any(|shorter| shorter.iter().all(|literal| way.binary_search(literal).is_ok())) {
            kept.push(way);
        }
    }
    let complete = complete && kept.len() <= limit;
    kept.truncate(limit);
    (kept, complete)
}

/// Leaves out of a way what the formula does not need, the last assumed first, as far as the budget goes.
fn shorten(way: &mut Way, formula: &Formula, budget: &Budget) {
    let mut assumed: HashMap<Arc<Atom>, bool> = way.iter().cloned().collect();
    let size = size(formula);
    for (atom, value) in way.iter().rev() {
        if !budget.spend(size) {
            break;
        }
        assumed.remove(atom);
        if formula.replace(&|atom| assumed.get(atom).copied()) != Formula::True {
            assumed.insert(Arc::clone(atom), *value);
        }
    }
    way.retain(|(atom, _)| assumed.contains_key(atom));
}

fn size(formula: &Formula) -> usize {
    match formula {
        Formula::True | Formula::False | Formula::Atom(_) => 1,
        Formula::Not(inner) => 1 + size(inner),
        Formula::All(parts) | Formula::Any(parts) => 1 + parts.iter().map(size).sum::<usize>(),
    }
}

struct Search<'a> {
    may_be_absent: &'a dyn Fn(&str) -> bool,
    /// Per key what is assumed of its atoms.
    keys: BTreeMap<String, KeyLiterals>,
    path: Way,
    steps: usize,
    budget: Budget,
    /// Where all ways are wanted: those found, and how many at most.
    found: Option<(Vec<Way>, usize)>,
}

impl<'a> Search<'a> {
    fn new(may_be_absent: &'a dyn Fn(&str) -> bool) -> Self {
        Self { may_be_absent, keys: BTreeMap::new(), path: Vec::new(), steps: 0, budget: Budget::new(), found: None }
    }

    /// Whether some assignment that nothing rules out makes `formula` hold; true also where the search gave up.
    fn can_hold(&mut self, formula: &Formula) -> bool {
        self.steps += 1;
        let atom = match formula {
            Formula::False => return false,
            Formula::True => return self.hold(),
            _ if self.steps >= STEPS || !self.budget.spend(size(formula)) => return true,
            other => match first_atom(other) {
                Some(atom) => atom,
                None => return false,
            },
        };
        let mut can = false;
        for value in [true, false] {
            let (key, before) = self.assume(&atom, value);
            let consistent = key.as_ref().is_none_or(|key| {
                self.keys.get(key).is_none_or(|literals| literals.may_hold((self.may_be_absent)(key), &self.budget))
            });
            if consistent {
                self.path.push((Arc::clone(&atom), value));
                let next = formula.replace(&|other| (*other == *atom).then_some(value));
                can |= self.can_hold(&next);
                self.path.pop();
            }
            self.restore(key, before);
            if can && (self.found.is_none() || self.is_full()) {
                return true;
            }
        }
        can
    }

    fn hold(&mut self) -> bool {
        if let Some((found, _)) = &mut self.found {
            found.push(self.path.clone());
        }
        true
    }

    fn is_full(&self) -> bool {
        self.steps >= STEPS
            || self.budget.is_spent()
            || self.found.as_ref().is_some_and(|(found, most)| found.len() >= *most)
    }

    fn assume(&mut self, atom: &Arc<Atom>, value: bool) -> (Option<String>, Option<KeyLiterals>) {
        let Atom::Clause(clause) = &**atom else { return (None, None) };
        if !clause.is_constant() {
            return (None, None);
        }
        let before = self.keys.get(&clause.key).cloned();
        self.keys.entry(clause.key.clone()).or_default().push(Arc::clone(clause), value);
        (Some(clause.key.clone()), before)
    }

    fn restore(&mut self, key: Option<String>, before: Option<KeyLiterals>) {
        match (key, before) {
            (Some(key), Some(before)) => {
                self.keys.insert(key, before);
            }
            (Some(key), None) => {
                self.keys.remove(&key);
            }
            (None, _) => {}
        }
    }
}

fn first_atom(formula: &Formula) -> Option<Arc<Atom>> {
    match formula {
        Formula::True | Formula::False => None,
        Formula::Atom(atom) => Some(Arc::clone(atom)),
        Formula::Not(inner) => first_atom(inner),
        Formula::All(parts) | Formula::Any(parts) => parts.iter().find_map(first_atom),
    }
}
