//! An interface endpoint in the workload's network.

use sightline_model::edge::Fix;

use super::super::Subject;
use super::policy;
use super::{cli, fill, list, safe, terraform, text};
use crate::estate::Estate;
use crate::route::{Access, Place};

const CLI: &str = "\
aws ec2 create-vpc-endpoint --region {{region}} --vpc-endpoint-type Interface --vpc-id {{vpc}} \\
  --service-name com.amazonaws.{{region}}.{{service}} --subnet-ids {{subnets}} \\
  --security-group-ids REPLACE_SECURITY_GROUP --private-dns-enabled \\
  --policy-document '{{policy}}'
";

const TERRAFORM: &str = r#"resource "aws_vpc_endpoint" "model" {
  vpc_id              = "{{vpc}}"
  service_name        = "com.amazonaws.{{region}}.{{service}}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = {{subnet_list}}
  security_group_ids  = ["REPLACE_SECURITY_GROUP"]
  private_dns_enabled = true
  policy = jsonencode({{policy}})
}
"#;

const DNS_CLI: &str =
    "aws ec2 modify-vpc-endpoint --region {{region}} --vpc-endpoint-id {{endpoint}} --private-dns-enabled\n";

const DNS_TERRAFORM: &str = r#"resource "aws_vpc_endpoint" "model" {
  vpc_id              = "{{vpc}}"
  service_name        = "com.amazonaws.{{region}}.{{service}}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = {{subnet_list}}
  private_dns_enabled = true # the endpoint {{endpoint}}: import it
}
"#;

pub(super) fn of(subject: &Subject, estate: &Estate) -> Vec<Fix> {
    let Some(service) = subject.service() else {
        return vec![text(
            "Calls of what AWS does not serve leave AWS: serve the model in Bedrock or SageMaker, or give the provider's private connection.",
        )];
    };
    let network = &estate.controls.network;
    let (mut said, subnets) = match network.place(&subject.workload) {
        Place::Subnets { subnets, .. } => (String::new(), network.one_a_zone(&subnets)),
        Place::OfAws => ("The workload runs in a network of AWS: first give it subnets of a VPC. ".to_owned(), vec![]),
        Place::Unknown(_) => {
            ("Where the workload runs is not known: the values to replace are of its VPC. ".to_owned(), vec![])
        }
    };
    let vpc = subnets.first().and_then(|subnet| network.vpc_of(subnet)).unwrap_or_default();
    let access = subnets.first().map(|subnet| network.access(subnet, service));
    let subnets: Vec<String> = match subnets.is_empty() {
        true => vec!["REPLACE_SUBNET".to_owned()],
        false => subnets.iter().map(|id| safe(id, "SUBNET")).collect(),
    };
    let document = policy::narrow(subject, estate);
    let (region, vpc) = (safe(&subject.region, "REGION"), safe(vpc, "VPC"));
    let (compact, pretty) = (policy::compact(&document), policy::pretty(&document));
    let (spaced, listed) = (subnets.join(" "), list(&subnets));
    let mut values = vec![
        ("region", region.as_str()),
        ("vpc", &vpc),
        ("service", service),
        ("subnets", &spaced),
        ("subnet_list", &listed),
    ];
    match access {
        Some(Access::Endpoint(id)) => vec![text(format!(
            "The endpoint {} stands in the VPC, and its private DNS is on: the callers use another name, another resolver or names that they \
             looked up before. Let them call {service}.{region}.amazonaws.com by the VPC's resolver.",
            safe(&id, "ENDPOINT")
        ))],
        Some(Access::Public(there)) if !there.is_empty() => {
            let endpoint = there.first().map_or_else(String::new, |id| safe(id, "ENDPOINT"));
            values.push(("endpoint", &endpoint));
            let said = format!(
                "The endpoint {endpoint} stands in the VPC, and its private DNS is off: the service's name leads to public addresses."
            );
            vec![text(said), cli(fill(DNS_CLI, &values)), terraform(fill(DNS_TERRAFORM, &values))]
        }
        _ => {
            said.push_str(
                "An interface endpoint for the service. All of the VPC that calls the service will go through it: its policy must name the others too.",
            );
            let shell: Vec<(&str, &str)> = values.iter().copied().chain([("policy", compact.as_str())]).collect();
            let hcl: Vec<(&str, &str)> = values.iter().copied().chain([("policy", pretty.as_str())]).collect();
            vec![text(said), cli(fill(CLI, &shell)), terraform(fill(TERRAFORM, &hcl))]
        }
    }
}
