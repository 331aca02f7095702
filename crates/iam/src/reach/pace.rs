//! How many questions to ask at once: the more the cheaper, as long as their answers fit in memory.

/// Answers that are held at once, about: some 40 bytes each.
const ROWS: usize = 2_000_000;

const LEAST: usize = 16;
const MOST: usize = 16_384;

/// A pace, which follows how many answers there are.
pub(super) struct Pace(usize);

impl Pace {
    /// To begin with as if everybody may everything.
    pub(super) fn new(principals: usize) -> Self {
        Self((ROWS / principals.max(1)).clamp(LEAST, MOST))
    }

    /// The next of `rest` to ask about.
    pub(super) fn next<'t, T>(&self, rest: &mut &'t [T]) -> Option<&'t [T]> {
        let (next, later) = rest.split_at(self.0.min(rest.len()));
        *rest = later;
        (!next.is_empty()).then_some(next)
    }

    /// That so many targets had so many answers.
    pub(super) fn saw(&mut self, targets: usize, rows: usize) {
        let each = rows.div_ceil(targets.max(1)).max(1);
        self.0 = (ROWS / each).clamp(LEAST, self.0.saturating_mul(4).clamp(LEAST, MOST));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_answers_let_it_grow_and_many_shrink_it() {
        let all = [(); 5000];
        let (mut pace, mut rest) = (Pace::new(10_000), &all[..]);
        assert_eq!(pace.next(&mut rest).map(<[()]>::len), Some(200));
        pace.saw(200, 100);
        assert_eq!(pace.next(&mut rest).map(<[()]>::len), Some(800));
        pace.saw(800, 8_000_000);
        assert_eq!(pace.next(&mut rest).map(<[()]>::len), Some(200));
        assert_eq!(rest.len(), 3800);
    }
}
