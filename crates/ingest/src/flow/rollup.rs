//! The rollup: records of one hour that agree in everything but the client's port become one row.

use super::group::{Class, Context, End, Key, Parts};
use super::groups::{Entry, Groups};
use super::interner::{Interner, Texts};
use super::write;
use crate::Part;
use std::net::{IpAddr, Ipv6Addr};

/// Bytes of texts, contexts and addresses that a rollup may hold for each row that it may hold.
const BYTES_A_ROW: usize = 64;

/// Rows under construction. The first record of a row is its evidence.
///
/// INVARIANT: rows come out in the order in which their first record went in, and the sums over all rows are the sums over all that
/// was added. What the rows are does not depend on how the records were divided into objects, rollups and times of taking, once
/// they are summed again.
#[derive(Debug, Default)]
pub(crate) struct Rollup {
    pub(crate) groups: Groups,
    pub(crate) texts: Texts,
    pub(crate) contexts: Interner<Context<u32>>,
    pub(crate) classes: Interner<Class<u32>>,
    /// of IPv6
    pub(crate) addresses: Interner<Ipv6Addr>,
    age: u64,
}

impl Rollup {
    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.groups.len()
    }

    /// Adds the rows of another rollup, such as that of another thread, which is empty then.
    pub(crate) fn merge(&mut self, other: &mut Self) {
        let texts: Vec<u32> = other.texts.all().map(|text| self.texts.number(text)).collect();
        let text = |number: u32| texts.get(number as usize).copied().unwrap_or_default();
        let contexts: Vec<u32> =
            other.contexts.all().iter().map(|context| self.contexts.number(context.map(text))).collect();
        let classes: Vec<u32> = other.classes.all().iter().map(|class| self.classes.number(class.map(text))).collect();
        let number = |numbers: &[u32], number: u32| numbers.get(number as usize).copied().unwrap_or_default();
        let mut entries = Vec::new();
        let mut rows = other.groups.entries(0..other.groups.len());
        loop {
            entries.clear();
            entries.extend(rows.by_ref().take(super::groups::TOGETHER).map(|entry| {
                let parts = entry.key.parts();
                let end = |end: End| end.address(&other.addresses).map_or(End::NONE, |address| self.end(address));
                let key = Key::new(&Parts {
                    ends: parts.ends.map(end),
                    context: number(&contexts, parts.context),
                    class: number(&classes, parts.class),
                    ..parts
                });
                Entry { key, object: text(entry.object), ..entry }
            }));
            if entries.is_empty() {
                break;
            }
            self.groups.add(&entries);
        }
        drop(rows);
        other.clear();
    }

    /// Gives the rows to the sink, in parts of bounded size, and begins anew.
    pub(crate) fn take(&mut self, sink: &mut dyn FnMut(Part)) {
        write::parts(self.len()).for_each(|rows| sink(write::part(self, rows)));
        self.clear();
    }

    /// How often it began anew. Numbers that it gave out before mean nothing afterwards.
    pub(crate) fn age(&self) -> u64 {
        self.age
    }

    /// Whether it holds as much as it may.
    pub(crate) fn is_full(&self, rows: usize) -> bool {
        let contexts = self.contexts.len() * 2 * size_of::<Context<u32>>();
        let classes = self.classes.len() * 2 * size_of::<Class<u32>>();
        let addresses = self.addresses.len() * 2 * size_of::<Ipv6Addr>();
        let weight = self.texts.weight() + contexts + classes + addresses;
        self.len() >= rows || weight >= rows.saturating_mul(BYTES_A_ROW)
    }

    /// The number of an object or any other text.
    pub(crate) fn text(&mut self, text: &str) -> u32 {
        self.texts.number(text)
    }

    /// The number of a context.
    pub(crate) fn context(&mut self, context: &Context<&str>) -> u32 {
        let numbers = context.map(|text| self.texts.number(text));
        self.contexts.number(numbers)
    }

    /// The number of a class.
    pub(crate) fn class(&mut self, class: &Class<&str>) -> u32 {
        let numbers = class.map(|text| self.texts.number(text));
        self.classes.number(numbers)
    }

    /// The end of an address.
    pub(crate) fn end(&mut self, address: IpAddr) -> End {
        End::of(address, &mut self.addresses)
    }

    /// Adds records.
    pub(crate) fn add(&mut self, entries: &[Entry]) {
        self.groups.add(entries);
    }

    fn clear(&mut self) {
        self.groups.clear();
        self.texts.clear();
        self.contexts.clear();
        self.classes.clear();
        self.addresses.clear();
        self.age += 1;
    }
}
