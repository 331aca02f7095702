//! One query as Route 53 Resolver logs it.

use crate::flow::address;
use crate::lenient::{Items, Text, lenient};
use jiff::Timestamp;
use sightline_model::untrusted::shortened;
use std::borrow::Cow;
use std::net::Ipv4Addr;

/// Characters of a text that are kept; a name has at most 253.
const LONGEST: usize = 255;

lenient! {
    /// The members that are read. All else, such as `version`, `query_class`, `srcport` and `transport`, tells nothing about who knows which
    /// address.
    Query<'a> {
        account_id: Text<'a> = "account_id",
        region: Text<'a> = "region",
        vpc_id: Text<'a> = "vpc_id",
        timestamp: Text<'a> = "query_timestamp",
        name: Text<'a> = "query_name",
        kind: Text<'a> = "query_type",
        response_code: Text<'a> = "rcode",
        // An answer of 64 addresses has more bytes than a UDP packet may have.
        answers: Items<Answer<'a>, 64> = "answers",
        source_addr: Text<'a> = "srcaddr",
        source: Source<'a> = "srcids",
        firewall_action: Text<'a> = "firewall_rule_action",
        firewall_rule_group_id: Text<'a> = "firewall_rule_group_id",
        firewall_domain_list_id: Text<'a> = "firewall_domain_list_id",
    }
}

lenient! {
    Answer<'a> {
        data: Text<'a> = "Rdata" | "rdata",
        kind: Text<'a> = "Type" | "type",
    }
}

lenient! {
    /// Where the query came from. Most records name no instance: queries of pods, functions and endpoints have none.
    Source<'a> {
        instance: Text<'a> = "instance",
        resolver_endpoint: Text<'a> = "resolver_endpoint" | "resolver-endpoint",
        resolver_interface: Text<'a> = "resolver_network_interface" | "resolver-network-interface",
    }
}

impl Query<'_> {
    /// When it was asked, in microseconds since 1970.
    pub(crate) fn time(&self) -> Option<i64> {
        self.timestamp.trim().parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
    }

    /// The name in small letters without the dot at its end; empty where there is none.
    pub(crate) fn name(&self) -> Cow<'_, str> {
        name(&self.name)
    }

    /// The client's address in its usual spelling, or as it stands where it is none.
    pub(crate) fn client_addr(&self) -> Cow<'_, str> {
        address(&self.source_addr)
    }

    /// The endpoint that the query came through, by its interface where only that is told.
    pub(crate) fn resolver_endpoint_id(&self) -> Cow<'_, str> {
        let Source { resolver_endpoint, resolver_interface, .. } = &self.source;
        bounded(if resolver_endpoint.is_empty() { resolver_interface } else { resolver_endpoint })
    }
}

impl Answer<'_> {
    /// Its data: an address in its usual spelling, a name as queries spell it, and all else as it stands.
    pub(crate) fn data(&self) -> Cow<'_, str> {
        match &*self.kind {
            "A" | "AAAA" => address(&self.data),
            "CNAME" | "NS" | "PTR" | "DNAME" => name(&self.data),
            _ => bounded(&self.data),
        }
    }
}

/// A text of bounded length, without outer blanks.
pub(crate) fn bounded(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.len() <= LONGEST { Cow::Borrowed(text) } else { Cow::Owned(shortened(text, LONGEST)) }
}

fn name(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    // The root is all dot.
    let text = text.strip_suffix('.').filter(|name| !name.is_empty()).unwrap_or(text);
    let mut name = bounded(text);
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        name.to_mut().make_ascii_lowercase();
    }
    name
}

fn address(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    // Rust reads the usual spelling of IPv4 only, so that the text is it.
    if text.parse::<Ipv4Addr>().is_ok() {
        return Cow::Borrowed(text);
    }
    address::address(text).map_or_else(|| bounded(text), |address| Cow::Owned(address.to_string()))
}
