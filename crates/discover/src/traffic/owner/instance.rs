//! Instances, and which of them are nodes of clusters.

use std::collections::HashSet;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Deserialize;
use sightline_lake::Session;

use super::holder::end;
use super::interface::Looks;
use super::tenure::Tenure;
use super::{End, Owners};
use crate::DiscoverError;
use crate::query::query;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    region: String,
    arn: String,
    title: String,
    instance_id: String,
    vpc_id: String,
    subnet_id: String,
    address: String,
    public_address: String,
    is_node: bool,
    launched_at: Option<Timestamp>,
    first_seen: Timestamp,
    last_seen: Timestamp,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Node {
    instance_id: String,
}

pub(super) async fn read(session: &Session, owners: &mut Owners) -> Result<(), DiscoverError> {
    let rows: Vec<Row> = query!("traffic/instance").rows(session).await?;
    let nodes: Vec<Node> = query!("traffic/node").rows(session).await?;
    let nodes: HashSet<String> = nodes.into_iter().map(|node| node.instance_id).collect();
    let looks = Looks::read(session, "aws_ec2_instance").await?;
    for row in rows {
        let vpc_id = row.vpc_id.clone();
        let described = end("instance", &row.arn, &row.title, &row.account_id, &row.region);
        let number = owners.ends.number(End { vpc_id, subnet_id: row.subnet_id.clone(), ..described });
        let instance = owners.texts.number(&row.instance_id);
        owners.instances.insert(instance, number);
        if row.is_node || nodes.contains(&row.instance_id) {
            owners.nodes.insert(number, instance);
        }
        let network = owners.texts.number(&row.vpc_id);
        let tenure =
            looks.tenure(number, [&row.account_id, &row.region], row.launched_at, [row.first_seen, row.last_seen]);
        owners.primaries.extend(row.address.parse::<IpAddr>().map(|address| (number, address)));
        owners.hold(network, &row.address, tenure);
        owners.hold(0, &row.public_address, tenure);
    }
    Ok(())
}

impl Owners {
    /// Notes that the holder had the address, if it is one.
    pub(super) fn hold(&mut self, network: u32, address: &str, tenure: Tenure) {
        if let Ok(address) = address.parse::<IpAddr>() {
            self.addresses.entry((network, address)).or_default().push(tenure);
        }
    }
}
