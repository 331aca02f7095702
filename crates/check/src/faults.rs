//! Fault injection over every check: whatever could not be read, nothing passes on the strength of it. What a query gives
//! does not depend on coverage, so each runs once, and its rows are judged under every fault.

use crate::check::{Case, Check};
use crate::evaluate::{self, Context};
use crate::fixture;
use crate::gap::{Inspected, Scan};
use crate::judge::{Judge, Row};
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_model::{Finding, RunId, Status, TableSchema};
use std::collections::BTreeSet;
use tokio::sync::OnceCell;

/// The ways in which the calls for a table can end without an answer.
const OUTCOMES: &[&str] = &["denied", "throttled", "failed", "skipped"];

/// The rows of one passing test of one check.
struct Ran {
    check: Check,
    case: Case,
    rows: Vec<Row>,
    tables: BTreeSet<String>,
    run: RunId,
}

impl Ran {
    /// Every check's passing tests over an estate that was read whole; their queries run once for all tests.
    async fn all() -> &'static [Self] {
        static ALL: OnceCell<Vec<Ran>> = OnceCell::const_new();
        ALL.get_or_init(Self::run_all).await
    }

    async fn run_all() -> Vec<Self> {
        let checks = crate::checks().unwrap();
        let schemas = fixture::schemas(&checks).unwrap();
        let mut all = Vec::new();
        for check in checks {
            for case in check.cases.iter().filter(|case| passes(case)) {
                all.push(Self::one(&check, case, &schemas).await);
            }
        }
        all
    }

    async fn one(check: &Check, case: &Case, schemas: &[TableSchema]) -> Self {
        let session = fixture::session(case, schemas, vec![]).unwrap();
        let run = RunId::from("test".to_owned());
        let (rows, tables) = evaluate::run(&session, check, &context(&run)).await.unwrap();
        Self { check: check.clone(), case: case.clone(), rows, tables, run }
    }

    fn whole(&self) -> Vec<Value> {
        fixture::coverage(&self.case, &self.tables)
    }

    fn judged(&self, coverage: &[Value]) -> Vec<Finding> {
        let scans: Vec<Scan> =
            fixture::scans(&self.case).into_iter().map(|scan| serde_json::from_value(scan).unwrap()).collect();
        let inspected = Inspected::of(scans, serde_json::from_value(json!(coverage)).unwrap());
        let context = context(&self.run);
        let judge = Judge { check: &self.check, inspected: &inspected, context: &context };
        judge.findings(self.rows.clone(), &inspected.gaps(&self.tables, context.actions_of))
    }

    fn name(&self) -> String {
        format!("{}: {}", self.check.file, self.case.title)
    }
}

fn passes(case: &Case) -> bool {
    !case.rows.contains_key("coverage") && case.expected.iter().any(|expected| expected.status == Status::Pass)
}

fn context(run: &RunId) -> Context<'_> {
    let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
    Context { run, now, actions_of: &|table| vec![format!("test:Collect/{table}")] }
}

fn with_outcome(coverage: &[Value], table: &str, region: Option<&str>, outcome: &str) -> Vec<Value> {
    let mut rows = coverage.to_vec();
    for row in
        rows.iter_mut().filter(|row| row["table_name"] == table && region.is_none_or(|region| row["region"] == region))
    {
        row["outcome"] = json!(outcome);
        row["error_code"] = json!("TestFault");
    }
    rows
}

fn statuses(findings: &[Finding]) -> Vec<Status> {
    findings.iter().map(|finding| finding.status).collect()
}

#[tokio::test]
async fn a_table_that_could_not_be_read_lets_nothing_pass() {
    let mut faults = 0;
    for ran in Ran::all().await {
        let whole = ran.whole();
        for table in &ran.tables {
            let missing: Vec<Value> = whole.iter().filter(|row| row["table_name"] != **table).cloned().collect();
            for coverage in OUTCOMES.iter().map(|outcome| with_outcome(&whole, table, None, outcome)).chain([missing]) {
                let found = statuses(&ran.judged(&coverage));
                assert!(!found.contains(&Status::Pass), "{}: `{table}` was not read, and yet it passes", ran.name());
                assert!(found.contains(&Status::Unknown), "{}: nobody says that `{table}` was not read", ran.name());
                faults += 1;
            }
        }
    }
    assert!(faults > 400, "{faults} faults");
}

/// The same with one region of several, or the global calls alone: what lies there does not pass.
#[tokio::test]
async fn a_region_that_could_not_be_read_lets_nothing_pass_there() {
    for ran in Ran::all().await {
        let whole = ran.whole();
        let regions: BTreeSet<&str> = whole.iter().filter_map(|row| row["region"].as_str()).collect();
        for (table, region) in ran.tables.iter().flat_map(|table| regions.iter().map(move |region| (table, *region))) {
            let found = ran.judged(&with_outcome(&whole, table, Some(region), "denied"));
            let told = found.iter().any(|finding| finding.missing_actions == [format!("test:List/{table}")]);
            assert!(told, "{}: nobody asks for the action on `{table}` in {region}", ran.name());
            let near =
                |finding: &&Finding| region == "global" || finding.region == region || finding.region == "global";
            assert!(
                found.iter().filter(near).all(|finding| finding.status != Status::Pass),
                "{}: {table} in {region}",
                ran.name()
            );
        }
    }
}

/// The detail of one resource was denied: that resource does not pass, and the missing action is named.
#[tokio::test]
async fn a_resource_whose_detail_was_denied_does_not_pass() {
    for ran in Ran::all().await {
        for (table, row) in fixture::inventory(&ran.case).filter(|(table, _)| ran.tables.contains(*table)) {
            let (account, region) = fixture::place(row);
            let mut coverage = ran.whole();
            coverage.push(json!({
                "account_id": account, "region": region, "table_name": table, "operation": "test:Get", "action": "test:Get",
                "target": row["arn"], "outcome": "denied", "error_code": "AccessDenied",
            }));
            let found = ran.judged(&coverage);
            for finding in found.iter().filter(|finding| row["arn"] == *finding.resource) {
                assert_eq!(finding.status, Status::Unknown, "{}: {}", ran.name(), finding.resource);
            }
            let told = found.iter().any(|finding| finding.missing_actions.contains(&"test:Get".to_owned()));
            assert!(told, "{}: nobody asks for `test:Get` on `{table}`", ran.name());
        }
    }
}

/// The faults are what stops a pass: without one, each of these tests passes.
#[tokio::test]
async fn without_a_fault_it_passes() {
    for ran in Ran::all().await {
        assert!(statuses(&ran.judged(&ran.whole())).contains(&Status::Pass), "{}", ran.name());
    }
}
