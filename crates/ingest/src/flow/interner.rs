//! Numbers for things that come again and again.

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::{BuildHasher, Hash};

/// Numbers things in the order in which they came, from 0.
#[derive(Debug)]
pub(crate) struct Interner<K> {
    keys: Vec<K>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl<K> Default for Interner<K> {
    fn default() -> Self {
        Self { keys: Vec::new(), numbers: HashTable::new(), hasher: DefaultHashBuilder::default() }
    }
}

impl<K: Hash + Eq> Interner<K> {
    /// The thing's number.
    ///
    /// INVARIANT: fewer than 2³² things, because whoever interns begins anew long before.
    pub(crate) fn number(&mut self, key: K) -> u32 {
        let Self { keys, numbers, hasher } = self;
        let hash = |number: &u32| keys.get(*number as usize).map_or(0, |key| hasher.hash_one(key));
        match numbers.entry(hasher.hash_one(&key), |number| keys.get(*number as usize) == Some(&key), hash) {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(free) => {
                let number = u32::try_from(keys.len()).unwrap_or(u32::MAX);
                free.insert(number);
                keys.push(key);
                number
            }
        }
    }

    /// The thing of this number.
    pub(crate) fn get(&self, number: u32) -> Option<&K> {
        self.keys.get(number as usize)
    }

    /// All of them, in order.
    pub(crate) fn all(&self) -> &[K] {
        &self.keys
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.keys.clear();
        self.numbers.clear();
    }
}

/// Texts by number; 0 is the empty one.
#[derive(Debug)]
pub(crate) struct Texts {
    bytes: String,
    ends: Vec<usize>,
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Default for Texts {
    fn default() -> Self {
        let mut texts = Self {
            bytes: String::new(),
            ends: Vec::new(),
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        };
        texts.number("");
        texts
    }
}

impl Texts {
    /// The text's number.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text);
        if let Some(number) = self.numbers.find(hash, |number| self.get(*number) == text) {
            return *number;
        }
        let number = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len());
        let Self { bytes, ends, numbers, hasher } = self;
        numbers.insert_unique(hash, number, |number| hasher.hash_one(slice(bytes, ends, *number)));
        number
    }

    /// The text of this number.
    pub(crate) fn get(&self, number: u32) -> &str {
        slice(&self.bytes, &self.ends, number)
    }

    /// All of them, in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|number| self.get(u32::try_from(number).unwrap_or_default()))
    }

    /// Bytes of all of them, with what it takes to find them.
    pub(crate) fn weight(&self) -> usize {
        self.bytes.len() + self.ends.len() * (size_of::<usize>() + size_of::<u32>())
    }

    /// Forgets all but the empty one.
    pub(crate) fn clear(&mut self) {
        let hasher = self.hasher.clone();
        *self = Self { hasher, ..Self::default() };
    }
}

fn slice<'t>(bytes: &'t str, ends: &[usize], number: u32) -> &'t str {
    let number = number as usize;
    let start = number.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or_default();
    ends.get(number).and_then(|end| bytes.get(start..*end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_numbers() {
        let mut texts = Texts::default();
        let numbers: Vec<u32> = ["", "a", "bc", "a", ""].into_iter().map(|text| texts.number(text)).collect();
        assert_eq!(numbers, [0, 1, 2, 1, 0]);
        assert_eq!(texts.all().collect::<Vec<_>>(), ["", "a", "bc"]);
        texts.clear();
        assert_eq!((texts.number("bc"), texts.get(1), texts.get(2)), (1, "bc", ""));
    }
}
