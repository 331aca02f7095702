//! A narrow policy for the endpoint that the calls go through.

use sightline_model::edge::{Fix, PathClass};

use super::super::Subject;
use super::{cli, fill, policy, safe, terraform, text};
use crate::estate::Estate;

const CLI: &str = "\
aws ec2 modify-vpc-endpoint --region {{region}} --vpc-endpoint-id {{endpoint}} \\
  --policy-document '{{policy}}'
";

const TERRAFORM: &str = r#"resource "aws_vpc_endpoint_policy" "model" {
  vpc_endpoint_id = "{{endpoint}}"
  policy = jsonencode({{policy}})
}
"#;

pub(super) fn of(subject: &Subject, estate: &Estate) -> Vec<Fix> {
    if subject.path != PathClass::InterfaceEndpoint {
        return vec![text(
            "Only calls through an interface endpoint have its policy: the change for `private_path` brings one with a policy.",
        )];
    }
    let open = subject.path_evidence.iter().find(|id| estate.controls.endpoints.contains_key(*id));
    let endpoint = safe(open.map_or("", String::as_str), "ENDPOINT");
    let region = safe(&subject.region, "REGION");
    let document = policy::narrow(subject, estate);
    let render = |template: &str, document: &str| {
        fill(template, &[("region", &region), ("endpoint", &endpoint), ("policy", document)])
    };
    vec![
        text(
            "A policy for this identity and model alone. The endpoint may serve others: a statement for each of them belongs beside it.",
        ),
        cli(render(CLI, &policy::compact(&document))),
        terraform(render(TERRAFORM, &policy::pretty(&document))),
    ]
}
