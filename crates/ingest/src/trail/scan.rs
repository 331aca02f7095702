//! Finds the end of a record, and on the way the ends of its strings, 64 bytes at a time.

use super::mask::{Masks, WIDTH, prefix_xor};

/// A record beyond this is not kept; CloudTrail's largest events have 1 MB.
pub(crate) const LARGEST_RECORD: usize = 4 << 20;

/// Where a string of a record ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StringEnd(u32);

impl StringEnd {
    #[inline]
    pub(crate) fn new(place: usize, odd: bool) -> Self {
        // A record that is kept is no longer than its bound.
        Self((place as u32) << 1 | u32::from(odd))
    }

    /// Place of its closing quote in the record.
    #[inline]
    pub(crate) fn place(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// The place, doubled, and 1 where the string is odd.
    #[inline]
    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    /// Whether it holds escapes, or bytes that must not stand in a string.
    #[inline]
    pub(crate) fn odd(self) -> bool {
        self.0 & 1 == 1
    }
}

/// The state between two blocks of a record.
#[derive(Debug, Default)]
pub(crate) struct Scanner {
    carry: Carry,
    /// the ends of the record's strings so far
    ends: Vec<StringEnd>,
    /// bytes of the record that were looked at
    scanned: usize,
}

#[derive(Debug, Default, Clone, Copy)]
struct Carry {
    /// all bits where the block before ended in a string, or else none
    in_string: u64,
    /// 1 where the block before ended in a backslash that escapes
    escaped: u64,
    /// the string so far is odd
    odd: bool,
    /// brackets that are open
    depth: u32,
}

impl Scanner {
    /// Begins a record.
    pub(crate) fn restart(&mut self) {
        self.carry = Carry::default();
        self.ends.clear();
        self.scanned = 0;
    }

    /// The ends of the record's strings.
    pub(crate) fn ends(&self) -> &[StringEnd] {
        &self.ends
    }

    /// Looks at the next bytes of the record: `Ok` tells how many of them belong to it, where it ends among them; `Err` how many need not
    /// be shown again, where it does not.
    pub(crate) fn scan(&mut self, bytes: &[u8]) -> Result<usize, usize> {
        let (blocks, rest) = bytes.as_chunks::<WIDTH>();
        for (place, block) in blocks.iter().enumerate() {
            if let Some(end) = self.block(block) {
                return Ok(place * WIDTH + end);
            }
        }
        let done = bytes.len() - rest.len();
        self.rest(rest).map(|end| done + end).ok_or(done)
    }

    /// A block that is not full yet is looked at for the record's end alone: it will be shown again.
    fn rest(&mut self, rest: &[u8]) -> Option<usize> {
        let mut block = [0; WIDTH];
        block.get_mut(..rest.len())?.copy_from_slice(rest);
        let (carry, ends, scanned) = (self.carry, self.ends.len(), self.scanned);
        let end = self.block(&block);
        if end.is_none() {
            self.carry = carry;
            self.ends.truncate(ends);
            self.scanned = scanned;
        }
        end
    }

    #[inline]
    fn block(&mut self, block: &[u8; WIDTH]) -> Option<usize> {
        let masks = Masks::of(block);
        let quotes = masks.quotes & !self.escaped(masks.backslashes);
        // From each opening quote to the byte before the closing one.
        let inside = prefix_xor(quotes) ^ self.carry.in_string;
        self.carry.in_string = 0_u64.wrapping_sub(inside >> 63);
        let end = self.end(masks.opening & !inside, masks.closing & !inside);
        let own = end.map_or(u64::MAX, |end| (1 << end) - 1);
        self.strings(quotes & !inside & own, (masks.backslashes | masks.control) & inside);
        self.scanned += WIDTH;
        end.map(|end| end as usize + 1)
    }

    /// The bytes that stand behind a backslash that no other backslash escapes.
    #[inline]
    fn escaped(&mut self, backslashes: u64) -> u64 {
        let mut escaped = self.carry.escaped;
        let mut left = backslashes & !escaped;
        self.carry.escaped = 0;
        while left != 0 {
            let first = left & left.wrapping_neg();
            self.carry.escaped = first >> 63;
            escaped |= first << 1;
            left &= !(first | first << 1);
        }
        escaped
    }

    /// The place of the bracket that closes the first one.
    #[inline]
    fn end(&mut self, opening: u64, closing: u64) -> Option<u32> {
        let depth = &mut self.carry.depth;
        if closing == 0 && *depth > 0 {
            // Most blocks have no bracket at all, and to count bits takes long.
            *depth += if opening == 0 { 0 } else { opening.count_ones() };
            return None;
        }
        if *depth > closing.count_ones() {
            *depth = *depth + opening.count_ones() - closing.count_ones();
            return None;
        }
        let mut left = opening | closing;
        while left != 0 {
            let place = left.trailing_zeros();
            if opening >> place & 1 == 1 {
                *depth += 1;
            } else {
                *depth = depth.saturating_sub(1);
                if *depth == 0 {
                    return Some(place);
                }
            }
            left &= left - 1;
        }
        None
    }

    #[inline]
    fn strings(&mut self, mut ends: u64, odd: u64) {
        // Each string takes two bytes at least: more of them are in no record that is kept.
        if self.ends.len() > LARGEST_RECORD / 2 {
            return;
        }
        if odd == 0 && !self.carry.odd {
            while ends != 0 {
                self.ends.push(StringEnd::new(self.scanned + ends.trailing_zeros() as usize, false));
                ends &= ends - 1;
            }
        } else {
            self.odd_strings(ends, odd);
        }
    }

    #[cold]
    fn odd_strings(&mut self, mut ends: u64, mut odd: u64) {
        while ends != 0 {
            let place = ends.trailing_zeros();
            let below = (1_u64 << place) - 1;
            let is_odd = self.carry.odd || odd & below != 0;
            self.ends.push(StringEnd::new(self.scanned + place as usize, is_odd));
            self.carry.odd = false;
            odd &= !below;
            ends &= ends - 1;
        }
        self.carry.odd |= odd != 0;
    }
}
