//! Lines read without looking at each word: texts are compared with those that came before, numbers and addresses are parsed many digits
//! at once. A line that is unusual in any way is left to the exact reading, which decides what it is.

use super::address::{self, Spellings, address};
use super::ends;
use super::group::{End, Ends, HOUR, Key, Parts};
use super::groups::Entry;
use super::memo::{Meaning, Memo, ROOT};
use super::number::{ODD, number, packed};
use super::plan::{Address, Number, Plan, Step};
use super::record::milliseconds;
use super::rollup::Rollup;
use std::net::IpAddr;
use wide::u8x16;

/// Bytes in which all numbers that stand side by side must end.
const WINDOW: usize = 64;
/// Digits that are parsed at once.
const EIGHT: usize = 8;
/// Bytes before the window that are looked at: those before the end of a number of one digit.
const BEFORE: usize = 2 * EIGHT;
/// Bytes that are compared at once.
const LANE: usize = 16;

/// What was parsed of a line.
#[derive(Debug, Clone, Copy, Default)]
struct Values {
    numbers: [u64; Number::COUNT],
    ends: [End; 4],
}

impl Plan {
    /// Reads the line that begins at this place, and finds where the next one does; `None` where it must be read word by word.
    #[inline(always)]
    pub(crate) fn read(
        &self,
        text: &[u8],
        start: usize,
        (memo, spellings): (&mut Memo, &mut Spellings),
        rollup: &mut Rollup,
    ) -> Option<(Entry, usize)> {
        if !self.is_never_header && !text.get(start)?.is_ascii_digit() {
            return None;
        }
        let (mut at, mut node, mut values) = (start, ROOT, Values::default());
        for (step, end) in &self.steps {
            match step {
                Step::Texts(words) => (node, at) = memo.find(node, text, at, *words)?,
                Step::Numbers(numbers) => at = values.numbers(numbers, text, at, *end)?,
                Step::Address(which) => at = values.address(*which, text, at, *end, (spellings, rollup))?,
                Step::Unknown => at = word(text, at, *end)?,
            }
        }
        // A text that ends the line has its line feed in it, one that does not has none.
        let is_whole = text.get(at.wrapping_sub(1)) == Some(&b'\n');
        let entry = self.entry(&values, memo.meaning(node)?)?;
        is_whole.then_some((entry, at))
    }

    #[inline]
    fn entry(&self, values: &Values, meaning: Meaning) -> Option<Entry> {
        let [source_port, destination_port, protocol, tcp_flags, packets, bytes, start, end] = values.numbers;
        let [source, destination, packet_source, packet_destination] = values.ends;
        let (source_port, destination_port) = (u16::try_from(source_port).ok()?, u16::try_from(destination_port).ok()?);
        let (protocol, tcp_flags) = (u8::try_from(protocol).ok()?, u8::try_from(tcp_flags).ok()?);
        let end = milliseconds(i64::try_from(end).ok()?)?;
        let first = if self.has_start { milliseconds(i64::try_from(start).ok()?)? } else { end };
        let from_client = ends::source_is_client(protocol, source_port, destination_port, tcp_flags);
        let ports =
            [source_port, destination_port].map(|port| port & u16::from(ends::has_ports(protocol)).wrapping_neg());
        let server_port = ports.get(usize::from(from_client)).copied().unwrap_or_default();
        let own = |own: End, end: End| if own == end { End::NONE } else { own };
        let there = Ends {
            client: source,
            server: destination,
            pkt_client: own(packet_source, source),
            pkt_server: own(packet_destination, destination),
        };
        // Looked up, not branched on.
        let side = |sides: [u32; 2]| sides.get(usize::from(!from_client)).copied().unwrap_or_default();
        let parts = Parts {
            ends: there.turned(!from_client),
            context: side(meaning.contexts),
            class: side(meaning.classes),
            hour: u32::try_from(first / HOUR).ok()?,
            server_port,
            protocol,
            from_client,
        };
        let last = if self.has_end { end.max(first) } else { first };
        Some(Entry { key: Key::new(&parts), packets, bytes, records: 1, first, last, object: 0, line: 0 })
    }
}

impl Values {
    /// Parses numbers that stand side by side.
    #[inline(always)]
    fn numbers(&mut self, numbers: &[Number], text: &[u8], start: usize, last: u8) -> Option<usize> {
        let window: &[u8; BEFORE + WINDOW] = text.get(start.checked_sub(BEFORE)?..)?.first_chunk()?;
        let ahead: &[u8; WINDOW] = window.last_chunk()?;
        let mut ends = if numbers.len() > 1 { ends(ahead, last) } else { places(ahead.first_chunk::<LANE>()?, last) };
        let (mut begin, mut odd) = (0, 0);
        for which in numbers {
            // Where there is none, the length below is none.
            let end = ends.trailing_zeros() as usize % WINDOW;
            ends &= ends.wrapping_sub(1);
            let length = end.wrapping_sub(begin);
            let digits = |from: usize| window.get(from..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
            let value = if length.wrapping_sub(1) < EIGHT {
                let (value, signs) = packed(digits(end + EIGHT)?, length);
                odd |= signs;
                value
            } else if length.wrapping_sub(EIGHT + 1) < EIGHT {
                let (low, low_signs) = packed(digits(end + EIGHT)?, EIGHT);
                let (high, high_signs) = packed(digits(end)?, length - EIGHT);
                odd |= low_signs | high_signs;
                high * 100_000_000 + low
            } else {
                return self.odd_numbers(numbers, text, start, last);
            };
            if let Some(number) = self.numbers.get_mut(*which as usize) {
                *number = value;
            }
            begin = end + 1;
        }
        if odd & ODD != 0 {
            return self.odd_numbers(numbers, text, start, last);
        }
        Some(start + begin)
    }

    /// Likewise where one of them lacks.
    #[cold]
    fn odd_numbers(&mut self, numbers: &[Number], text: &[u8], start: usize, last: u8) -> Option<usize> {
        let mut ends = ends(text.get(start..)?.first_chunk()?, last);
        let mut at = start;
        for which in numbers {
            if ends == 0 {
                return None;
            }
            let end = start + ends.trailing_zeros() as usize;
            ends &= ends.wrapping_sub(1);
            let lacks = || (!which.is_time() && text.get(at..end)? == b"-").then_some(0);
            let value = number(text, at, end).or_else(lacks)?;
            if let Some(number) = self.numbers.get_mut(*which as usize) {
                *number = value;
            }
            at = end + 1;
        }
        Some(at)
    }

    /// Parses an address.
    #[inline(always)]
    fn address(
        &mut self,
        which: Address,
        text: &[u8],
        at: usize,
        last: u8,
        (spellings, rollup): (&mut Spellings, &mut Rollup),
    ) -> Option<usize> {
        let window = text.get(at..)?.first_chunk::<{ address::WINDOW }>()?;
        let (end, found) = match spellings.read(window, last) {
            Some((bits, length)) => (at + length, End::v4(bits)),
            None => other_address(text, at, last, which.may_lack(), rollup)?,
        };
        if let Some(place) = self.ends.get_mut(which as usize) {
            *place = found;
        }
        Some(end + 1)
    }
}

impl Number {
    /// Whether it is a time, which must not lack.
    #[inline]
    fn is_time(self) -> bool {
        matches!(self, Self::Start | Self::End)
    }
}

impl Address {
    /// Whether it may lack: the packets' own addresses may.
    fn may_lack(self) -> bool {
        matches!(self, Self::PacketSource | Self::PacketDestination)
    }
}

/// An address of IPv6, or, where it may lack, none.
#[cold]
fn other_address(text: &[u8], at: usize, last: u8, may_lack: bool, rollup: &mut Rollup) -> Option<(usize, End)> {
    let word = text.get(at..)?.split(|byte| *byte == last).next()?;
    let end = at + word.len();
    if may_lack && word == b"-" {
        return Some((end, End::NONE));
    }
    let address = address(std::str::from_utf8(word).ok()?).filter(IpAddr::is_ipv6)?;
    Some((end, rollup.end(address)))
}

/// The end of a word of printable ASCII: no other separator, nothing that may not be UTF-8.
#[inline]
fn word(text: &[u8], at: usize, last: u8) -> Option<usize> {
    let rest = text.get(at..)?;
    let length = rest.iter().position(|byte| !byte.is_ascii_graphic())?;
    (length > 0 && rest.get(length) == Some(&last)).then_some(at + length + 1)
}

/// Where words end before `last`, which ends the last one of the line, or otherwise any of them.
#[inline(always)]
fn ends(window: &[u8; WINDOW], last: u8) -> u64 {
    let spaces = places(window, b' ');
    if last == b' ' {
        return spaces;
    }
    // The first line feed, and none but the spaces before it.
    let newlines = places(window, last);
    let newline = newlines & newlines.wrapping_neg();
    spaces & newline.wrapping_sub(1) | newline
}

/// Where these bytes, 64 at most, are this one.
#[inline(always)]
fn places(bytes: &[u8], byte: u8) -> u64 {
    let (lanes, _) = bytes.as_chunks::<LANE>();
    let place = |(place, lane): (usize, &[u8; LANE])| {
        u64::from(u8x16::new(*lane).simd_eq(u8x16::splat(byte)).to_bitmask()) << (LANE * place)
    };
    lanes.iter().enumerate().map(place).fold(0, |found, places| found | places)
}

/// Whether the line, without its end, has nothing but so many words of printable ASCII with one space between them: then the exact
/// reading sees the same words.
pub(crate) fn is_plain(line: &[u8], words: usize) -> bool {
    let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_graphic);
    line.split(|byte| *byte == b' ').all(is_word) && line.split(|byte| *byte == b' ').count() == words
}
