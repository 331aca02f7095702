//! A small estate in memory, and calls in it.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_collect::catalogue::catalogue;
use sightline_discover::{Criteria, Discovery, Window, discover, self_hosted, self_hosted_unread};
use sightline_lake::{Lake, Session};
use sightline_model::edge::{Control, Edge};
use sightline_model::lake_table::{API_CALL, COVERAGE, LakeTable, RESOURCE, SCAN};
use sightline_model::log::ApiCall;
use sightline_model::{RunId, SelfHostedModel, TableSchema};

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const SONNET: &str = "anthropic.claude-3-5-sonnet-20241022-v2:0";
pub(crate) const SCAN_ID: &str = "20261120T000000Z-000001";

/// The tables that the collectors fill: a column that discovery reads and they do not have fails every test here.
fn schemas() -> Vec<TableSchema> {
    static SCHEMAS: LazyLock<Vec<TableSchema>> = LazyLock::new(|| catalogue().unwrap().schemas());
    SCHEMAS.clone()
}

/// Rows to discover in.
#[derive(Default)]
pub(crate) struct World {
    resources: Vec<Value>,
    coverage: Vec<Value>,
    calls: Vec<ApiCall>,
    schemas: Option<Vec<TableSchema>>,
    rows: Vec<(&'static LakeTable, Vec<Value>)>,
}

impl World {
    /// With the foundation model that most calls are made to.
    pub(crate) fn new() -> Self {
        let arn = format!("arn:aws:bedrock:us-east-1::foundation-model/{SONNET}");
        Self::default().with("aws_bedrock_foundation_model", &arn, json!({"model_id": SONNET}))
    }

    /// One more resource; its region is its ARN's.
    pub(crate) fn with(mut self, table: &str, arn: &str, config: Value) -> Self {
        self.resources.push(resource_of(SCAN_ID, table, arn, config));
        self
    }

    /// What a scan could read of this table.
    pub(crate) fn coverage(mut self, table: &str, outcome: &str) -> Self {
        self.coverage
            .push(json!({"scan_id": SCAN_ID, "account_id": ACCOUNT, "region": "us-east-1", "table_name": table,
            "action": "some:Action", "operation": "some:Action", "outcome": outcome}));
        self
    }

    pub(crate) fn calls(mut self, calls: impl IntoIterator<Item = ApiCall>) -> Self {
        self.calls.extend(calls);
        self
    }

    /// Rows of any table, as they stand in the lake: `FLOW`, `DNS_ANSWER`, `MODEL_INVOCATION`, `KUBERNETES_CALL`, `LOG_OBJECT` … Columns that
    /// a row lacks are NULL. Resources of an older scan are rows of `SCAN` and `RESOURCE`, see [`old_scan`].
    pub(crate) fn with_rows(mut self, table: &'static LakeTable, rows: impl IntoIterator<Item = Value>) -> Self {
        self.rows.push((table, rows.into_iter().collect()));
        self
    }

    pub(crate) fn schemas(mut self, schemas: Vec<TableSchema>) -> Self {
        self.schemas = Some(schemas);
        self
    }

    pub(crate) async fn edges(self) -> Vec<Edge> {
        self.discovery(&[]).await.edges
    }

    /// All that a discovery until the 22nd makes.
    pub(crate) async fn discovery(self, applications: &[Criteria]) -> Discovery {
        discovered(&self.session(), applications).await
    }

    /// All that a discovery of that time makes.
    pub(crate) async fn discovery_of(self, from: Timestamp, until: Timestamp) -> Discovery {
        discovered_in(&self.session(), Window { from: Some(from), until }, &[]).await
    }

    /// The rows as a session, for what is asked of one.
    pub(crate) fn session(self) -> Session {
        let (schemas, rows) = self.rows();
        Session::in_memory(&schemas, rows).unwrap()
    }

    /// The models that workloads serve themselves.
    pub(crate) async fn self_hosted(self) -> Vec<SelfHostedModel> {
        let (schemas, rows) = self.rows();
        let run = RunId::new("2026-11-22T00:00:00Z".parse().unwrap(), 1);
        self_hosted(&Session::in_memory(&schemas, rows).unwrap(), &run).await.unwrap()
    }

    /// Where such models may be, and nobody looked.
    pub(crate) async fn self_hosted_unread(self) -> Vec<String> {
        let (schemas, rows) = self.rows();
        self_hosted_unread(&Session::in_memory(&schemas, rows).unwrap()).await.unwrap()
    }

    /// The edges of the same rows in Delta tables.
    pub(crate) async fn edges_on_disk(self) -> Vec<Edge> {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::create(folder.path()).await.unwrap();
        let (schemas, rows) = self.rows();
        for (table, rows) in rows {
            lake.append(table, &rows).await.unwrap();
        }
        discovered(&lake.session(&schemas).await.unwrap(), &[]).await.edges
    }

    fn rows(self) -> (Vec<TableSchema>, Vec<(&'static LakeTable, Vec<Value>)>) {
        let scan = json!({"scan_id": SCAN_ID, "account_id": ACCOUNT, "finished_at": "2026-11-20T00:10:00Z"});
        let calls = self.calls.iter().map(|call| serde_json::to_value(call).unwrap()).collect();
        let mut rows =
            vec![(SCAN, vec![scan]), (RESOURCE, self.resources), (COVERAGE, self.coverage), (API_CALL, calls)];
        rows.extend(self.rows);
        (self.schemas.unwrap_or_else(schemas), rows)
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

async fn discovered(session: &Session, applications: &[Criteria]) -> Discovery {
    let until: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
    discovered_in(session, Window { from: None, until }, applications).await
}

async fn discovered_in(session: &Session, window: Window, applications: &[Criteria]) -> Discovery {
    let began: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
    discover(session, RunId::new(began, 1), window, applications).await.unwrap()
}

/// The row of a scan that ended at that time, whose resources are told by [`resource_of`].
pub(crate) fn old_scan(scan_id: &str, finished_at: &str) -> Value {
    json!({"scan_id": scan_id, "account_id": ACCOUNT, "finished_at": finished_at})
}

/// A row of `resource` of that scan; its region is its ARN's.
pub(crate) fn resource_of(scan_id: &str, table: &str, arn: &str, config: Value) -> Value {
    let region = arn.split(':').nth(3).filter(|region| !region.is_empty()).unwrap_or("global");
    let title = arn.rsplit(['/', ':']).next().unwrap();
    json!({"scan_id": scan_id, "account_id": ACCOUNT, "partition": "aws", "region": region, "table_name": table,
        "arn": arn, "title": title, "tags": {}, "config": config, "collected_at": "2026-11-20T00:00:00Z"})
}

/// The edge's control of this name.
pub(crate) fn control_of(edge: &Edge, name: &str) -> Control {
    edge.controls.iter().find(|control| control.name == name).cloned().unwrap()
}

pub(crate) fn role(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// A call of Claude from a public address; each an event of its own.
pub(crate) fn call() -> ApiCall {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    ApiCall {
        event_id: format!("call-{}", NEXT.fetch_add(1, Ordering::Relaxed)),
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
