//! Where the findings stand that have an account, a region, a check or a text: a filter that nobody asked before must not look at all of them.

use super::finding::{FindingRow, Text};
use crate::serve::page::Rows;
use memchr::memmem::Finder;
use std::collections::{HashMap, HashSet};

/// Ends the text of a row; no UTF-8 has it.
const END: u8 = 0xff;

/// Fewer rows than these are looked at one by one.
const FEW: usize = 2_000;

/// Places of rows, each list in order.
type Places = HashMap<Text, Vec<u32>>;

/// What is looked for, where anything is.
#[derive(Default)]
pub(crate) struct Wanted<'w> {
    pub(crate) checks: Option<&'w HashSet<String>>,
    pub(crate) account: Option<&'w str>,
    pub(crate) region: Option<&'w str>,
    /// in lower case
    pub(crate) text: Option<&'w Finder<'static>>,
}

/// Where findings stand.
#[derive(Debug)]
pub(crate) struct Index {
    accounts: Places,
    regions: Places,
    checks: Places,
    texts: Texts,
    rows: u32,
}

impl Index {
    /// Of these rows.
    pub(crate) fn new(rows: &Rows<FindingRow>) -> Self {
        let mut index = Self {
            accounts: Places::new(),
            regions: Places::new(),
            checks: Places::new(),
            texts: Texts::default(),
            rows: 0,
        };
        for (place, row) in (0_u32..).zip(rows.iter()) {
            put(&mut index.accounts, &row.account_id, place);
            put(&mut index.regions, &row.region, place);
            put(&mut index.checks, &row.check_id, place);
            index.texts.push([&*row.resource, &*row.resource_title, &*row.check_id, &*row.title]);
            index.rows = place + 1;
        }
        index
    }

    /// The places of the rows that have what is wanted, in order.
    pub(crate) fn places(&self, wanted: &Wanted<'_>) -> Vec<u32> {
        let mut found: Option<Vec<u32>> = None;
        for of in
            [self.of(&self.accounts, wanted.account), self.of(&self.regions, wanted.region), self.of_checks(wanted)]
        {
            found = match (found, of) {
                (Some(before), Some(now)) => Some(both(&before, &now)),
                (found, of) => found.or(of),
            };
        }
        match (found, wanted.text) {
            (None, None) => (0..self.rows).collect(),
            (None, Some(text)) => self.texts.places(text),
            (Some(found), None) => found,
            (Some(found), Some(text)) if found.len() > FEW => both(&found, &self.texts.places(text)),
            (Some(mut found), Some(text)) => {
                found.retain(|place| self.texts.has(*place, text));
                found
            }
        }
    }

    fn of(&self, places: &Places, key: Option<&str>) -> Option<Vec<u32>> {
        key.map(|key| places.get(key).cloned().unwrap_or_default())
    }

    fn of_checks(&self, wanted: &Wanted<'_>) -> Option<Vec<u32>> {
        let lists = wanted.checks?.iter().filter_map(|check| self.checks.get(check.as_str()));
        let mut all: Vec<u32> = lists.flatten().copied().collect();
        all.sort_unstable();
        Some(all)
    }
}

fn put(places: &mut Places, key: &Text, place: u32) {
    match places.get_mut(&**key) {
        Some(list) => list.push(place),
        None => drop(places.insert(key.clone(), vec![place])),
    }
}

/// What is in both lists, which are in order.
fn both(a: &[u32], b: &[u32]) -> Vec<u32> {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    let mut found = Vec::new();
    while let (Some(left), Some(right)) = (a.peek(), b.peek()) {
        match left.cmp(right) {
            std::cmp::Ordering::Less => drop(a.next()),
            std::cmp::Ordering::Greater => drop(b.next()),
            std::cmp::Ordering::Equal => {
                found.push(**left);
                (_, _) = (a.next(), b.next());
            }
        }
    }
    found
}

/// The names of all rows, one behind the other, so that a text is looked for in one go.
#[derive(Debug, Default)]
struct Texts {
    bytes: Vec<u8>,
    /// behind the last byte of each row
    ends: Vec<usize>,
}

impl Texts {
    fn push(&mut self, names: [&str; 4]) {
        for name in names {
            self.bytes.extend_from_slice(name.to_lowercase().as_bytes());
            self.bytes.push(b'\n');
        }
        self.bytes.push(END);
        self.ends.push(self.bytes.len());
    }

    fn has(&self, place: u32, text: &Finder<'_>) -> bool {
        let row = usize::try_from(place).unwrap_or(usize::MAX);
        let begin = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let names = self.ends.get(row).and_then(|end| self.bytes.get(begin..*end));
        names.is_some_and(|names| text.find(names).is_some())
    }

    fn places(&self, text: &Finder<'_>) -> Vec<u32> {
        let (mut found, mut from) = (Vec::new(), 0);
        let mut ends = (0_u32..).zip(&self.ends);
        while let Some(at) = self.bytes.get(from..).and_then(|rest| text.find(rest)) {
            // The row that it stands in, and on behind it.
            let Some((place, end)) = ends.find(|(_, end)| **end > from + at) else { break };
            found.push(place);
            from = *end;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(names: &[String]) -> Texts {
        let mut texts = Texts::default();
        names.iter().for_each(|name| texts.push([name, "", "", ""]));
        texts
    }

    proptest! {
        /// As one looks who looks at each.
        #[test]
        fn a_text_is_found_where_it_is(names in prop::collection::vec("[abAB]{0,4}", 0..20), wanted in "[ab]{1,2}") {
            let (texts, finder) = (texts(&names), Finder::new(wanted.as_bytes()).into_owned());
            let one_by_one: Vec<u32> =
                (0..).zip(&names).filter(|(_, name)| name.to_lowercase().contains(&wanted)).map(|(place, _)| place).collect();
            prop_assert_eq!(&texts.places(&finder), &one_by_one);
            let has: Vec<u32> = (0..names.len() as u32).filter(|place| texts.has(*place, &finder)).collect();
            prop_assert_eq!(has, one_by_one);
        }

        #[test]
        fn what_is_in_both_lists_is_found(a: std::collections::BTreeSet<u32>, b: std::collections::BTreeSet<u32>) {
            let (left, right): (Vec<u32>, Vec<u32>) = (a.iter().copied().collect(), b.iter().copied().collect());
            prop_assert_eq!(both(&left, &right), a.intersection(&b).copied().collect::<Vec<u32>>());
        }
    }

    #[test]
    fn a_text_does_not_reach_into_the_next_row() {
        let texts = texts(&["one".to_owned(), "two".to_owned()]);
        assert!(
            texts.places(&Finder::new("onetwo")).is_empty() && texts.places(&Finder::new("one\n\n\n\ntwo")).is_empty()
        );
    }
}
