//! Fixes: filled with the edge's own values, read by other parsers, and no value of an account gets out of its place.

use serde_json::{Value, json};
use sightline_model::edge::{Control, Edge, Fix, Tri};
use sightline_model::log::ApiCall;

use super::enforced::{read, with_role};
use super::inspected::{networks, with_workloads};
use crate::world::{ACCOUNT, SONNET, World, by_session, control_of};

const TABLES: &[&str] = &[
    "aws_bedrock_model_invocation_logging_configuration",
    "aws_cloudtrail_trail",
    "aws_cloudtrail_event_data_store",
    "aws_bedrock_agent",
];

/// An account in which nothing protects anything; names are given.
fn bare(names: &str) -> World {
    let world = read(with_workloads(networks().world(), ""));
    let world = TABLES.iter().fold(world, |world, table| world.coverage(table, "ok"));
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:us-east-1:{ACCOUNT}:{rest}");
    let everybody = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]});
    let selector = json!([{"Name": names, "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}, {"Field": "resources.ARN", "StartsWith": [format!("arn:aws:s3:::{names}/")]}]}]);
    let trail = json!({"name": names, "home_region": "us-east-1", "is_multi_region_trail": true, "is_logging": true,
        "s3_bucket_name": names, "advanced_event_selectors": selector});
    let logging = json!({"cloud_watch_config": {"logGroupName": names, "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/log"),
        "largeDataDeliveryS3Config": {"bucketName": names, "keyPrefix": "p"}}, "text_data_delivery_enabled": false});
    with_role(world, "case-0", json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]))
        .with(
            "aws_vpc_endpoint",
            &arn("ec2", "vpc-endpoint/vpce-open"),
            json!({"vpc_endpoint_id": "vpce-open", "policy_document": everybody}),
        )
        .with("aws_cloudtrail_trail", &arn("cloudtrail", "trail/main"), trail)
        .with("aws_bedrock_model_invocation_logging_configuration", &arn("bedrock", "logging"), logging)
        .with("aws_bedrock_agent", &arn("bedrock", "agent/A1"), json!({"agent_id": "A1"}))
}

fn calls(session: &str, model: &str) -> Vec<ApiCall> {
    let on = |source: &str, endpoint: &str| ApiCall {
        ec2_role_delivery: "2.0".into(),
        model_id: model.into(),
        source_ip: source.into(),
        vpc_endpoint_id: endpoint.into(),
        ..by_session("case-0", session)
    };
    let of = |source: &str, event: &str, target: &str| ApiCall {
        event_source: format!("{source}.amazonaws.com"),
        event_name: event.into(),
        model_id: target.into(),
        ..on("203.0.113.1", "")
    };
    vec![
        on("203.0.113.1", ""),
        on("10.1.1.5", "vpce-open"),
        of("bedrock", "InvokeAgent", "A1/LIVE"),
        of("sagemaker", "InvokeEndpoint", "e1"),
        of("bedrock-mantle", "CreateInference", "m"),
        // From a network without an endpoint.
        ApiCall { session_name: "i-000walled".into(), ..on("203.0.113.1", "") },
    ]
}

fn fixes(edge: &Edge) -> impl Iterator<Item = (&Control, &Fix)> {
    edge.controls.iter().flat_map(|control| control.fix.iter().map(move |fix| (control, fix)))
}

/// Terraform that its own language reads, commands whose words stay what they are.
fn parse(fix: &Fix) -> Vec<String> {
    match fix.language.as_str() {
        "terraform" => {
            let body: hcl::Body = hcl::from_str(&fix.text).unwrap_or_else(|error| panic!("{error}: {}", fix.text));
            body.blocks().map(|block| format!("{} {}", block.identifier(), block.labels().len())).collect()
        }
        "cli" => {
            let code: String =
                fix.text.lines().filter(|line| !line.starts_with('#')).map(|line| format!("{line}\n")).collect();
            let words = shlex::split(&code.replace("\\\n", " ")).unwrap_or_else(|| panic!("{}", fix.text));
            for word in words.iter().filter(|word| word.starts_with(['{', '['])) {
                serde_json::from_str::<Value>(word).unwrap_or_else(|error| panic!("{error}: {word}"));
            }
            words.into_iter().filter(|word| word == "aws" || word.starts_with("--")).collect()
        }
        "json" => serde_json::from_str::<Value>(&fix.text).unwrap().as_object().unwrap().keys().cloned().collect(),
        "text" => vec![],
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn all_are_read_back() {
    let edges = bare("main-logs").each(calls("i-0000plain", SONNET)).await;
    let mut count = 0;
    for (control, fix) in edges.iter().flat_map(fixes) {
        let shape = parse(fix);
        assert!(fix.language == "text" || !shape.is_empty(), "{}: {}", control.name, fix.text);
        assert!(!fix.text.contains("{{"), "{}: {}", control.name, fix.text);
        count += 1;
    }
    assert!(count > 40, "{count}");
    for control in edges.iter().flat_map(|edge| &edge.controls) {
        assert_eq!(control.fix.is_empty(), control.state == Tri::Yes, "{}: {}", control.name, control.reason);
    }
}

#[tokio::test]
async fn values_of_the_edge_stand_in_them() {
    let edges = bare("main-logs").each(calls("i-0000plain", SONNET)).await;
    let shown = |edge: &Edge, control: &str| -> String {
        let fix = control_of(edge, control).fix;
        fix.iter().map(|fix| format!("{}:\n{}\n", fix.language, fix.text.trim_end())).collect()
    };
    insta::assert_snapshot!("private_path", shown(&edges[5], "private_path"));
    insta::assert_snapshot!("endpoint_policy", shown(&edges[1], "endpoint_policy"));
    insta::assert_snapshot!("guardrail_on_call", shown(&edges[0], "guardrail_on_call"));
    insta::assert_snapshot!("inspected_path", shown(&edges[0], "inspected_path"));
    insta::assert_snapshot!("invocation_logged", shown(&edges[0], "invocation_logged"));
    insta::assert_snapshot!("data_events_logged", shown(&edges[2], "data_events_logged"));
}

/// Names that an account gives, and ids that a caller writes, are no part of a command.
#[tokio::test]
async fn nothing_harmful_gets_in() {
    let plain: Vec<Vec<String>> = bare("main-logs")
        .each(calls("i-0000plain", "some.model-v1"))
        .await
        .iter()
        .flat_map(fixes)
        .map(|(_, fix)| parse(fix))
        .collect();
    for harm in ["x'; rm -rf / #", "${file(\"/etc/passwd\")}", "$(id)", "a\"b\nc", "--profile=x", "{{region}}"] {
        let edges = bare(harm).each(calls("i-0000plain", harm)).await;
        let shapes: Vec<Vec<String>> = edges.iter().flat_map(fixes).map(|(_, fix)| parse(fix)).collect();
        assert_eq!(shapes.len(), plain.len(), "{harm}");
        for ((_, fix), (shape, wanted)) in edges.iter().flat_map(fixes).zip(shapes.iter().zip(&plain)) {
            assert_eq!(shape, wanted, "{harm}: {}", fix.text);
            // Inside an ARN between quotes an option is none: the shape has told.
            assert!(harm.starts_with("--") || !fix.text.contains(harm), "{harm}: {}", fix.text);
        }
    }
}
