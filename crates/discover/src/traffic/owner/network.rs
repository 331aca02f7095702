//! Which addresses are of our networks.

use std::collections::HashMap;
use std::net::IpAddr;

use ipnet::IpNet;
use serde::Deserialize;
use serde_json::Value;
use sightline_lake::Session;

use crate::DiscoverError;
use crate::address::is_public;
use crate::query::query;
use crate::traffic::texts::Texts;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    vpc_id: String,
    cidr: String,
    more: String,
    ipv6: String,
}

/// Ranges by network.
#[derive(Debug, Default)]
pub(super) struct Networks(HashMap<u32, Vec<IpNet>>);

impl Networks {
    pub(super) async fn read(session: &Session, texts: &mut Texts) -> Result<Self, DiscoverError> {
        let mut networks = Self::default();
        for row in query!("traffic/network").rows::<Row>(session).await? {
            let ranges = networks.0.entry(texts.number(&row.vpc_id)).or_default();
            let more = cidrs(&row.more, "CidrBlock").into_iter().chain(cidrs(&row.ipv6, "Ipv6CidrBlock"));
            ranges.extend(more.chain([row.cidr.clone()]).filter_map(|cidr| cidr.parse::<IpNet>().ok()));
            ranges.sort();
            ranges.dedup();
        }
        Ok(networks)
    }

    /// Whether the address is in a range of this network.
    pub(super) fn holds(&self, network: u32, address: IpAddr) -> bool {
        self.0.get(&network).is_some_and(|ranges| ranges.iter().any(|range| range.contains(&address)))
    }

    /// The network of an address that was seen in this one: this, or the only one with such a range. A private address of a network
    /// whose ranges no scan has counts as of this one.
    pub(super) fn of(&self, address: IpAddr, seen_in: u32) -> Option<u32> {
        if self.holds(seen_in, address) || (!is_public(address) && !self.0.contains_key(&seen_in)) {
            return Some(seen_in);
        }
        let mut holding = self.0.keys().filter(|network| self.holds(**network, address));
        match (holding.next(), holding.next()) {
            (Some(one), None) => Some(*one),
            (Some(_), Some(_)) => Some(0),
            _ => None,
        }
    }
}

fn cidrs(json: &str, member: &str) -> Vec<String> {
    let all: Vec<Value> = serde_json::from_str(json).unwrap_or_default();
    all.iter().filter_map(|one| one.get(member)?.as_str().map(str::to_owned)).collect()
}
