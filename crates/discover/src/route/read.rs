//! The inventory's rows as a [`Network`].

use std::collections::HashMap;

use ipnet::IpNet;
use sightline_lake::Session;

use super::network::{FirewallEndpoint, Network, Subnet};
use super::place;
use super::row;
use super::table::RouteTable;
use crate::DiscoverError;
use crate::coverage::Coverage;
use crate::query::query;

/// Tables that walks and places rest on.
pub(super) const TABLES: &[&str] = &[
    "aws_bedrock_agentcore_runtime",
    "aws_codebuild_project",
    "aws_ec2_instance",
    "aws_ec2_managed_prefix_list",
    "aws_ec2_network_interface",
    "aws_ec2_transit_gateway_attachment",
    "aws_ec2_transit_gateway_route",
    "aws_ecs_container_instance",
    "aws_ecs_service",
    "aws_ecs_task",
    "aws_eks_cluster",
    "aws_lambda_function",
    "aws_networkfirewall_firewall",
    "aws_sagemaker_domain",
    "aws_sagemaker_endpoint",
    "aws_sagemaker_endpoint_config",
    "aws_sagemaker_model",
    "aws_sagemaker_notebook_instance",
    "aws_sagemaker_processing_job",
    "aws_sagemaker_training_job",
    "aws_sagemaker_user_profile",
    "aws_vpc_block_public_access_options",
    "aws_vpc_block_public_access_exclusion",
    "aws_vpc_endpoint",
    "aws_vpc_nat_gateway",
    "aws_vpc_peering_connection",
    "aws_vpc_route_table",
    "aws_vpc_subnet",
    "kubernetes_pod",
];

impl Network {
    /// Reads the networks of the newest scan of every account. Tables that the session does not have count as not inspected.
    ///
    /// # Errors
    /// A query fails. That something was not collected is no error.
    pub async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let mut network = Self { coverage: Coverage::read(session).await?.only(TABLES), ..Self::default() };
        network.read_subnets(session).await?;
        network.read_tables(session).await?;
        network.read_gates(session).await?;
        network.read_transit(session).await?;
        network.read_blocks(session).await?;
        network.places = place::read(session, &network).await?;
        Ok(network)
    }

    async fn read_subnets(&mut self, session: &Session) -> Result<(), DiscoverError> {
        for row in query!("route/subnet").rows::<row::Subnet>(session).await? {
            let v6 = row.ipv6.iter().find_map(|one| one.get("Ipv6CidrBlock")?.as_str()?.parse().ok());
            let account = if row.owner_id.is_empty() { row.account_id } else { row.owner_id };
            let (id, vpc) = (row.id.clone(), row.vpc_id.clone());
            let v4: Option<IpNet> = row.cidr.parse().ok();
            let subnet = Subnet {
                arn: row.arn,
                id: row.id,
                vpc: row.vpc_id,
                account,
                region: row.region,
                zone: row.zone,
                v4,
                v6,
            };
            // A shared subnet has a row in each account that sees it.
            if self.subnets.insert(id.clone(), subnet).is_none() {
                self.vpcs.entry(vpc).or_default().push(id);
            }
        }
        self.vpcs.values_mut().for_each(|subnets| subnets.sort());
        Ok(())
    }

    async fn read_tables(&mut self, session: &Session) -> Result<(), DiscoverError> {
        for query in [query!("route/prefix_list"), query!("route/service_prefix_list")] {
            for row in query.rows::<row::PrefixList>(session).await? {
                let entries = row.entries.map(|entries| entries.into_iter().map(|entry| entry.cidr).collect());
                // A list without entries that were read stays unread.
                let Some(blocks): Option<Vec<String>> = entries.or(row.cidrs) else { continue };
                let nets = blocks.iter().filter_map(|block| block.parse().ok()).collect();
                self.lists.insert((row.region, row.id), nets);
            }
        }
        for row in query!("route/table").rows::<row::TableRow>(session).await? {
            for association in &row.associations {
                if association.main {
                    self.main.insert(row.vpc_id.clone(), row.id.clone());
                }
                if !association.subnet_id.is_empty() {
                    self.associated.insert(association.subnet_id.clone(), row.id.clone());
                }
                if !association.gateway_id.is_empty() {
                    self.edge.insert(association.gateway_id.clone(), row.id.clone());
                }
            }
            self.tables.insert(row.id.clone(), RouteTable::of(row, &self.lists));
        }
        Ok(())
    }

    async fn read_gates(&mut self, session: &Session) -> Result<(), DiscoverError> {
        let nats: Vec<row::Nat> = query!("route/nat").rows(session).await?;
        self.nats = by(nats.into_iter().filter(|nat| nat.state != "deleted"), |nat| nat.id.clone());
        self.endpoints = by(query!("route/endpoint").rows(session).await?, |one: &row::Endpoint| one.id.clone());
        for endpoint in self.endpoints.values().filter(|endpoint| endpoint.kind == "Interface") {
            self.interface_endpoints.entry(endpoint.vpc_id.clone()).or_default().push(endpoint.id.clone());
        }
        self.peerings = by(query!("route/peering").rows(session).await?, |one: &row::Peering| one.id.clone());
        for endpoint in self.endpoints.values().filter(|endpoint| !endpoint.firewall_arn.is_empty()) {
            let Some(subnet) = endpoint.subnet_ids.first() else { continue };
            let gate = FirewallEndpoint { arn: endpoint.firewall_arn.clone(), subnet: subnet.clone() };
            self.firewalls.insert(endpoint.id.clone(), gate);
        }
        for firewall in query!("route/firewall").rows::<row::Firewall>(session).await? {
            let states = firewall.status.unwrap_or_default().sync_states;
            for endpoint in states.into_values().filter_map(|state| state.attachment) {
                let gate = FirewallEndpoint { arn: firewall.arn.clone(), subnet: endpoint.subnet_id };
                self.firewalls.insert(endpoint.endpoint_id, gate);
            }
            if !firewall.attachment_id.is_empty() {
                self.transit_firewalls.insert(firewall.attachment_id, firewall.arn);
            }
        }
        Ok(())
    }

    async fn read_transit(&mut self, session: &Session) -> Result<(), DiscoverError> {
        for row in query!("route/attachment").rows::<row::Attachment>(session).await? {
            self.attachments.entry(row.id.clone()).or_default().push(row);
        }
        for row in query!("route/transit_route").rows::<row::TransitRoute>(session).await? {
            self.transit_routes.entry(row.table_id.clone()).or_default().push(row);
        }
        for row in query!("route/interface").rows::<row::Interface>(session).await? {
            if row.kind == "transit_gateway" {
                if let Some(attachment) = attachment_in(&row.description) {
                    self.entries.entry(attachment.to_owned()).or_default().insert(row.subnet_id);
                }
            } else {
                if !row.instance_id.is_empty() {
                    self.routers.insert(row.instance_id.clone(), row.clone());
                }
                self.routers.insert(row.id.clone(), row);
            }
        }
        Ok(())
    }

    async fn read_blocks(&mut self, session: &Session) -> Result<(), DiscoverError> {
        for row in query!("route/block").rows::<row::Block>(session).await? {
            self.blocks.insert((row.account_id.clone(), row.region.clone()), row);
        }
        let excluded: Vec<row::BlockExclusion> = query!("route/block_exclusion").rows(session).await?;
        self.unblocked = excluded.into_iter().map(|row| row.resource_arn).collect();
        Ok(())
    }
}

fn by<T>(rows: impl IntoIterator<Item = T>, key: impl Fn(&T) -> String) -> HashMap<String, T> {
    rows.into_iter().map(|row| (key(&row), row)).collect()
}

/// AWS describes the interface as `Network Interface for Transit Gateway Attachment tgw-attach-…`.
fn attachment_in(description: &str) -> Option<&str> {
    description.split_whitespace().find(|word| word.starts_with("tgw-attach-"))
}
