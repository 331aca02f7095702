//! Addresses in one spelling, so that flows of one end meet and join with the inventory.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address in its usual spelling; `None` where it is none. Leading zeros of IPv4 parts, seen in real logs, are decimal.
pub(crate) fn canonical(text: &str) -> Option<Cow<'_, str>> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(|address| spelled(text, IpAddr::V6(address)));
    }
    if text.parse::<Ipv4Addr>().is_ok() {
        // Rust reads the usual spelling of IPv4 only, so that the text is it.
        return Some(Cow::Borrowed(text));
    }
    let mut octets = text.split('.').map(octet);
    let address = [octets.next()??, octets.next()??, octets.next()??, octets.next()??];
    octets.next().is_none().then(|| Cow::Owned(Ipv4Addr::from(address).to_string()))
}

fn octet(text: &str) -> Option<u8> {
    (text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn spelled(text: &str, address: IpAddr) -> Cow<'_, str> {
    let usual = address.to_string();
    if usual == text { Cow::Borrowed(text) } else { Cow::Owned(usual) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        let read = |text| canonical(text).map(Cow::into_owned);
        assert_eq!(read("10.0.0.1").as_deref(), Some("10.0.0.1"));
        assert_eq!(read("010.001.000.010").as_deref(), Some("10.1.0.10"));
        assert_eq!(read("2001:DB8:0:0::1").as_deref(), Some("2001:db8::1"));
        for none in ["", "-", "34.XXX.XXX.206", "10.0.0", "10.0.0.1.2", "10.0.0.256", "10.0.0.0001", "::g"] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
