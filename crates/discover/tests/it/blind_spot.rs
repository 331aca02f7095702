//! Blind spots: what is made against what was read, and the holes of both.

use serde_json::{Value, json};
use sightline_discover::{Window, blind_spots};
use sightline_model::lake_table::{API_CALL, COVERAGE, DNS_ANSWER, FLOW, LOG_GAP, LOG_OBJECT, MODEL_INVOCATION};
use sightline_model::log::ApiCall;
use sightline_model::{BlindSpot, RunId, Sight};

use crate::world::{ACCOUNT, World, call};

const TABLES: [&str; 9] = [
    "aws_cloudtrail_trail",
    "aws_bedrock_model_invocation_logging_configuration",
    "aws_vpc",
    "aws_vpc_flow_log",
    "aws_ec2_network_interface",
    "aws_route53_resolver_query_log_config_association",
    "aws_eks_cluster",
    "aws_ec2_instance",
    "aws_iam_role",
];

const INGEST: &str = "sightline ingest --discovered";

/// An account with an instance, of which everything was asked.
fn looked() -> World {
    looked_but("")
}

/// As [`looked`], where this table was denied.
fn looked_but(denied: &str) -> World {
    let world = World::new().with(
        "aws_ec2_instance",
        "arn:aws:ec2:us-east-1:123456789012:instance/i-1",
        json!({"instance_id": "i-1", "vpc_id": "vpc-1"}),
    );
    TABLES.iter().fold(world, |world, table| world.coverage(table, if *table == denied { "denied" } else { "ok" }))
}

fn trail(config: Value) -> Value {
    let mut whole = json!({"name": "main", "is_logging": true, "is_multi_region_trail": true, "home_region": "us-east-1",
        "event_selectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true}]});
    whole.as_object_mut().unwrap().extend(config.as_object().unwrap().clone());
    whole
}

fn with_trail(world: World, config: Value) -> World {
    world.with("aws_cloudtrail_trail", "arn:aws:cloudtrail:us-east-1:123456789012:trail/main", trail(config))
}

fn data(kind: &str) -> Value {
    json!({"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": [kind]}]})
}

/// A VPC with an interface in a subnet.
fn with_vpc(world: World) -> World {
    world
        .with("aws_vpc", "arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1", json!({"vpc_id": "vpc-1"}))
        .with(
            "aws_ec2_network_interface",
            "arn:aws:ec2:us-east-1:123456789012:network-interface/eni-1",
            json!({"network_interface_id": "eni-1", "vpc_id": "vpc-1", "subnet_id": "subnet-1"}),
        )
        .with(
            "aws_vpc_subnet",
            "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1",
            json!({"subnet_id": "subnet-1", "vpc_id": "vpc-1"}),
        )
}

fn with_flow_log(world: World, config: Value) -> World {
    let mut whole = json!({"flow_log_id": "fl-1", "flow_log_status": "ACTIVE", "resource_id": "vpc-1", "traffic_type": "ALL",
        "log_destination_type": "s3", "log_destination": "arn:aws:s3:::logs"});
    whole.as_object_mut().unwrap().extend(config.as_object().unwrap().clone());
    world.with("aws_vpc_flow_log", "arn:aws:ec2:us-east-1:123456789012:vpc-flow-log/fl-1", whole)
}

fn flow(at: &str) -> Value {
    json!({"hour": at, "account_id": ACCOUNT, "region": "us-east-1", "vpc_id": null, "interface_id": "eni-1", "records": 3,
        "first_seen": at, "last_seen": at})
}

fn object(source: &str, from: &str, until: &str, records: i64) -> Value {
    json!({"uri": format!("s3://logs/{source}-{from}"), "source": source, "account_id": ACCOUNT, "region": "us-east-1", "status": "read",
        "records": records, "rejects": 0, "first_seen": from, "last_seen": until, "last_modified": until, "seq": 1})
}

async fn spots(world: World) -> Vec<BlindSpot> {
    let until = "2026-11-20T12:00:00Z".parse().unwrap();
    blind_spots(&world.session(), &RunId::new(until, 1), Window { from: None, until }).await.unwrap()
}

/// The rows of a plane and a telemetry in the account.
fn of<'s>(spots: &'s [BlindSpot], plane: &str, telemetry: &str) -> Vec<&'s BlindSpot> {
    let is = |spot: &&BlindSpot| spot.plane == plane && spot.telemetry == telemetry && !spot.account_id.is_empty();
    spots.iter().filter(is).collect()
}

/// The only one that is no hole.
fn one<'s>(spots: &'s [BlindSpot], plane: &str, telemetry: &str) -> &'s BlindSpot {
    let rows: Vec<&BlindSpot> =
        of(spots, plane, telemetry).into_iter().filter(|spot| spot.blind_until.is_none()).collect();
    assert_eq!(rows.len(), 1, "{plane} {telemetry}: {rows:#?}");
    rows[0]
}

#[tokio::test]
async fn what_a_trail_records_and_what_was_read_of_it() {
    let mantle = json!({"event_selectors": null, "advanced_event_selectors": [
        {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
        data("AWS::BedrockMantle::Project"), data("AWS::Bedrock::AgentAlias")]});
    let spots = spots(with_trail(looked(), mantle).calls([call()])).await;
    let management = one(&spots, "bedrock-runtime", "cloudtrail-management");
    assert_eq!((management.sight, management.lost.as_str(), management.fix.as_str()), (Sight::Seen, "", ""));
    assert_eq!(management.seen_since, Some("2026-11-20T01:00:00Z".parse().unwrap()));
    assert_eq!(one(&spots, "bedrock-mantle", "cloudtrail-data").sight, Sight::Seen);
    let agents = one(&spots, "bedrock-agent-runtime", "cloudtrail-data");
    assert_eq!((agents.sight, agents.fix.as_str()), (Sight::Partial, "cloudtrail"));
    assert_eq!(
        agents.lost,
        "calls of agents, flows and knowledge bases: InvokeInlineAgent, InvokeFlow, Retrieve, RetrieveAndGenerate"
    );
    let endpoints = one(&spots, "sagemaker-runtime", "cloudtrail-data");
    assert_eq!(endpoints.sight, Sight::Blind);
    assert_eq!(endpoints.reason, "trail main does not record data events of AWS::SageMaker::Endpoint");
    let worst_first: Vec<Sight> = spots.iter().map(|spot| spot.sight).collect();
    assert!(worst_first.is_sorted());
}

#[tokio::test]
async fn a_trail_that_writes_alone_or_not_at_all_shows_no_inference() {
    let write_only = json!({"event_selectors": [{"ReadWriteType": "WriteOnly"}]});
    let spots_of = async |config: Value| {
        let spots = spots(with_trail(looked(), config)).await;
        one(&spots, "bedrock-runtime", "cloudtrail-management").clone()
    };
    let row = spots_of(write_only).await;
    assert_eq!((row.sight, row.fix.as_str()), (Sight::Blind, "cloudtrail"));
    assert!(
        row.reason.contains("does not record management events of bedrock.amazonaws.com that only read"),
        "{}",
        row.reason
    );
    assert_eq!(spots_of(json!({"is_logging": false})).await.reason, "trail main is not logging");
    let row = spots_of(json!({})).await;
    assert_eq!((row.sight, row.fix.as_str()), (Sight::Blind, INGEST), "made, and not read");
    assert_eq!(row.reason, "trail main records them; nothing of it was read");
    let row = spots_of(json!({"event_selectors": null})).await;
    assert_eq!(row.sight, Sight::Unknown);
    assert!(row.reason.contains("cloudtrail:GetEventSelectors"), "{}", row.reason);
}

#[tokio::test]
async fn what_was_read_and_is_not_made_ends_with_its_last_record() {
    let agent = ApiCall { event_name: "InvokeAgent".into(), ..call() };
    let spots = spots(looked().calls([agent])).await;
    let row = one(&spots, "bedrock-agent-runtime", "cloudtrail-data");
    assert_eq!((row.sight, row.blind_from), (Sight::Partial, Some("2026-11-20T01:00:00Z".parse().unwrap())));
    assert!(row.reason.contains("no trail records this region; yet records were read"), "{}", row.reason);
}

#[tokio::test]
async fn what_was_denied_is_unknown_and_names_the_call() {
    for (table, plane, telemetry) in [
        ("aws_cloudtrail_trail", "bedrock-mantle", "cloudtrail-data"),
        ("aws_bedrock_model_invocation_logging_configuration", "bedrock-runtime", "invocation-logging"),
        ("aws_vpc_flow_log", "network", "flow-logs"),
        ("aws_route53_resolver_query_log_config_association", "public-ai", "resolver-logs"),
    ] {
        let spots = spots(with_vpc(looked_but(table))).await;
        let row = one(&spots, plane, telemetry);
        assert_eq!(row.sight, Sight::Unknown, "{table}: {row:#?}");
        assert!(row.reason.contains("denied: some:Action"), "{table}: {}", row.reason);
    }
    let spots = spots(looked_but("aws_iam_role")).await;
    let row = one(&spots, "network", "inventory");
    assert_eq!(
        (row.sight, row.reason.as_str()),
        (Sight::Unknown, "could not be read: aws_iam_role (denied: some:Action)")
    );
}

#[tokio::test]
async fn flow_logs_of_a_vpc() {
    let row_of = async |world: World| one(&spots(world).await, "network", "flow-logs").clone();
    let row = row_of(with_vpc(looked())).await;
    assert_eq!((row.sight, row.fix.as_str(), row.subject.as_str()), (Sight::Blind, "vpc-flow-logs", "vpc-1"));
    let read = |world: World| world.with_rows(FLOW, [flow("2026-11-20T10:00:00Z")]);
    assert_eq!(row_of(read(with_flow_log(with_vpc(looked()), json!({})))).await.sight, Sight::Seen);
    assert_eq!(row_of(with_flow_log(with_vpc(looked()), json!({}))).await.fix, INGEST, "made, and not read");
    for (config, says) in [
        (json!({"traffic_type": "ACCEPT"}), "takes ACCEPT traffic alone"),
        (
            json!({"log_format": "${version} ${srcaddr} ${dstaddr} ${interface-id} ${log-status}"}),
            "lacks pkt-srcaddr (pods apart",
        ),
        (json!({"deliver_logs_status": "FAILED", "deliver_logs_error_message": "Access error"}), "fail: Access error"),
    ] {
        let row = row_of(read(with_flow_log(with_vpc(looked()), config))).await;
        assert_eq!(row.sight, Sight::Partial);
        assert!(row.reason.contains(says), "{}", row.reason);
    }
    let row = row_of(with_flow_log(with_vpc(looked()), json!({"log_destination_type": "cloud-watch-logs"}))).await;
    assert!(row.sight == Sight::Blind && row.reason.contains("delivers to cloud-watch-logs"), "{}", row.reason);
}

#[tokio::test]
async fn flow_logs_of_parts_of_a_vpc_leave_interfaces_out() {
    let world = with_flow_log(with_vpc(looked()), json!({"resource_id": "subnet-1"})).with(
        "aws_ec2_network_interface",
        "arn:aws:ec2:us-east-1:123456789012:network-interface/eni-2",
        json!({"network_interface_id": "eni-2", "vpc_id": "vpc-1", "subnet_id": "subnet-2"}),
    );
    let spots = spots(world.with_rows(FLOW, [flow("2026-11-20T10:00:00Z")])).await;
    let row = one(&spots, "network", "flow-logs");
    assert_eq!(row.sight, Sight::Partial);
    assert_eq!(row.reason, "flow logs are of parts of the VPC: 1 interfaces (eni-2) are not logged");
    assert_eq!(one(&spots, "self-hosted", "flow-logs").sight, Sight::Partial, "as much as the VPCs");
}

#[tokio::test]
async fn names_functions_clusters_and_endpoints() {
    let world = with_vpc(looked())
        .with(
            "aws_route53_resolver_query_log_config_association",
            "arn:aws:route53resolver:us-east-1:123456789012:a/1",
            json!({"resource_id": "vpc-1", "status": "ACTIVE"}),
        )
        .with_rows(DNS_ANSWER, [json!({"account_id": ACCOUNT, "region": "us-east-1", "vpc_id": "vpc-1", "queries": 2,
            "first_seen": "2026-11-20T02:00:00Z", "last_seen": "2026-11-20T03:00:00Z"})])
        .with("aws_lambda_function", "arn:aws:lambda:us-east-1:123456789012:function:f", json!({"function_name": "f"}))
        .with("aws_eks_cluster", "arn:aws:eks:us-east-1:123456789012:cluster/apps", json!({"name": "apps"}))
        .with("aws_sagemaker_endpoint", "arn:aws:sagemaker:us-east-1:123456789012:endpoint/e",
            json!({"endpoint_name": "e", "data_capture_config": {"EnableCapture": true, "CurrentSamplingPercentage": 10}}))
        .with_rows(COVERAGE, [json!({"scan_id": "20261120T000000Z-000001", "account_id": ACCOUNT, "region": "us-east-1",
            "table_name": "kubernetes_pod", "action": "kubernetes:list pods", "outcome": "denied",
            "target": "arn:aws:eks:us-east-1:123456789012:cluster/apps"})]);
    let spots = spots(world).await;
    assert_eq!(one(&spots, "public-ai", "resolver-logs").sight, Sight::Seen);
    let outside = of(&spots, "public-ai", "flow-logs");
    assert!(outside.iter().any(|row| row.lost.starts_with("connections of functions outside") && row.fix.is_empty()));
    let audit = one(&spots, "network", "eks-audit");
    assert_eq!((audit.sight, audit.lost.as_str()), (Sight::Blind, "pods of cluster apps that lived between two scans"));
    assert!(audit.fix.starts_with("aws eks update-cluster-config --region us-east-1 --name apps"), "{}", audit.fix);
    let pods = one(&spots, "self-hosted", "inventory");
    assert_eq!((pods.sight, pods.fix.as_str()), (Sight::Unknown, "eks-access"));
    assert!(pods.reason.contains("kubernetes_pod (denied: kubernetes:list pods)"), "{}", pods.reason);
    let capture = one(&spots, "sagemaker-runtime", "data-capture");
    assert_eq!(capture.reason, "the endpoint captures 10 % of what it is asked; nothing of it was read");
}

#[tokio::test]
async fn times_without_records_are_holes() {
    // Every five minutes, and nothing from 02:10 to 02:30.
    let steps = (0..12).map(|step| step * 5).filter(|minute| !(10..30).contains(minute));
    let of_step = |minute: u32| {
        let at = |minute: u32, second: u32| format!("2026-11-20T02:{minute:02}:{second:02}Z");
        object("cloudtrail", &at(minute, 0), &at(minute + 4, 59), 100)
    };
    let mut objects: Vec<Value> = steps.map(of_step).collect();
    objects.push(json!({"uri": "s3://logs/broken", "source": "cloudtrail", "account_id": ACCOUNT, "region": "us-east-1", "status": "unreadable",
        "records": 0, "rejects": 0, "last_modified": "2026-11-20T02:20:00Z", "seq": 1, "error": "gzip"}));
    let skipped = json!({"source": "vpc_flow", "account_id": ACCOUNT, "region": "us-east-1", "subject": "eni-1", "reason": "SKIPDATA",
        "first_seen": "2026-11-20T04:00:00Z", "last_seen": "2026-11-20T04:10:00Z"});
    let world = with_trail(looked(), json!({})).with_rows(LOG_OBJECT, objects).with_rows(LOG_GAP, [skipped]);
    let spots = spots(world).await;
    let holes: Vec<(String, String, &str)> = of(&spots, "bedrock-runtime", "cloudtrail-management")
        .into_iter()
        .filter_map(|row| Some((row.blind_from?.to_string(), row.blind_until?.to_string(), row.subject.as_str())))
        .collect();
    assert!(holes.contains(&("2026-11-20T02:09:59Z".into(), "2026-11-20T02:30:00Z".into(), "")), "{holes:?}");
    assert!(holes.contains(&("2026-11-20T01:20:00Z".into(), "2026-11-20T02:20:00Z".into(), "unreadable")), "{holes:?}");
    let told = of(&spots, "network", "flow-logs");
    let told = told.iter().find(|row| row.subject == "eni-1").unwrap();
    assert_eq!((told.sight, told.lost.as_str()), (Sight::Partial, "connections in this time of eni-1"));
    let ids: std::collections::BTreeSet<&str> = spots.iter().map(|spot| spot.spot_id.as_str()).collect();
    assert_eq!(ids.len(), spots.len());
}

#[tokio::test]
async fn one_log_tells_what_another_lost() {
    let invoked = |id: &str, at: &str| json!({"request_id": id, "event_time": at, "account_id": ACCOUNT, "region": "us-east-1", "operation": "Converse"});
    let called = |id: &str, at: &str| ApiCall { request_id: id.into(), event_time: at.parse().unwrap(), ..call() };
    let invoked = [
        invoked("a", "2026-11-20T01:00:00Z"),
        invoked("lost-1", "2026-11-20T02:00:00Z"),
        invoked("lost-2", "2026-11-20T02:50:00Z"),
        invoked("z", "2026-11-20T09:00:00Z"),
    ];
    let world = looked()
        .calls([
            called("a", "2026-11-20T01:00:00Z"),
            called("only", "2026-11-20T05:00:00Z"),
            called("z", "2026-11-20T09:00:00Z"),
        ])
        .with_rows(MODEL_INVOCATION, invoked);
    let spots = spots(world).await;
    let hole = |telemetry: &str| {
        let rows = of(&spots, "bedrock-runtime", telemetry);
        let row = rows.into_iter().find(|row| row.subject == "requests").unwrap();
        (row.blind_from.unwrap().to_string(), row.blind_until.unwrap().to_string(), row.reason.clone())
    };
    assert_eq!(
        hole("cloudtrail-management"),
        (
            "2026-11-20T02:00:00Z".into(),
            "2026-11-20T02:50:00Z".into(),
            "calls of the invocation log have no event of CloudTrail: 2".into()
        )
    );
    assert_eq!(hole("invocation-logging").0, "2026-11-20T05:00:00Z");
}

#[tokio::test]
async fn accounts_and_regions_that_no_scan_saw() {
    let foreign = ApiCall { account_id: "999999999999".into(), ..call() };
    let world = looked()
        .with("aws_region", "arn:aws:ec2:eu-west-1:123456789012:region/eu-west-1", json!({"region_name": "eu-west-1"}))
        .with_rows(
            COVERAGE,
            [json!({"scan_id": "20261120T000000Z-000001", "account_id": ACCOUNT, "region": "ap-south-1", "table_name": "aws_vpc", "outcome": "ok"})],
        )
        .calls([foreign]);
    let spots = spots(world).await;
    let of_place = |account: &str, region: &str| -> Vec<(&str, Sight, &str)> {
        let rows = spots.iter().filter(|spot| spot.account_id == account && spot.region == region);
        rows.map(|row| (row.telemetry.as_str(), row.sight, row.fix.as_str())).collect()
    };
    assert_eq!(of_place("999999999999", ""), [("inventory", Sight::Blind, "sightline scan")]);
    assert_eq!(of_place(ACCOUNT, "eu-west-1"), [("inventory", Sight::Blind, "sightline scan --region eu-west-1")]);
    assert_eq!(
        of_place(ACCOUNT, "ap-south-1"),
        [("cloudtrail-management", Sight::Blind, "cloudtrail")],
        "idle: one row"
    );
    let natural: Vec<&BlindSpot> = spots.iter().filter(|spot| spot.account_id.is_empty()).collect();
    assert!(natural.len() >= 7 && natural.iter().all(|spot| spot.fix.is_empty() && !spot.lost.is_empty()));
    assert!(
        spots
            .iter()
            .filter(|spot| spot.sight != Sight::Seen)
            .all(|spot| !spot.lost.is_empty() && !spot.reason.is_empty())
    );
}

#[tokio::test]
async fn an_empty_lake_tells_what_nothing_shows_and_no_more() {
    let session = sightline_lake::Session::in_memory(&[], vec![(API_CALL, vec![])]).unwrap();
    let until = "2026-11-20T12:00:00Z".parse().unwrap();
    let spots = blind_spots(&session, &RunId::new(until, 1), Window { from: None, until }).await.unwrap();
    assert!(!spots.is_empty() && spots.iter().all(|spot| spot.account_id.is_empty()));
}
