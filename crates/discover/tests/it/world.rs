//! A small estate in memory, and calls in it.

use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_discover::discover;
use sightline_lake::Session;
use sightline_model::edge::{Control, Edge};
use sightline_model::lake_table::{API_CALL, COVERAGE, LakeTable, RESOURCE, SCAN};
use sightline_model::log::ApiCall;
use sightline_model::{Column, ColumnType, RunId, TableSchema};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const SONNET: &str = "anthropic.claude-3-5-sonnet-20241022-v2:0";
const SCAN_ID: &str = "20261120T000000Z-000001";

/// Name and columns of each inventory table that discovery reads; `j:` is JSON, all else text.
const TABLES: &[(&str, &str)] = &[
    ("aws_bedrock_foundation_model", "model_id"),
    ("aws_bedrock_custom_model", "model_name"),
    ("aws_bedrock_imported_model", "model_name"),
    ("aws_bedrock_inference_profile", "inference_profile_id"),
    ("aws_bedrock_provisioned_model_throughput", "provisioned_model_name"),
    ("aws_bedrock_agent", "agent_id agent_resource_role_arn j:guardrail_configuration"),
    ("aws_bedrock_agent_alias", "agent_id agent_alias_id"),
    ("aws_bedrock_knowledge_base", "knowledge_base_id role_arn"),
    ("aws_bedrock_flow", "id execution_role_arn"),
    ("aws_bedrock_agentcore_runtime", "agent_runtime_id role_arn"),
    ("aws_bedrock_model_invocation_logging_configuration", "j:s3_config j:cloud_watch_config"),
    ("aws_ec2_instance", "instance_id public_ip_address j:iam_instance_profile"),
    ("aws_ec2_network_interface", "network_interface_id j:association"),
    ("aws_eks_cluster", "j:identity"),
    ("aws_eks_pod_identity_association", "cluster_name namespace service_account role_arn"),
    ("aws_iam_instance_profile", "j:roles"),
    ("aws_lambda_function", "function_name role"),
    ("aws_sagemaker_endpoint", "endpoint_name endpoint_config_name"),
    ("aws_sagemaker_endpoint_config", "endpoint_config_name j:production_variants"),
    ("aws_sagemaker_model", "model_name execution_role_arn"),
    ("aws_sagemaker_notebook_instance", "notebook_instance_name role_arn"),
    ("aws_vpc_endpoint", "vpc_endpoint_id j:policy_document"),
    ("aws_vpc_nat_gateway", "nat_gateway_id j:nat_gateway_addresses"),
];

pub(crate) fn schemas() -> Vec<TableSchema> {
    let column = |text: &str| match text.strip_prefix("j:") {
        Some(name) => Column::new(name, ColumnType::Json),
        None => Column::new(text, ColumnType::Text),
    };
    TABLES
        .iter()
        .map(|(name, columns)| TableSchema { name: (*name).into(), columns: columns.split(' ').map(column).collect() })
        .collect()
}

/// Rows to discover in.
#[derive(Default)]
pub(crate) struct World {
    resources: Vec<Value>,
    coverage: Vec<Value>,
    calls: Vec<ApiCall>,
    schemas: Option<Vec<TableSchema>>,
}

impl World {
    /// With the foundation model that most calls are made to.
    pub(crate) fn new() -> Self {
        let arn = format!("arn:aws:bedrock:us-east-1::foundation-model/{SONNET}");
        Self::default().with("aws_bedrock_foundation_model", &arn, json!({"model_id": SONNET}))
    }

    /// One more resource; its region is its ARN's.
    pub(crate) fn with(mut self, table: &str, arn: &str, config: Value) -> Self {
        let region = arn.split(':').nth(3).filter(|region| !region.is_empty()).unwrap_or("global");
        let title = arn.rsplit(['/', ':']).next().unwrap();
        self.resources.push(
            json!({"scan_id": SCAN_ID, "account_id": ACCOUNT, "partition": "aws", "region": region, "table_name": table,
            "arn": arn, "title": title, "tags": {}, "config": config, "collected_at": "2026-11-20T00:00:00Z"}),
        );
        self
    }

    /// What a scan could read of this table.
    pub(crate) fn coverage(mut self, table: &str, outcome: &str) -> Self {
        self.coverage
            .push(json!({"scan_id": SCAN_ID, "account_id": ACCOUNT, "region": "us-east-1", "table_name": table,
            "action": "some:Action", "outcome": outcome}));
        self
    }

    pub(crate) fn calls(mut self, calls: impl IntoIterator<Item = ApiCall>) -> Self {
        self.calls.extend(calls);
        self
    }

    pub(crate) fn schemas(mut self, schemas: Vec<TableSchema>) -> Self {
        self.schemas = Some(schemas);
        self
    }

    pub(crate) async fn edges(self) -> Vec<Edge> {
        let scan = json!({"scan_id": SCAN_ID, "account_id": ACCOUNT, "finished_at": "2026-11-20T00:10:00Z"});
        let calls = self.calls.iter().map(|call| serde_json::to_value(call).unwrap()).collect();
        let rows: Vec<(&'static LakeTable, Vec<Value>)> =
            vec![(SCAN, vec![scan]), (RESOURCE, self.resources), (COVERAGE, self.coverage), (API_CALL, calls)];
        let session = Session::in_memory(&self.schemas.unwrap_or_else(schemas), rows).unwrap();
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        discover(&session, RunId::new(now, 1), now).await.unwrap()
    }

    /// The only edge.
    pub(crate) async fn edge(self) -> Edge {
        let mut edges = self.edges().await;
        assert_eq!(edges.len(), 1, "{edges:#?}");
        edges.remove(0)
    }

    /// Each call in a role of its own: one edge a call, in their order. A discovery takes a second in a development build.
    pub(crate) async fn each(self, calls: impl IntoIterator<Item = ApiCall>) -> Vec<Edge> {
        let name = |index: usize| role(&format!("case-{index}"));
        let numbered: Vec<ApiCall> =
            calls.into_iter().enumerate().map(|(index, call)| ApiCall { issuer_arn: name(index), ..call }).collect();
        let count = numbered.len();
        let edges = self.calls(numbered).edges().await;
        (0..count).map(|index| edges.iter().find(|edge| edge.identity_arn == name(index)).cloned().unwrap()).collect()
    }

    /// The control of the only edge.
    pub(crate) async fn control(self, name: &str) -> Control {
        control_of(&self.edge().await, name)
    }
}

/// The edge's control of this name.
pub(crate) fn control_of(edge: &Edge, name: &str) -> Control {
    edge.controls.iter().find(|control| control.name == name).cloned().unwrap()
}

pub(crate) fn role(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// A call of Claude from a public address.
pub(crate) fn call() -> ApiCall {
    ApiCall {
        event_id: "e-1".into(),
        event_time: "2026-11-20T01:00:00Z".parse().unwrap(),
        account_id: ACCOUNT.into(),
        region: "us-east-1".into(),
        event_source: "bedrock.amazonaws.com".into(),
        event_name: "Converse".into(),
        identity_account_id: ACCOUNT.into(),
        source_ip: "203.0.113.9".into(),
        model_id: SONNET.into(),
        request_parameters: json!({"modelId": SONNET}),
        object: "s3://logs/trail.json.gz".into(),
        line: 1,
        ..ApiCall::default()
    }
}

/// The call in a session of a role.
pub(crate) fn by_session(role_name: &str, session: &str) -> ApiCall {
    ApiCall {
        identity_type: "AssumedRole".into(),
        identity_arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role_name}/{session}"),
        issuer_arn: role(role_name),
        session_name: session.into(),
        user_name: role_name.into(),
        access_key_id: "ASIACALL".into(),
        ..call()
    }
}

/// The call that handed out [`by_session`]'s key.
pub(crate) fn issued(event_name: &str) -> ApiCall {
    ApiCall {
        event_id: "e-0".into(),
        event_source: "sts.amazonaws.com".into(),
        event_name: event_name.into(),
        model_id: String::new(),
        issued_access_key_id: "ASIACALL".into(),
        ..call()
    }
}
