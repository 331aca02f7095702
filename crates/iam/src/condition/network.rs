//! Addresses and ranges of addresses.

use std::net::IpAddr;

/// A CIDR range; an address alone is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    is_v6: bool,
    first: u128,
    last: u128,
}

impl Network {
    /// Reads `address` or `address/bits`. Bits of the host are ignored.
    pub fn read(text: &str) -> Option<Self> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text.trim(), None),
        };
        let (is_v6, width, number) = match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(v4) => (false, 32, u128::from(u32::from(v4))),
            IpAddr::V6(v6) => (true, 128, u128::from(v6)),
        };
        let bits = bits.unwrap_or(width);
        let host = width.checked_sub(bits)?;
        let mask = 1_u128.checked_shl(host).map_or(u128::MAX, |size| size - 1);
        Some(Self { is_v6, first: number & !mask, last: number | mask })
    }

    /// Whether all of `other` lies within.
    pub fn holds(&self, other: &Self) -> bool {
        self.is_v6 == other.is_v6 && self.first <= other.first && other.last <= self.last
    }

    /// The addresses at which membership may change: the first, and the one behind the last.
    pub(crate) fn edges(&self) -> [Option<String>; 2] {
        let show = |number: u128| {
            if self.is_v6 {
                Some(std::net::Ipv6Addr::from(number).to_string())
            } else {
                u32::try_from(number).ok().map(|number| std::net::Ipv4Addr::from(number).to_string())
            }
        };
        [show(self.first), self.last.checked_add(1).and_then(show)]
    }
}
