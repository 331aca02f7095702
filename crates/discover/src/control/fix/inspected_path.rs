//! A route to a firewall that stands there, or the firewall itself.

use sightline_model::edge::{Fix, PathClass};

use super::super::Subject;
use super::{cli, fill, safe, terraform, text};
use crate::estate::Estate;
use crate::route::{Exit, Place};

const ROUTE_CLI: &str = "\
aws ec2 replace-route --region {{region}} --route-table-id {{table}} --destination-cidr-block {{to}} --vpc-endpoint-id {{firewall}}
# the way back
aws ec2 create-route --region {{region}} --route-table-id {{back}} --destination-cidr-block {{from}} --vpc-endpoint-id {{firewall}}
";

const ROUTE_TERRAFORM: &str = r#"resource "aws_route" "to_firewall" {
  route_table_id         = "{{table}}"
  destination_cidr_block = "{{to}}"
  vpc_endpoint_id        = "{{firewall}}"
}

resource "aws_route" "back_to_firewall" {
  route_table_id         = "{{back}}"
  destination_cidr_block = "{{from}}"
  vpc_endpoint_id        = "{{firewall}}"
}
"#;

const FIREWALL_CLI: &str = "\
aws network-firewall create-firewall --region {{region}} --firewall-name REPLACE_NAME --vpc-id {{vpc}} \\
  --subnet-mappings SubnetId=REPLACE_FIREWALL_SUBNET --firewall-policy-arn arn:{{partition}}:network-firewall:{{region}}:{{account}}:firewall-policy/REPLACE_POLICY
";

const FIREWALL_TERRAFORM: &str = r#"resource "aws_networkfirewall_firewall" "egress" {
  name                = "REPLACE_NAME"
  vpc_id              = "{{vpc}}"
  firewall_policy_arn = "arn:{{partition}}:network-firewall:{{region}}:{{account}}:firewall-policy/REPLACE_POLICY"
  subnet_mapping {
    subnet_id = "REPLACE_FIREWALL_SUBNET"
  }
}

"#;

pub(super) fn of(subject: &Subject, estate: &Estate) -> Vec<Fix> {
    let network = &estate.controls.network;
    let exit = match network.place(&subject.workload) {
        Place::Subnets { subnets, internet_by_aws: false } => subnets.first().and_then(|subnet| network.exit(subnet)),
        Place::Subnets { .. } => {
            return vec![text(
                "What leaves for the internet goes by an interface of AWS: switch direct internet access off, then route the subnet through a firewall.",
            )];
        }
        Place::OfAws => {
            return vec![text(
                "The workload runs in a network of AWS: give it subnets of a VPC, whose routes lead through a firewall.",
            )];
        }
        Place::Unknown(_) => None,
    };
    let exit = exit.unwrap_or_default();
    if subject.path == PathClass::InterfaceEndpoint {
        return vec![text(
            "Calls go straight to the interface endpoint, which is private. To inspect them, give the endpoint subnets of its own and route \
             the workload's subnet to these, and back, through a firewall endpoint.",
        )];
    }
    let Exit { vpc, table, back, from, firewalls } = exit;
    let region = safe(&subject.region, "REGION");
    let (vpc, table, back) =
        (safe(&vpc, "VPC"), safe(&table, "ROUTE_TABLE"), safe(&back, "ROUTE_TABLE_OF_NAT_GATEWAY"));
    let from = safe(&from, "WORKLOAD_CIDR");
    let firewall = safe(firewalls.first().map_or("", String::as_str), "FIREWALL_ENDPOINT");
    let (partition, account) = (safe(subject.partition(), "PARTITION"), safe(&subject.account, "ACCOUNT"));
    let values = [
        ("region", region.as_str()),
        ("partition", &partition),
        ("account", &account),
        ("vpc", &vpc),
        ("table", &table),
        ("back", &back),
        ("from", &from),
        ("to", "0.0.0.0/0"),
        ("firewall", &firewall),
    ];
    let then = "The firewall's own subnet must lead on to where the route led until now.";
    match firewalls.is_empty() {
        false => vec![
            text(format!(
                "Route the workload's subnet through the firewall endpoint that stands in its VPC, and answers back through it. {then}"
            )),
            cli(fill(ROUTE_CLI, &values)),
            terraform(fill(ROUTE_TERRAFORM, &values)),
        ],
        true => vec![
            text(format!(
                "A firewall in the workload's VPC, then the workload's route through its endpoint, and answers back through it. {then}"
            )),
            cli(fill(&format!("{FIREWALL_CLI}{ROUTE_CLI}"), &values)),
            terraform(fill(&format!("{FIREWALL_TERRAFORM}{ROUTE_TERRAFORM}"), &values)),
        ],
    }
}
