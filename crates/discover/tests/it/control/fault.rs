//! Each table that controls read, denied in turn: an answer that rested on it turns to unknown, and none turns to another.

use serde_json::json;
use sightline_model::edge::{Control, Edge, Tri};
use sightline_model::log::ApiCall;

use super::enforced::{self, with_role};
use super::inspected::{networks, with_workloads};
use crate::world::{ACCOUNT, SONNET, World, by_session};

const LOGGING: &str = "aws_bedrock_model_invocation_logging_configuration";
const TRAIL: &str = "aws_cloudtrail_trail";
const STORE: &str = "aws_cloudtrail_event_data_store";

/// Tables without which some answer is open.
const NEEDED: &[&str] = &[
    "aws_vpc_subnet",
    "aws_vpc_route_table",
    "aws_vpc_nat_gateway",
    "aws_vpc_endpoint",
    "aws_networkfirewall_firewall",
    "aws_ec2_instance",
    "aws_bedrock_enforced_guardrail_configuration",
    "aws_organizations_effective_policy",
    "aws_organizations_organization",
    "aws_iam_role",
    LOGGING,
    TRAIL,
];
/// Tables that answers rest on elsewhere: here there is enough without them.
const OTHERS: &[&str] = &["aws_iam_policy", "aws_lambda_function", STORE];

/// Two workloads, one behind a firewall and with a role that must name a guardrail. `denied` was read by nobody.
fn world(denied: &str) -> World {
    let is_read = |table: &str| table != denied;
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:us-east-1:{ACCOUNT}:{rest}");
    let mut world = with_workloads(networks().without(denied).world(), denied);
    let tables = [LOGGING, TRAIL, STORE, "aws_iam_user", "aws_iam_group"];
    for table in enforced::TABLES.iter().chain(&tables).filter(|table| is_read(table)) {
        world = world.coverage(table, "ok");
    }
    world = world.coverage(denied, "denied");
    let allow = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let deny = json!({"Effect": "Deny", "Action": "bedrock:*", "Resource": "*", "Condition": {"Null": {"bedrock:GuardrailIdentifier": "true"}}});
    if is_read("aws_iam_role") {
        world = with_role(with_role(world, "case-0", json!([allow, deny])), "case-1", json!([allow]));
    }
    if is_read(LOGGING) {
        world = world.with(LOGGING, &arn("bedrock", "logging"), json!({"s3_config": {"bucketName": "b"}}));
    }
    if is_read(TRAIL) {
        let config = json!({"name": "main", "home_region": "us-east-1", "is_multi_region_trail": true, "is_logging": true,
            "event_selectors": [{"ReadWriteType": "All"}]});
        world = world.with(TRAIL, &arn("cloudtrail", "trail/main"), config);
    }
    world
}

async fn controls(denied: &str) -> Vec<(String, Control)> {
    let call = |instance: &str, source: &str| ApiCall {
        ec2_role_delivery: "2.0".into(),
        model_id: SONNET.into(),
        source_ip: source.into(),
        ..by_session("case-0", instance)
    };
    let edges = world(denied).each([call("i-000walled", "203.0.113.2"), call("i-0000plain", "203.0.113.1")]).await;
    let of = |(edge, name): (Edge, &str)| {
        edge.controls.into_iter().map(move |one| (format!("{name}: {}", one.name), one)).collect::<Vec<_>>()
    };
    edges.into_iter().zip(["walled", "plain"]).flat_map(of).collect()
}

#[tokio::test]
async fn what_is_not_read_opens_answers_and_turns_none() {
    let before = controls("aws_none").await;
    let states: Vec<String> = before.iter().map(|(name, control)| format!("{name} {:?}", control.state)).collect();
    insta::assert_snapshot!(states.join("\n"), @"
    walled: guardrail_on_call No
    walled: guardrail_enforced Yes
    walled: private_path No
    walled: endpoint_policy No
    walled: inspected_path Yes
    walled: invocation_logged Yes
    walled: data_events_logged Yes
    plain: guardrail_on_call No
    plain: guardrail_enforced No
    plain: private_path No
    plain: endpoint_policy No
    plain: inspected_path No
    plain: invocation_logged Yes
    plain: data_events_logged Yes
    ");
    for table in NEEDED.iter().chain(OTHERS) {
        let after = controls(table).await;
        let mut opened = 0;
        for ((name, was), (_, is)) in before.iter().zip(&after) {
            assert!(was.state == is.state || is.state == Tri::Unknown, "{name} without {table}: {}", is.reason);
            opened += usize::from(was.state != is.state);
        }
        assert_eq!(opened > 0, NEEDED.contains(table), "{table}");
    }
}
