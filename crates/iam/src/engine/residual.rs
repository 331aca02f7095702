//! Formulas by number: equal residuals are made, compared and judged once.

use super::table::Pool;
use crate::direct::Answer;
use crate::formula::Formula;
use crate::solve::{Tri, classify};

/// The number of [`Formula::False`].
pub(super) const FALSE: u32 = 0;
/// The number of [`Formula::True`].
pub(super) const TRUE: u32 = 1;

/// All formulas of a run.
#[derive(Debug)]
pub(super) struct Residuals {
    formulas: Pool<Formula>,
    judged: Vec<Option<Tri>>,
}

impl Residuals {
    pub(super) fn new() -> Self {
        let mut formulas = Pool::default();
        formulas.number(Formula::False);
        formulas.number(Formula::True);
        Self { formulas, judged: Vec::new() }
    }

    pub(super) fn number(&mut self, formula: Formula) -> u32 {
        match formula {
            Formula::False => FALSE,
            Formula::True => TRUE,
            other => self.formulas.number(other),
        }
    }

    pub(super) fn formula(&self, number: u32) -> &Formula {
        &self.formulas[number]
    }

    pub(super) fn and(&mut self, one: u32, other: u32) -> u32 {
        match (one, other) {
            (FALSE, _) | (_, FALSE) => FALSE,
            (TRUE, other) => other,
            (one, TRUE) => one,
            _ => {
                let both = self.formula(one).and(self.formula(other));
                self.number(both)
            }
        }
    }

    /// The formula as an answer.
    pub(super) fn answer(&mut self, number: u32) -> Answer {
        let allowed = self.formula(number).clone();
        let at = number as usize;
        if at >= self.judged.len() {
            self.judged.resize(at + 1, None);
        }
        let known = self.judged.get(at).copied().flatten();
        // INVARIANT: no request of an organization has a key of which only the presence is known, so every key may be absent.
        let tri = known.unwrap_or_else(|| classify(&allowed, &|_| true));
        if let Some(judged) = self.judged.get_mut(at) {
            *judged = Some(tri);
        }
        Answer { tri, allowed }
    }
}
