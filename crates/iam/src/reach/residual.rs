//! Residuals of several questions put together, bounded.

use crate::direct::Answer;
use crate::formula::Formula;
use crate::solve::Tri;

/// Parts that a residual may have; a larger one says only that it is larger.
const LARGEST: usize = 400;

/// The formula, or that it is too large to show: which is neither true nor false.
pub(super) fn bounded(formula: Formula) -> Formula {
    if size(&formula, LARGEST) > LARGEST {
        return Formula::unknown("more conditions than can be shown hold");
    }
    formula
}

/// How many parts it has, counted up to `most` and a little more.
fn size(formula: &Formula, most: usize) -> usize {
    match formula {
        Formula::True | Formula::False | Formula::Atom(_) => 1,
        Formula::Not(inner) => 1 + size(inner, most),
        Formula::All(parts) | Formula::Any(parts) => {
            parts.iter().fold(1, |sum, part| if sum > most { sum } else { sum + size(part, most - sum) })
        }
    }
}

/// Always.
pub(super) const ALWAYS: Answer = Answer { tri: Tri::Allow, allowed: Formula::True };

/// Never.
pub(super) const NEVER: Answer = Answer { tri: Tri::Deny, allowed: Formula::False };

/// Depends on what no request tells.
pub(super) fn unknown(what: &str) -> Answer {
    Answer { tri: Tri::Conditional, allowed: Formula::unknown(what) }
}

/// When all are. They may be several requests, so that what rules each other out in one does not here: never more exact than
/// Conditional.
pub(super) fn all<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Answer {
    let mut formulas = Vec::new();
    for answer in answers {
        match answer.tri {
            Tri::Deny => return NEVER,
            Tri::Allow => {}
            Tri::Conditional => formulas.push(answer.allowed.clone()),
        }
    }
    if formulas.is_empty() {
        return ALWAYS;
    }
    Answer { tri: Tri::Conditional, allowed: bounded(Formula::all(formulas)) }
}

/// When any is.
pub(super) fn any<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Answer {
    let mut formulas = Vec::new();
    for answer in answers {
        match answer.tri {
            Tri::Allow => return ALWAYS,
            Tri::Deny => {}
            Tri::Conditional => formulas.push(answer.allowed.clone()),
        }
    }
    if formulas.is_empty() {
        return NEVER;
    }
    Answer { tri: Tri::Conditional, allowed: bounded(Formula::any(formulas)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_residual_that_is_too_large_stays_conditional() {
        let answers: Vec<Answer> = (0..1000).map(|at| unknown(&format!("thing {at}"))).collect();
        let together = all(&answers);
        assert_eq!(together.tri, Tri::Conditional);
        assert_eq!(together.allowed, Formula::unknown("more conditions than can be shown hold"));
    }

    #[test]
    fn what_two_requests_bring_does_not_contradict() {
        let one = unknown("with MFA");
        let other = Answer { tri: Tri::Conditional, allowed: one.allowed.negated() };
        assert_eq!(all([&one, &other]).tri, Tri::Conditional);
    }
}
