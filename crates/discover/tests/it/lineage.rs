//! Relations of an estate whose tables declare them, and the path of data through it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sightline_discover::lineage::{Call, Lineage, Link, LinkKind, TableRelations, Wanted, find, lineage, relations};
use sightline_lake::Session;
use sightline_model::lake_table::{COVERAGE, EDGE, MODEL_ACCESS, RESOURCE, SCAN};
use sightline_model::path::Path;
use sightline_model::{Relation, RelationKind, RelationRule, RunId, TableSchema};

const ACCOUNT: &str = "123456789012";
const OTHER: &str = "210987654321";
const SCAN_ID: &str = "20261120T000000Z-000001";
const AT: &str = "us-east-1";
const BOTH: Wanted = Wanted { up: true, down: true, depth: 9 };

const BUCKET: &str = "arn:aws:s3:::docs";
const DATA_SOURCE: &str = "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/KB1/data-source/DS1";
const BASE: &str = "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/KB1";
const EMBEDDING: &str = "arn:aws:bedrock:us-east-1::foundation-model/acme.embed-v1:0";
const AGENT: &str = "arn:aws:bedrock:us-east-1:123456789012:agent/AG1";
const ALIAS: &str = "arn:aws:bedrock:us-east-1:123456789012:agent-alias/AG1/AL1";
const CALLER: &str = "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0";
const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn rule(kind: RelationKind, column: &str, to: &[&str]) -> RelationRule {
    RelationRule {
        kind,
        column: Path::parse(column).unwrap(),
        to: to.iter().map(|table| (*table).to_owned()).collect(),
        key: "arn".into(),
    }
}

fn tables() -> Vec<TableRelations> {
    use RelationKind::{Contains, EncryptedWith, InNetwork, MadeFrom, Reads, RunsAs, UsesModel, Writes};
    let table = |table: &str, rules: Vec<RelationRule>| TableRelations { table: table.into(), rules };
    vec![
        table("source", vec![rule(Reads, "uri", &["aws_s3_bucket"]), rule(Writes, "base_id", &["base"])]),
        table(
            "base",
            vec![
                rule(UsesModel, "config.embeddingModelArn", &["profile", "model"]),
                rule(RunsAs, "role", &["role"]),
                rule(EncryptedWith, "key", &["aws_kms_key"]),
            ],
        ),
        table(
            "agent",
            vec![rule(Contains, "bases.*.knowledgeBaseId", &["base"]), rule(UsesModel, "model", &["model"])],
        ),
        table("alias", vec![rule(MadeFrom, "agent_id", &["agent"])]),
        table("function", vec![RelationRule { key: "vpc_id".into(), ..rule(InNetwork, "vpc", &["vpc"]) }]),
    ]
}

#[derive(Default)]
struct World {
    resources: Vec<Value>,
    coverage: Vec<Value>,
    edges: Vec<Value>,
    access: Vec<Value>,
    accounts: BTreeSet<String>,
}

impl World {
    /// Bucket → data source → knowledge base → agent → alias → instance.
    fn estate() -> Self {
        Self::default()
            .with("aws_s3_bucket", BUCKET, json!({}))
            .with("source", DATA_SOURCE, json!({"uri": "s3://docs/manuals/", "base_id": "KB1"}))
            .with(
                "base",
                BASE,
                json!({"config": {"embeddingModelArn": EMBEDDING}, "role": "arn:aws:iam::123456789012:role/kb", "key": "alias/kb"}),
            )
            .with("model", EMBEDDING, json!({}))
            .with("agent", AGENT, json!({"bases": [{"knowledgeBaseId": "KB1"}, {}], "model": "acme.large-v1:0"}))
            .with("alias", ALIAS, json!({"agent_id": "AG1"}))
            .with("role", "arn:aws:iam::123456789012:role/kb", json!({}))
            .with("aws_kms_key", KEY, json!({}))
            .with(
                "aws_kms_alias",
                "arn:aws:kms:us-east-1:123456789012:alias/kb",
                json!({"alias_name": "alias/kb", "target_key_id": "1234abcd-12ab-34cd-56ef-1234567890ab"}),
            )
            .called(CALLER, ALIAS)
    }

    fn with(self, table: &str, arn: &str, config: Value) -> Self {
        self.of(ACCOUNT, table, arn, config)
    }

    fn of(mut self, account: &str, table: &str, arn: &str, config: Value) -> Self {
        let region = arn.split(':').nth(3).filter(|region| !region.is_empty()).unwrap_or("global");
        let title = arn.rsplit(['/', ':']).next().unwrap();
        self.accounts.insert(account.to_owned());
        self.resources.push(
            json!({"scan_id": format!("{SCAN_ID}-{account}"), "account_id": account, "partition": "aws",
            "region": region, "table_name": table, "arn": arn, "title": title, "tags": {}, "config": config,
            "collected_at": "2026-11-20T00:00:00Z"}),
        );
        self.read(account, table, region, "ok", "")
    }

    fn read(mut self, account: &str, table: &str, region: &str, outcome: &str, target: &str) -> Self {
        self.coverage.push(json!({"scan_id": format!("{SCAN_ID}-{account}"), "account_id": account, "region": region,
            "table_name": table, "action": format!("service:List{table}"), "outcome": outcome, "target": target}));
        self
    }

    fn called(mut self, workload: &str, model: &str) -> Self {
        self.edges.push(
            json!({"run_id": "1", "edge_id": "1", "account_id": ACCOUNT, "region": AT, "workload_arn": workload,
            "workload_kind": "instance", "workload_title": "web", "model_arn": model, "model_kind": "agent",
            "model_title": "helper", "calls": 3}),
        );
        self
    }

    fn allowed(mut self, principal: &str, model: &str) -> Self {
        self.access.push(
            json!({"run_id": "1", "account_id": ACCOUNT, "principal_arn": principal, "principal_kind": "role",
            "workload_arn": "", "workload_kind": "", "action": "bedrock:InvokeAgent", "resource_arn": model,
            "decision": "allow"}),
        );
        self
    }

    fn session(self) -> Session {
        let scans = self.accounts.iter().map(|account| {
            json!({"scan_id": format!("{SCAN_ID}-{account}"), "account_id": account, "finished_at": "2026-11-20T00:10:00Z"})
        });
        let rows = vec![
            (SCAN, scans.collect()),
            (RESOURCE, self.resources),
            (COVERAGE, self.coverage),
            (EDGE, self.edges),
            (MODEL_ACCESS, self.access),
        ];
        Session::in_memory(&Vec::<TableSchema>::new(), rows).unwrap()
    }

    async fn relations(self) -> Vec<Relation> {
        related(&self.session()).await
    }

    async fn around(self, name: &str, wanted: Wanted) -> Lineage {
        let session = self.session();
        let relations = related(&session).await;
        let found = find(&session, name, &relations).await.unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        lineage(&session, found.first().unwrap(), &relations, &tables(), wanted).await.unwrap()
    }
}

async fn related(session: &Session) -> Vec<Relation> {
    let run = RunId::new("2026-11-22T00:00:00Z".parse().unwrap(), 1);
    relations(session, &run, &tables()).await.unwrap()
}

fn lines(relations: &[Relation]) -> String {
    let line = |relation: &Relation| {
        let dangling = if relation.dangling { " (dangling)" } else { "" };
        format!("{} {} {}{dangling}", relation.from_table, relation.kind, relation.to_arn)
    };
    relations.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn unseen(lineage: &Lineage, arn: &str) -> Vec<String> {
    let said = lineage
        .nodes
        .get(arn)
        .unwrap()
        .unseen
        .iter()
        .map(|one| format!("{} {}", one.table, one.reason).trim().to_owned());
    said.collect()
}

fn path(links: &[Link]) -> Vec<(&str, &str)> {
    links.iter().map(|link| (link.source.as_str(), link.target.as_str())).collect()
}

#[tokio::test]
async fn names_of_every_kind_lead_to_their_resources() {
    insta::assert_snapshot!(lines(&World::estate().relations().await), @"
    alias made_from arn:aws:bedrock:us-east-1:123456789012:agent/AG1
    agent uses_model acme.large-v1:0 (dangling)
    agent contains arn:aws:bedrock:us-east-1:123456789012:knowledge-base/KB1
    base runs_as arn:aws:iam::123456789012:role/kb
    base uses_model arn:aws:bedrock:us-east-1::foundation-model/acme.embed-v1:0
    base encrypted_with arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
    source reads arn:aws:s3:::docs
    source writes arn:aws:bedrock:us-east-1:123456789012:knowledge-base/KB1
    ");
}

#[tokio::test]
async fn data_reaches_the_caller_on_one_path() {
    let down = World::estate().around(BUCKET, BOTH).await;
    let mut steps = path(&down.down);
    steps.sort_by_key(|(source, _)| [BUCKET, DATA_SOURCE, BASE, AGENT, ALIAS].iter().position(|arn| arn == source));
    assert_eq!(steps, [(BUCKET, DATA_SOURCE), (DATA_SOURCE, BASE), (BASE, AGENT), (AGENT, ALIAS), (ALIAS, CALLER)]);
    assert!(down.up.is_empty());
    let up = World::estate().around(CALLER, BOTH).await;
    assert!(path(&up.up).contains(&(BUCKET, DATA_SOURCE)) && path(&up.up).contains(&(EMBEDDING, BASE)), "{up:#?}");
}

#[tokio::test]
async fn depth_is_kept_and_told() {
    let one = World::estate().around(BASE, Wanted { depth: 1, ..BOTH }).await;
    assert_eq!(path(&one.down), [(BASE, AGENT)]);
    assert!(one.cut && !one.nodes.contains_key(ALIAS));
    assert!(!World::estate().around(BASE, BOTH).await.cut);
    let up = World::estate().around(BASE, Wanted { down: false, ..BOTH }).await;
    assert!(up.down.is_empty() && !up.up.is_empty());
}

#[tokio::test]
async fn what_stands_beside_is_not_followed() {
    let base = World::estate().around("KB1", BOTH).await;
    assert_eq!(path(&base.beside), [(BASE, "arn:aws:iam::123456789012:role/kb"), (BASE, KEY)]);
    let role = World::estate().around("role/kb", BOTH).await;
    assert!(role.up.is_empty() && role.down.is_empty());
    assert_eq!(path(&role.beside), [(BASE, "arn:aws:iam::123456789012:role/kb")]);
}

#[tokio::test]
async fn who_may_call_joins_where_nobody_is_seen_to() {
    let idle = "arn:aws:iam::123456789012:role/idle";
    let lineage = World::estate().allowed(idle, ALIAS).allowed(CALLER, ALIAS).around(ALIAS, BOTH).await;
    let kinds: Vec<(&str, LinkKind)> = lineage.down.iter().map(|link| (link.target.as_str(), link.kind)).collect();
    assert_eq!(kinds, [(CALLER, LinkKind::Call(Call::Calls)), (idle, LinkKind::Call(Call::MayCall))]);
    let many =
        (0..30).fold(World::estate(), |world, n| world.allowed(&format!("arn:aws:iam::123456789012:role/r{n}"), ALIAS));
    let lineage = many.around(ALIAS, BOTH).await;
    assert_eq!(lineage.nodes[ALIAS].more_callers, 10);
}

#[tokio::test]
async fn a_denied_table_is_unknown_and_not_absent() {
    let denied = World::default()
        .with("base", BASE, json!({}))
        .read(ACCOUNT, "agent", AT, "denied", "")
        .read(ACCOUNT, "source", AT, "ok", "");
    let lineage = denied.around(BASE, BOTH).await;
    assert!(lineage.is_incomplete() && lineage.down.is_empty());
    insta::assert_snapshot!(
        unseen(&lineage, BASE).join("\n"),
        @"agent could not be read (denied: service:Listagent)"
    );
}

#[tokio::test]
async fn a_detail_that_was_denied_is_told_at_its_resource() {
    let denied = World::estate().read(ACCOUNT, "base", AT, "denied", BASE);
    let lineage = denied.around(BASE, Wanted { down: false, ..BOTH }).await;
    assert!(
        unseen(&lineage, BASE).iter().any(|text| text == "details of it could not be read (denied: service:Listbase)"),
        "{:?}",
        lineage.nodes[BASE].unseen
    );
}

#[tokio::test]
async fn what_dangles_says_why() {
    let elsewhere = format!("arn:aws:bedrock:us-east-1:{OTHER}:knowledge-base/KB9");
    let world = World::default()
        .with("alias", ALIAS, json!({"agent_id": "arn:aws:bedrock:us-east-1:999999999999:agent/X"}))
        .with("source", DATA_SOURCE, json!({"uri": "s3://gone/x", "base_id": elsewhere}))
        .of(OTHER, "model", EMBEDDING, json!({}))
        .read(OTHER, "base", AT, "denied", "");
    let alias = world.around(ALIAS, BOTH).await;
    insta::assert_snapshot!(
        unseen(&alias, "arn:aws:bedrock:us-east-1:999999999999:agent/X").join("\n"),
        @"it is in account 999999999999, which no scan has read"
    );
    let world = World::default()
        .with("source", DATA_SOURCE, json!({"uri": "s3://gone/x", "base_id": elsewhere}))
        .of(OTHER, "model", EMBEDDING, json!({}))
        .read(OTHER, "base", AT, "denied", "")
        .read(ACCOUNT, "aws_s3_bucket", "global", "ok", "");
    let source = world.around(DATA_SOURCE, BOTH).await;
    assert_eq!(unseen(&source, &elsewhere), ["base could not be read (denied: service:Listbase)"]);
    assert_eq!(unseen(&source, "s3://gone/x"), ["no scan saw it: it may be gone, or not of this account"]);
}

#[tokio::test]
async fn a_name_leads_into_its_own_account_and_region_alone() {
    let there = "arn:aws:bedrock:us-east-1:210987654321:agent/AG1";
    let west = "arn:aws:bedrock:us-west-2:123456789012:agent/AG1";
    let alone = |arn: &str, account: &str| {
        World::default().with("alias", ALIAS, json!({"agent_id": "AG1"})).of(account, "agent", arn, json!({}))
    };
    assert!(alone(there, OTHER).relations().await[0].dangling);
    assert!(alone(west, ACCOUNT).relations().await[0].dangling);
    assert!(!alone(AGENT, ACCOUNT).relations().await[0].dangling);
    // An id that AWS gives out once may be shared by another account.
    let vpc = "arn:aws:ec2:us-east-1:210987654321:vpc/vpc-0a1b2c3d4e5f60718";
    let shared = World::default()
        .with("function", "arn:aws:lambda:us-east-1:123456789012:function:f", json!({"vpc": "vpc-0a1b2c3d4e5f60718"}))
        .of(OTHER, "vpc", vpc, json!({"vpc_id": "vpc-0a1b2c3d4e5f60718"}));
    assert_eq!(shared.relations().await[0].to_arn, vpc);
}

#[tokio::test]
async fn a_circle_ends() {
    let back = World::default().with("agent", AGENT, json!({"bases": [{"knowledgeBaseId": "KB1"}]})).with(
        "base",
        BASE,
        json!({"config": {"embeddingModelArn": AGENT}}),
    );
    let mut tables = tables();
    tables[1].rules[0].to = vec!["agent".into()];
    let session = back.session();
    let run = RunId::new("2026-11-22T00:00:00Z".parse().unwrap(), 1);
    let relations = relations(&session, &run, &tables).await.unwrap();
    assert_eq!(relations.len(), 2);
    let found = find(&session, "agent/AG1", &relations).await.unwrap();
    let lineage = lineage(&session, &found[0], &relations, &tables, BOTH).await.unwrap();
    assert_eq!((lineage.up.len(), lineage.down.len()), (2, 2));
}

#[tokio::test]
async fn names_with_quotes_are_names() {
    let session = World::estate().session();
    assert!(find(&session, "it's' OR 1=1 --", &[]).await.unwrap().is_empty());
    assert_eq!(find(&session, "KB1", &[]).await.unwrap().len(), 1);
}
