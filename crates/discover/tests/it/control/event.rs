//! `data_events_logged`: trails, event data stores, and what their selectors take.

use serde_json::{Value, json};
use sightline_model::edge::{Edge, Tri};
use sightline_model::lake_table::COVERAGE;
use sightline_model::log::ApiCall;

use crate::world::{ACCOUNT, SONNET, World, by_session, control_of};

const TRAIL: &str = "aws_cloudtrail_trail";
const STORE: &str = "aws_cloudtrail_event_data_store";

fn read() -> World {
    with_targets(World::new().coverage(TRAIL, "ok").coverage(STORE, "ok"), "us-east-1")
}

fn with_targets(world: World, region: &str) -> World {
    let agent = format!("arn:aws:bedrock:{region}:{ACCOUNT}:agent/A1");
    let endpoint = format!("arn:aws:sagemaker:{region}:{ACCOUNT}:endpoint/e1");
    let model = format!("arn:aws:bedrock:{region}::foundation-model/{SONNET}");
    world
        .with("aws_bedrock_agent", &agent, json!({"agent_id": "A1"}))
        .with(
            "aws_bedrock_agent_alias",
            &format!("{agent}-alias/LIVE"),
            json!({"agent_id": "A1", "agent_alias_id": "LIVE"}),
        )
        .with("aws_sagemaker_endpoint", &endpoint, json!({"endpoint_name": "e1"}))
        .with("aws_bedrock_foundation_model", &model, json!({"model_id": SONNET}))
}

fn trail(world: World, arn: &str, more: Value) -> World {
    let mut config = json!({"name": "main", "home_region": "us-east-1", "is_multi_region_trail": true, "is_logging": true,
        "is_organization_trail": false, "s3_bucket_name": "logs"});
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.with(TRAIL, arn, config)
}

fn fields(fields: &[(&str, &str, &str)]) -> Value {
    let field = |(field, operator, value): &(&str, &str, &str)| json!({"Field": field, *operator: [value]});
    json!({"Name": "s", "FieldSelectors": fields.iter().map(field).collect::<Vec<_>>()})
}

fn data(kind: &str, more: &[(&str, &str, &str)]) -> Value {
    let own = [("eventCategory", "Equals", "Data"), ("resources.type", "Equals", kind)];
    json!({"advanced_event_selectors": [fields(&own.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())]})
}

fn calls() -> [ApiCall; 4] {
    let call = |source: &str, event: &str, target: &str| ApiCall {
        event_source: format!("{source}.amazonaws.com"),
        event_name: event.into(),
        model_id: target.into(),
        ..by_session("app", "s")
    };
    [
        call("bedrock", "Converse", SONNET),
        call("bedrock", "InvokeAgent", "A1/LIVE"),
        call("sagemaker", "InvokeEndpoint", "e1"),
        call("bedrock", "StartAsyncInvoke", SONNET),
    ]
}

/// Of a model, an agent, an endpoint and a call that answers later: `y n u`.
async fn told(world: World) -> String {
    world.each(calls()).await.iter().map(state).collect()
}

fn state(edge: &Edge) -> &'static str {
    match control_of(edge, "data_events_logged").state {
        Tri::Yes => "y",
        Tri::No => "n",
        Tri::Unknown => "u",
    }
}

#[tokio::test]
async fn what_selectors_take() {
    let basic = |kind: &str, management: bool| {
        json!({"event_selectors": [{"ReadWriteType": kind, "IncludeManagementEvents": management,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}]})
    };
    let management = |more: &[(&str, &str, &str)]| {
        let own = [("eventCategory", "Equals", "Management")];
        json!({"advanced_event_selectors": [fields(&own.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())]})
    };
    let agents = "AWS::Bedrock::AgentAlias";
    let alias = |agent: &str| format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:agent-alias/{agent}/");
    let cases: &[(&str, Value, &str)] = &[
        ("all management events", basic("All", true), "ynnn"),
        ("reads", basic("ReadOnly", true), "ynnn"),
        ("writes alone", basic("WriteOnly", true), "nnnn"),
        ("no management events", basic("All", false), "nnnn"),
        ("advanced management events", management(&[]), "ynnn"),
        ("advanced writes", management(&[("readOnly", "Equals", "false")]), "nnnn"),
        ("without keys", management(&[("eventSource", "NotEquals", "kms.amazonaws.com")]), "ynnn"),
        ("without bedrock", management(&[("eventSource", "NotEquals", "bedrock.amazonaws.com")]), "nnnn"),
        ("of the console", management(&[("sessionCredentialFromConsole", "Equals", "true")]), "unnn"),
        ("agents", data(agents, &[]), "nynn"),
        ("agents' reads", data(agents, &[("readOnly", "Equals", "true")]), "nynn"),
        ("agents' writes", data(agents, &[("readOnly", "Equals", "false")]), "nnnn"),
        ("this agent", data(agents, &[("resources.ARN", "StartsWith", &alias("A1"))]), "nynn"),
        ("one of its aliases", data(agents, &[("resources.ARN", "Equals", &format!("{}LIVE", alias("A1")))]), "nunn"),
        ("another agent", data(agents, &[("resources.ARN", "StartsWith", &alias("B2"))]), "nnnn"),
        ("all but this one", data(agents, &[("resources.ARN", "NotStartsWith", &alias("A1"))]), "nnnn"),
        ("another name", data(agents, &[("eventName", "Equals", "GetAgentMemory")]), "nnnn"),
        ("endpoints", data("AWS::SageMaker::Endpoint", &[]), "nnyn"),
        ("asynchronous calls", data("AWS::Bedrock::AsyncInvoke", &[]), "nnny"),
        ("models", data("AWS::Bedrock::Model", &[]), "nnny"),
        ("nothing that was read", json!({}), "uuuu"),
        ("off", json!({"is_logging": false, "event_selectors": [{"ReadWriteType": "All"}]}), "nnnn"),
        (
            "whether it is on was not read",
            json!({"is_logging": null, "event_selectors": [{"ReadWriteType": "All"}]}),
            "unnn",
        ),
        ("another region", json!({"home_region": "eu-west-1", "event_selectors": [{"ReadWriteType": "All"}]}), "nnnn"),
    ];
    // Each case in a region of its own: one discovery for all.
    let region = |at: usize| format!("case-{at}-1");
    let mut world = World::new();
    let mut all = vec![];
    for (at, (_, config, _)) in cases.iter().enumerate() {
        let region = region(at);
        let rows = [TRAIL, STORE].map(|table| {
            json!({"scan_id": crate::world::SCAN_ID, "account_id": ACCOUNT, "region": region, "table_name": table, "operation": "some:Operation", "action": "some:Action", "outcome": "ok"})
        });
        world = with_targets(world.with_rows(COVERAGE, rows), &region);
        let own = json!({"is_multi_region_trail": false, "home_region": region});
        let mut config = config.clone();
        for (key, value) in own.as_object().unwrap() {
            config.as_object_mut().unwrap().entry(key.clone()).or_insert(value.clone());
        }
        config = serde_json::from_str(&config.to_string().replace("us-east-1", &region)).unwrap();
        world = trail(world, &format!("arn:aws:cloudtrail:{region}:{ACCOUNT}:trail/main"), config);
        all.extend(calls().map(|call| ApiCall { region: region.clone(), ..call }));
    }
    let edges = world.each(all).await;
    for ((name, _, wanted), edges) in cases.iter().zip(edges.chunks(4)) {
        let told: String = edges.iter().map(state).collect();
        let reasons: Vec<String> = edges.iter().map(|edge| control_of(edge, "data_events_logged").reason).collect();
        assert_eq!(told, *wanted, "{name}: {reasons:#?}");
    }
}

#[tokio::test]
async fn stores_and_trails_of_the_organization_count() {
    let store = |status: &str, everywhere: bool| {
        let mut config = data("AWS::Bedrock::AgentAlias", &[]);
        config["status"] = json!(status);
        config["multi_region_enabled"] = json!(everywhere);
        read().with(STORE, &format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:eventdatastore/e"), config)
    };
    assert_eq!(told(store("ENABLED", false)).await, "nynn");
    assert_eq!(told(store("STOPPED_INGESTION", false)).await, "nnnn");
    // A member sees the organization's trail, and may not read what it keeps.
    let arn = "arn:aws:cloudtrail:us-east-1:210987654321:trail/org";
    let shadow = json!({"name": "org", "home_region": "us-east-1", "is_multi_region_trail": true, "is_organization_trail": true});
    assert_eq!(told(read().with(TRAIL, arn, shadow.clone())).await, "uuuu");
    let mut whole = shadow;
    whole["is_logging"] = json!(true);
    whole["event_selectors"] = json!([{"ReadWriteType": "All", "IncludeManagementEvents": true}]);
    assert_eq!(told(read().with(TRAIL, arn, whole)).await, "ynnn");
}

#[tokio::test]
async fn what_was_not_read_is_unknown() {
    let world = || World::new().calls([by_session("app", "s")]);
    for denied in [TRAIL, STORE] {
        let other = if denied == TRAIL { STORE } else { TRAIL };
        let control = world().coverage(other, "ok").coverage(denied, "denied").control("data_events_logged").await;
        assert_eq!(
            (control.state, control.reason),
            (Tri::Unknown, format!("{denied} could not be read (denied: some:Action)"))
        );
        assert_eq!(control.fix.len(), 1);
        assert!(control.fix[0].text.starts_with("Grant `some:Action`"), "{:?}", control.fix);
    }
    // What one keeps, no other that was not read can take away.
    let arn = format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main");
    let kept = trail(World::new(), &arn, json!({"event_selectors": [{"ReadWriteType": "All"}]}));
    let control = kept.coverage(STORE, "denied").calls([by_session("app", "s")]).control("data_events_logged").await;
    assert_eq!(control.state, Tri::Yes);
}
