//! Things by number: what is asked millions of times is compared as a number, not as a text.

use hashbrown::HashMap;
use std::hash::Hash;
use std::ops::Index;

/// No entry.
pub(super) const NONE: u32 = u32::MAX;

/// How many answers to questions about single principals are remembered: beyond that they are found out anew, so that
/// principals times rules never stand in memory.
pub(super) const MOST_KEPT: usize = 500_000;

/// Things by the number that [`Table::push`] gave them.
#[derive(Debug)]
pub(super) struct Table<T>(Vec<T>);

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Table<T> {
    pub(super) fn push(&mut self, value: T) -> u32 {
        self.0.push(value);
        u32::try_from(self.0.len() - 1).unwrap_or(NONE)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    /// The entries of these numbers.
    pub(super) fn range(&self, from: u32, to: u32) -> &[T] {
        self.0.get(from as usize..to as usize).unwrap_or_default()
    }
}

impl<T> Index<u32> for Table<T> {
    type Output = T;

    // INVARIANT: a number is used with the table that gave it.
    #[expect(clippy::indexing_slicing, reason = "numbers come from `push`")]
    fn index(&self, number: u32) -> &T {
        &self.0[number as usize]
    }
}

/// Equal things under one number.
#[derive(Debug)]
pub(super) struct Pool<T> {
    values: Table<T>,
    numbers: HashMap<T, u32>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { values: Table::default(), numbers: HashMap::new() }
    }
}

impl<T: Clone + Eq + Hash> Pool<T> {
    pub(super) fn number(&mut self, value: T) -> u32 {
        match self.numbers.get(&value) {
            Some(number) => *number,
            None => {
                let number = self.values.push(value.clone());
                self.numbers.insert(value, number);
                number
            }
        }
    }

    /// The things by number, the way to numbers forgotten.
    pub(super) fn into_table(self) -> Table<T> {
        self.values
    }
}

impl<T> Index<u32> for Pool<T> {
    type Output = T;

    fn index(&self, number: u32) -> &T {
        &self.values[number]
    }
}
