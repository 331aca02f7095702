//! Addresses in one form, so that flows of one end meet and join with the inventory.

use std::net::{IpAddr, Ipv6Addr};
use std::ops::Deref;
use wide::u8x16;

/// Bytes that [`ipv4`] looks at: an address and what follows.
pub(crate) const WINDOW: usize = 20;

/// The address; `None` where the text is none. Leading zeros of IPv4 parts, seen in real logs, are decimal.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    let mut octets = text.split('.').map(octet);
    let address = [octets.next()??, octets.next()??, octets.next()??, octets.next()??];
    octets.next().is_none().then(|| IpAddr::V4(address.into()))
}

fn octet(text: &str) -> Option<u8> {
    (text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Characters of the longest IPv4 address.
const LONGEST: usize = 15;

/// The IPv4 address that begins here and has `length` bytes, read all at once. `None` is no verdict: [`address`] knows.
#[inline(never)]
fn ipv4(text: &[u8; WINDOW], length: usize) -> Option<u32> {
    const PARTS: u64 = 0x00ff_ffff_00ff_ffff;
    const OVER_NINE: u64 = 0x0076_7676_0076_7676;
    const HIGH: u64 = 0x0080_8080_0080_8080;
    const LOW: u64 = 0x0000_00ff_0000_00ff;

    if length > LONGEST {
        return None;
    }
    let end = 1 << length;
    let dots = dots(text)? & (end - 1);
    let (first, rest) = lowest(dots);
    let (second, rest) = lowest(rest);
    let (third, rest) = lowest(rest);
    let lengths =
        [first, second.wrapping_sub(first + 1), third.wrapping_sub(second + 1), length.wrapping_sub(third + 1)];
    let [one, two, three, four] = lengths;
    // A fourth dot; a part of four digits or more, which is also what a missing dot looks like; a part of none.
    let ends = dots | end;
    if rest != 0 || (one | two | three | four) > 3 || ends & (ends << 1 | 1) != 0 {
        return None;
    }
    // Each part's digits, the last one in the third byte, two parts in a word.
    let part = |start: usize, length: usize| {
        // Within the window, whatever the compiler knows of dots.
        let bytes = text.get(start & 15..)?.first_chunk::<4>()?;
        Some(u64::from((u32::from_le_bytes(*bytes) ^ 0x3030_3030) << (8 * (3 - length))))
    };
    let left = (part(0, one)? | part(first + 1, two)? << 32) & PARTS;
    let right = (part(second + 1, three)? | part(third + 1, four)? << 32) & PARTS;
    let odd = ((left + OVER_NINE) | left | (right + OVER_NINE) | right) & HIGH;
    let value = |digits: u64| (digits & LOW) * 100 + ((digits >> 8) & LOW) * 10 + ((digits >> 16) & LOW);
    let (left, right) = (value(left), value(right));
    if odd != 0 || (left | right) & !LOW != 0 {
        return None;
    }
    let address = (left << 24 | left >> 16 | right << 8 | right >> 32) as u32;
    Some(address)
}

/// Addresses of IPv4 by their spelling, those that came lately: looking one up takes a third of reading it.
#[derive(Debug)]
pub(crate) struct Spellings {
    /// by some bits of the spelling; no spelling is all ones
    slots: Box<[(u128, u32)]>,
}

/// Spellings that are kept.
const SPELLINGS: usize = 512;

/// The first so many bytes of sixteen.
static FIRST: [u128; 16] = {
    let mut masks = [0; 16];
    let mut length = 1;
    while length < masks.len() {
        #[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
        {
            masks[length] = u128::MAX >> (128 - 8 * length);
        }
        length += 1;
    }
    masks
};

impl Default for Spellings {
    fn default() -> Self {
        Self { slots: vec![(u128::MAX, 0); SPELLINGS].into_boxed_slice() }
    }
}

impl Spellings {
    /// The IPv4 address that begins here and ends before the first `last`, and its length. `None` is no verdict: [`address`] knows.
    #[inline(always)]
    pub(crate) fn read(&mut self, text: &[u8; WINDOW], last: u8) -> Option<(u32, usize)> {
        let block = *text.first_chunk::<16>()?;
        let length = u8x16::new(block).simd_eq(u8x16::splat(last)).to_bitmask().trailing_zeros() as usize;
        // The length belongs to it: some other text might go on with the zeros behind this one.
        let spelling = u128::from_le_bytes(block) & FIRST.get(length)? | (length as u128) << 120;
        let mixed = spelling as u64 ^ ((spelling >> 64) as u64).rotate_left(23);
        let place = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - SPELLINGS.trailing_zeros());
        let slot = self.slots.get_mut(place as usize)?;
        if slot.0 != spelling {
            *slot = (spelling, ipv4(text, length)?);
        }
        Some((slot.1, length))
    }
}

/// Where the first sixteen bytes are dots.
#[inline]
fn dots(text: &[u8; WINDOW]) -> Option<u32> {
    let block = u8x16::new(*text.first_chunk::<16>()?);
    Some(block.simd_eq(u8x16::splat(b'.')).to_bitmask())
}

/// The place of the lowest bit, and the bits without it.
#[inline]
fn lowest(bits: u32) -> (usize, u32) {
    (bits.trailing_zeros() as usize, bits & bits.wrapping_sub(1))
}

/// An IPv4 address in its usual spelling.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spelled {
    bytes: [u8; 16],
    length: usize,
}

impl Deref for Spelled {
    type Target = str;

    fn deref(&self) -> &str {
        let spelled = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(spelled).unwrap_or_default()
    }
}

/// Each octet's spelling with a dot behind it, and how many bytes that has.
static OCTETS: [([u8; 4], usize); 256] = {
    let mut octets = [([0; 4], 0); 256];
    let mut octet = 0;
    while octet < octets.len() {
        let digits = [b'0' + (octet / 100) as u8, b'0' + (octet / 10 % 10) as u8, b'0' + (octet % 10) as u8];
        let [hundreds, tens, ones] = digits;
        #[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
        {
            octets[octet] = match octet {
                0..10 => ([ones, b'.', 0, 0], 2),
                10..100 => ([tens, ones, b'.', 0], 3),
                _ => ([hundreds, tens, ones, b'.'], 4),
            };
        }
        octet += 1;
    }
    octets
};

/// Spells an IPv4 address: several times as fast as its `Display`.
pub(crate) fn spell_ipv4(address: u32) -> Spelled {
    let (mut bytes, mut end) = ([0; 16], 0);
    for octet in address.to_be_bytes() {
        let Some((spelled, length)) = OCTETS.get(usize::from(octet)) else { continue };
        if let Some(place) = bytes.get_mut(end..).and_then(<[u8]>::first_chunk_mut) {
            *place = *spelled;
        }
        end += length;
    }
    Spelled { bytes, length: end.saturating_sub(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::Ipv4Addr;

    #[test]
    fn one_form() {
        let read = |text| address(text).map(|address| address.to_string());
        assert_eq!(read("10.0.0.1").as_deref(), Some("10.0.0.1"));
        assert_eq!(read("010.001.000.010").as_deref(), Some("10.1.0.10"));
        assert_eq!(read("2001:DB8:0:0::1").as_deref(), Some("2001:db8::1"));
        for none in ["", "-", "34.XXX.XXX.206", "10.0.0", "10.0.0.1.2", "10.0.0.256", "10.0.0.0001", "::g"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_spelling_is_as_long_as_it_is() {
        let mut spellings = Spellings::default();
        let mut read = |text: &[u8; WINDOW]| spellings.read(text, b' ');
        assert_eq!(read(b"10.0.0.1 10.0.0.2 44"), Some((0x0a00_0001, 8)));
        assert_eq!(read(b"10.0.0.1\0 10.0.0.2 4"), None);
        assert_eq!(read(b" 10.0.0.1 10.0.0.2 4"), None);
        assert_eq!(read(b"10.0.0.1 10.0.0.2 44"), Some((0x0a00_0001, 8)));
    }

    fn at_once(text: &str, behind: &str) -> Option<IpAddr> {
        let mut window = [b' '; WINDOW];
        let bytes: Vec<u8> = text.bytes().chain(behind.bytes()).take(WINDOW).collect();
        window[..bytes.len()].copy_from_slice(&bytes);
        let found = ipv4(&window, text.len());
        window[text.len()] = b'\n';
        let mut spellings = Spellings::default();
        for _ in 0..2 {
            assert_eq!(spellings.read(&window, b'\n'), found.map(|address| (address, text.len())));
        }
        found.map(|address| IpAddr::V4(address.into()))
    }

    proptest! {
        #[test]
        fn at_once_is_like_one_by_one(text in "[0-9.]{1,15}|[ -~]{1,18}", behind in "[ -~]{0,20}") {
            let expected = address(&text).filter(IpAddr::is_ipv4);
            prop_assert_eq!(at_once(&text, &behind), expected);
        }

        #[test]
        fn every_address_is_read_and_spelled(bits: u32, behind in "[ -~]{0,20}") {
            let text = Ipv4Addr::from(bits).to_string();
            prop_assert_eq!(at_once(&text, &behind), Some(IpAddr::V4(bits.into())));
            prop_assert_eq!(&*spell_ipv4(bits), text);
        }
    }
}
