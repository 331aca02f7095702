//! Resource control policies: only what they deny tells, and only of the columns of their account.

use super::bits::Bits;
use super::frame::Frame;
use super::frame::NO_COLUMN;
use super::row::{Live, Row};

/// What resource control policies of accounts say.
#[derive(Debug, Default)]
pub(super) struct Control {
    /// Denied whatever is open.
    pub(super) deny: Bits,
    /// Denied when a formula holds: formula and span.
    pub(super) open: Vec<(u32, u32)>,
    /// Rules to be asked for each principal, and where.
    pub(super) live: Vec<(Live, u32)>,
    /// Where the policies could not be read: formula and span.
    pub(super) gates: Vec<(u32, u32)>,
}

impl Control {
    /// Adds what one level says of the columns of its account.
    pub(super) fn add(&mut self, row: &Row, span: u32, frame: &mut Frame<'_>) {
        let mut deny = row.deny.clone();
        let mut own = Bits::default();
        frame.span(span).add_to(&mut own);
        deny.keep(&own);
        self.deny.add(&deny);
        for open in row.open.iter().filter(|open| open.denies) {
            let both = frame.within(open.span, span);
            if both != NO_COLUMN {
                self.open.push((open.formula, both));
            }
        }
        self.live.extend(row.live.iter().filter(|live| live.rule.denies).map(|live| (*live, span)));
    }
}
