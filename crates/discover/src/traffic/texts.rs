//! Texts by number: rows come by the million, what they name by the thousand.

use std::collections::HashMap;

/// Each text once. Number 0 is the empty text.
#[derive(Debug)]
pub(crate) struct Texts {
    all: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u32>,
}

impl Default for Texts {
    fn default() -> Self {
        Self { all: vec!["".into()], numbers: HashMap::from([("".into(), 0)]) }
    }
}

impl Texts {
    /// The text's number, new or old.
    pub(crate) fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }

    /// The number of a text that is there; 0 for others.
    pub(crate) fn known(&self, text: &str) -> u32 {
        self.numbers.get(text).copied().unwrap_or_default()
    }

    /// The one whose text comes later: the same of two in every run, and any text rather than none.
    pub(crate) fn later(&self, one: u32, other: u32) -> u32 {
        if one == other || self.text(one) >= self.text(other) { one } else { other }
    }

    pub(crate) fn text(&self, number: u32) -> &str {
        self.all.get(number as usize).map_or("", |text| text)
    }
}
