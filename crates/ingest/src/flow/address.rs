//! Addresses in one form, so that flows of one end meet and join with the inventory.

use std::net::{IpAddr, Ipv6Addr};
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
#[inline]
pub(crate) fn ipv4(text: &[u8; WINDOW], length: usize) -> Option<u32> {
    const PARTS: u64 = 0x00ff_ffff_00ff_ffff;
    const OVER_NINE: u64 = 0x0076_7676_0076_7676;
    const HIGH: u64 = 0x0080_8080_0080_8080;
    const LOW: u64 = 0x0000_00ff_0000_00ff;

    if length > LONGEST {
        return None;
    }
    let dots = dots(text)? & ((1 << length) - 1);
    let (first, rest) = lowest(dots);
    let (second, rest) = lowest(rest);
    let (third, rest) = lowest(rest);
    if rest != 0 || third >= length {
        return None;
    }
    let lengths = [first, second.wrapping_sub(first + 1), third.wrapping_sub(second + 1), length - third - 1];
    if lengths.iter().any(|length| length.wrapping_sub(1) > 2) {
        return None;
    }
    // Each part's digits, the last one in the third byte, two parts in a word.
    let part = |start: usize, length: usize| {
        // Within the window, whatever the compiler knows of dots.
        let bytes = text.get(start & 15..)?.first_chunk::<4>()?;
        Some(u64::from((u32::from_le_bytes(*bytes) ^ 0x3030_3030) << (8 * (3 - length))))
    };
    let [one, two, three, four] = lengths;
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

/// Writes an IPv4 address in its usual spelling: several times as fast as its `Display`.
pub(crate) fn spell_ipv4(address: u32, text: &mut String) {
    for (place, octet) in address.to_be_bytes().into_iter().enumerate() {
        if place > 0 {
            text.push('.');
        }
        if octet >= 100 {
            text.push(char::from(b'0' + octet / 100));
        }
        if octet >= 10 {
            text.push(char::from(b'0' + octet / 10 % 10));
        }
        text.push(char::from(b'0' + octet % 10));
    }
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

    fn at_once(text: &str, behind: &str) -> Option<IpAddr> {
        let mut window = [b' '; WINDOW];
        let bytes: Vec<u8> = text.bytes().chain(behind.bytes()).take(WINDOW).collect();
        window[..bytes.len()].copy_from_slice(&bytes);
        ipv4(&window, text.len()).map(|address| IpAddr::V4(address.into()))
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
            let mut spelled = String::new();
            spell_ipv4(bits, &mut spelled);
            prop_assert_eq!(spelled, text);
        }
    }
}
