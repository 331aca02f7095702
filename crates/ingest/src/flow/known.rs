//! What a thread knows of the format that it reads, from one object to the next.

use super::address::Spellings;
use super::columns::Columns;
use super::fast::is_plain;
use super::groups::Entry;
use super::memo::{Meaning, Memo};
use super::plan::Plan;
use super::rollup::Rollup;

/// A format with all that makes reading it fast.
#[derive(Debug)]
pub(crate) struct Known {
    columns: Columns,
    /// whether a header named the columns; without one, less is accepted
    named: bool,
    /// the region of records that name none
    region: String,
    plan: Option<Plan>,
    memo: Memo,
    spellings: Spellings,
    /// the rollup's age that the memo's numbers are of
    age: u64,
}

impl Known {
    /// Nothing is known of this format.
    pub(crate) fn new(columns: Columns, named: bool, region: &str) -> Self {
        Self {
            plan: Plan::of(&columns),
            columns,
            named,
            region: region.to_owned(),
            memo: Memo::new(),
            spellings: Spellings::default(),
            age: 0,
        }
    }

    /// Whether it is of this format.
    pub(crate) fn is_of(&self, columns: &Columns, named: bool, region: &str) -> bool {
        self.columns == *columns && self.named == named && self.region == region
    }

    /// The columns.
    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Whether a header named the columns.
    pub(crate) fn is_named(&self) -> bool {
        self.named
    }

    /// Forgets what a younger rollup does not know.
    pub(crate) fn follow(&mut self, rollup: &Rollup) {
        if self.age != rollup.age() {
            self.age = rollup.age();
            self.memo.clear();
        }
    }

    /// Reads the line that begins at this place, and finds where the next one does; `None` where it must be read word by word.
    #[inline(always)]
    pub(crate) fn read(&mut self, text: &[u8], at: usize, rollup: &mut Rollup) -> Option<(Entry, usize)> {
        self.plan.as_ref()?.read(text, at, (&mut self.memo, &mut self.spellings), rollup)
    }

    /// Keeps what the texts of a line, given with its line feed, mean, now that it was read word by word.
    pub(crate) fn keep(&mut self, line: &[u8], meaning: Meaning) {
        let Some(plan) = &self.plan else {
            return;
        };
        if line.strip_suffix(b"\n").is_some_and(|words| is_plain(words, self.columns.len())) {
            self.memo.keep(plan.texts(line), meaning);
        }
    }
}
