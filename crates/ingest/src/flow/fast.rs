//! Lines read without looking at each word: texts are compared with those that came before, numbers and addresses are parsed many digits
//! at once. A line that is unusual in any way is left to the exact reading, which decides what it is.

use super::address::{self, address, ipv4};
use super::ends;
use super::group::{End, Ends, HOUR, Key, Parts};
use super::groups::Entry;
use super::memo::{Meaning, Memo, ROOT, same};
use super::number::{Clock, number};
use super::plan::{Address, Number, Plan, Step};
use super::record::milliseconds;
use super::rollup::Rollup;
use std::net::IpAddr;
use wide::u8x16;

/// Bytes in which all numbers that stand side by side must end.
const WINDOW: usize = 64;

/// What was parsed of a line.
#[derive(Debug, Clone, Copy, Default)]
struct Values {
    numbers: [u64; Number::COUNT],
    ends: [End; 4],
    /// where the texts of the source and the destination lie
    texts: [(usize, usize); 2],
}

impl Plan {
    /// Reads the line that begins at this place, and finds where the next one does; `None` where it must be read word by word.
    #[inline]
    pub(crate) fn read(
        &self,
        text: &[u8],
        start: usize,
        (memo, clock): (&mut Memo, &mut Clock),
        rollup: &mut Rollup,
    ) -> Option<(Entry, usize)> {
        if !self.is_never_header && !text.get(start)?.is_ascii_digit() {
            return None;
        }
        let (mut at, mut node, mut values) = (start, ROOT, Values::default());
        let last = self.steps.len().wrapping_sub(1);
        for (place, step) in self.steps.iter().enumerate() {
            let end = if place == last { b'\n' } else { b' ' };
            match step {
                Step::Texts(words) => (node, at) = memo.find(node, text, at, *words)?,
                Step::Numbers(numbers) => at = values.numbers(numbers, text, at, end, clock)?,
                Step::Address(which) => at = values.address(*which, text, at, end, rollup)?,
                Step::Unknown => at = word(text, at, end)?,
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
    #[inline]
    fn numbers(&mut self, numbers: &[Number], text: &[u8], start: usize, last: u8, clock: &mut Clock) -> Option<usize> {
        let window: &[u8; WINDOW] = text.get(start..)?.first_chunk()?;
        let mut ends = places(window, b' ');
        if last == b'\n' {
            // The first line feed, and none but the spaces before it.
            let newlines = places(window, b'\n');
            let newline = newlines & newlines.wrapping_neg();
            ends = ends & newline.wrapping_sub(1) | newline;
        }
        let mut at = start;
        for which in numbers {
            if ends == 0 {
                return None;
            }
            let end = start + ends.trailing_zeros() as usize;
            ends &= ends.wrapping_sub(1);
            let value = if which.is_time() {
                clock.read(text, at, end)?
            } else {
                number(text, at, end).or_else(|| (text.get(at..end)? == b"-").then_some(0))?
            };
            if let Some(number) = self.numbers.get_mut(*which as usize) {
                *number = value;
            }
            at = end + 1;
        }
        Some(at)
    }

    /// Parses an address.
    #[inline]
    fn address(&mut self, which: Address, text: &[u8], at: usize, last: u8, rollup: &mut Rollup) -> Option<usize> {
        // Most packets have the addresses of the ends: those are parsed already.
        let end_of = match which {
            Address::PacketSource => Some(0),
            Address::PacketDestination => Some(1),
            _ => None,
        };
        if let Some((from, to)) = end_of.and_then(|of: usize| self.texts.get(of)).copied()
            && from < to
        {
            let end = at + (to - from);
            if text.get(end) == Some(&last) && same(text.get(from..to)?, text.get(at..end)?) {
                return Some(end + 1);
            }
        }
        let window = text.get(at..)?.first_chunk::<{ address::WINDOW }>()?;
        let ends = u8x16::new(*window.first_chunk()?).simd_eq(u8x16::splat(last)).to_bitmask();
        let length = ends.trailing_zeros() as usize;
        let (end, found) = match ipv4(window, length) {
            Some(bits) => (at + length, End::v4(bits)),
            None => other_address(text, at, last, end_of.is_some(), rollup)?,
        };
        if let Some(place) = self.ends.get_mut(which as usize) {
            *place = found;
        }
        if let Some(place) = self.texts.get_mut(which as usize) {
            *place = (at, end);
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

/// Where the window has this byte.
#[inline]
fn places(window: &[u8; WINDOW], byte: u8) -> u64 {
    let (quarters, _) = window.as_chunks::<16>();
    let place = |(place, quarter): (usize, &[u8; 16])| {
        u64::from(u8x16::new(*quarter).simd_eq(u8x16::splat(byte)).to_bitmask()) << (16 * place)
    };
    quarters.iter().enumerate().map(place).fold(0, |found, places| found | places)
}

/// Whether the line, without its end, has nothing but so many words of printable ASCII with one space between them: then the exact
/// reading sees the same words.
pub(crate) fn is_plain(line: &[u8], words: usize) -> bool {
    let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_graphic);
    line.split(|byte| *byte == b' ').all(is_word) && line.split(|byte| *byte == b' ').count() == words
}
