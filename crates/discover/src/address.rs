//! Public addresses of the estate.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use serde::Deserialize;
use sightline_lake::Session;

use crate::DiscoverError;
use crate::query::query;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    address: String,
    owner: String,
}

/// Address → `NAT gateway nat-…`, `instance i-…`.
#[derive(Debug, Default)]
pub(crate) struct Addresses(BTreeMap<String, String>);

impl Addresses {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let mut owners = BTreeMap::new();
        // The last wins: a NAT gateway and an instance say more than the interface that both have.
        for query in [query!("interface_addresses"), query!("instance_addresses"), query!("nat_addresses")] {
            let rows: Vec<Row> = query.rows(session).await?;
            owners.extend(rows.into_iter().map(|row| (row.address, row.owner)));
        }
        Ok(Self(owners))
    }

    pub(crate) fn owner(&self, address: &str) -> Option<&str> {
        self.0.get(address).map(String::as_str)
    }
}

/// Whether the internet routes to this address.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let special =
                v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || v4.is_multicast();
            !special && !is_shared(v4)
        }
        IpAddr::V6(v6) => {
            !(v6.is_loopback()
                || v6.is_unique_local()
                || v6.is_unicast_link_local()
                || v6.is_unspecified()
                || v6.is_multicast())
        }
    }
}

/// 100.64.0.0/10, RFC 6598: what clusters give to pods when a VPC runs short of addresses.
fn is_shared(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    first == 100 && (64..128).contains(&second)
}
