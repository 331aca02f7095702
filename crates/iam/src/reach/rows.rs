//! Lists of who may do something, and how two of them go together.

use super::residual;
use crate::direct::Answer;
use crate::solve::Tri;
use std::cmp::Ordering;

/// Principals in order, each once; whoever is not in it is denied.
pub(super) type Rows = Vec<(usize, Answer)>;

/// Who is in both.
pub(super) fn both(one: &Rows, other: &Rows) -> Rows {
    let mut out = Rows::new();
    let mut rest = other.iter().peekable();
    for (principal, own) in one {
        while rest.next_if(|(next, _)| next < principal).is_some() {}
        if let Some((_, answer)) = rest.next_if(|(next, _)| next == principal) {
            out.push((*principal, residual::all([own, answer])));
        }
    }
    out
}

/// Who is in either.
pub(super) fn either(one: &Rows, other: &Rows) -> Rows {
    let mut out = Rows::with_capacity(one.len().max(other.len()));
    let (mut left, mut right) = (one.iter().peekable(), other.iter().peekable());
    loop {
        let order = match (left.peek(), right.peek()) {
            (Some((left, _)), Some((right, _))) => left.cmp(right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return out,
        };
        let row = match order {
            Ordering::Less => left.next().cloned(),
            Ordering::Greater => right.next().cloned(),
            Ordering::Equal => {
                left.next().zip(right.next()).map(|((at, one), (_, other))| (*at, residual::any([one, other])))
            }
        };
        out.extend(row);
    }
}

/// The rows, each with what hangs over all of them.
pub(super) fn with(rows: &Rows, answer: &Answer) -> Rows {
    match answer.tri {
        Tri::Allow => rows.clone(),
        Tri::Deny => Rows::new(),
        Tri::Conditional => rows.iter().map(|(at, own)| (*at, residual::all([own, answer]))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use residual::{ALWAYS, unknown};

    #[test]
    fn two_lists() {
        let one: Rows = vec![(1, ALWAYS), (3, unknown("a")), (4, ALWAYS)];
        let other: Rows = vec![(2, ALWAYS), (3, unknown("b")), (4, unknown("c"))];
        let shown = |rows: Rows| rows.into_iter().map(|(at, answer)| (at, answer.tri)).collect::<Vec<_>>();
        let (allow, conditional) = (Tri::Allow, Tri::Conditional);
        assert_eq!(shown(both(&one, &other)), [(3, conditional), (4, conditional)]);
        assert_eq!(shown(either(&one, &other)), [(1, allow), (2, allow), (3, conditional), (4, allow)]);
        assert_eq!(shown(with(&one, &unknown("d"))), [(1, conditional), (3, conditional), (4, conditional)]);
    }
}
