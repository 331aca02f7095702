//! The rules by which gaps turn answers into `unknown`, on checks made for it.

use crate::now;
use serde_json::{Value, json};
use sightline_check::{Check, CheckError, Context, MEMORY, Shared, evaluate, fixture, parse};
use sightline_lake::Session;
use sightline_model::column::ColumnType;
use sightline_model::{Column, Finding, LakeTable, RunId, TableSchema, lake_table};

const ROWS: &str = r#"[
    {"arn": "arn:aws:t:us-east-1:123456789012:thing/good", "ok": true},
    {"arn": "arn:aws:t:us-east-1:123456789012:thing/bad", "ok": false},
    {"arn": "arn:aws:t:eu-west-1:123456789012:thing/far", "ok": true}
]"#;

fn check(fails_on: &str, scope: &str, sql: &str) -> Check {
    let text = format!(
        "+++\ntitle = \"T\"\nseverity = \"low\"\nservices = [\"t\"]\nresource = \"aws_t_thing\"\nframeworks = {{}}\nfails_on = \"{fails_on}\"\nscope = \"{scope}\"\n+++\n\nWhy.\n\n```sql\n{sql}\n```\n\n## Fix\n\n```cli\naws t fix {{{{resource_id}}}}\n```\n\n## References\n\n## Tests\n\n### One\n\n```json\n{{\"aws_t_thing\": {ROWS}}}\n```\n\n```expect\n```\n"
    );
    parse("t/thing-bad.md", &text, &Shared::embedded()).unwrap()
}

const SQL: &str = "select arn as resource, account_id, region, title, case when ok then 'pass' else 'fail' end as status, 'seen' as reason from aws_t_thing";

fn schemas() -> Vec<TableSchema> {
    ["aws_t_thing", "aws_t_other"]
        .map(|name| TableSchema { name: name.to_owned(), columns: vec![Column::new("ok", ColumnType::Bool)] })
        .to_vec()
}

async fn run(check: &Check, coverage: Vec<Value>) -> Vec<Finding> {
    let session = fixture::session(&check.cases[0], &schemas(), coverage).unwrap();
    judged(check, &session).await.unwrap()
}

async fn judged(check: &Check, session: &Session) -> Result<Vec<Finding>, CheckError> {
    let run = RunId::from("test".to_owned());
    let actions_of = |_: &str| vec!["t:ListThings".to_owned()];
    evaluate(
        session,
        std::slice::from_ref(check),
        &Context { run: &run, now: now(), actions_of: &actions_of, memory: MEMORY },
    )
    .await
}

fn whole(check: &Check) -> Vec<Value> {
    fixture::coverage(&check.cases[0], &["aws_t_thing".to_owned(), "aws_t_other".to_owned()].into())
}

/// The whole coverage, but this table ended so in this place.
fn but(check: &Check, table: &str, region: &str, outcome: &str, target: &str) -> Vec<Value> {
    let mut rows = whole(check);
    if target.is_empty() {
        rows.retain(|row| !(row["table_name"] == table && row["region"] == region));
    }
    rows.push(json!({
        "scan_id": fixture::SCAN, "account_id": fixture::ACCOUNT, "region": region, "table_name": table, "operation": "t:ListThings",
        "action": "t:ListThings", "target": target, "outcome": outcome, "error_code": "Code", "error_message": "", "rows": 0, "calls": 1,
        "collected_at": "2026-11-22T00:00:00Z",
    }));
    rows
}

fn shown(findings: &[Finding]) -> String {
    findings.iter().map(|f| format!("{} {} {} {:?}\n", f.status, f.resource, f.reason, f.missing_actions)).collect()
}

#[tokio::test]
async fn a_denied_region_leaves_the_other_alone() {
    let check = check("absence", "region", SQL);
    insta::assert_snapshot!(shown(&run(&check, but(&check, "aws_t_thing", "us-east-1", "denied", "")).await), @r##"
    pass arn:aws:t:eu-west-1:123456789012:thing/far seen []
    unknown arn:aws:t:us-east-1:123456789012:thing/bad could not tell: `t:ListThings` was denied in us-east-1 (Code); grant `t:ListThings` ["t:ListThings"]
    unknown arn:aws:t:us-east-1:123456789012:thing/good could not tell: `t:ListThings` was denied in us-east-1 (Code); grant `t:ListThings` ["t:ListThings"]
    "##);
}

#[tokio::test]
async fn a_failure_by_presence_stays_and_the_gap_is_told() {
    let check = check("presence", "region", &format!("{SQL} where not ok"));
    insta::assert_snapshot!(shown(&run(&check, but(&check, "aws_t_thing", "us-east-1", "denied", "")).await), @r##"
    unknown arn:aws:sightline:us-east-1:123456789012:table/aws_t_thing could not tell: `t:ListThings` was denied in us-east-1 (Code); grant `t:ListThings` ["t:ListThings"]
    fail arn:aws:t:us-east-1:123456789012:thing/bad seen []
    "##);
}

#[tokio::test]
async fn a_denied_detail_bears_on_its_own_row_where_the_scope_is_the_row() {
    for (scope, others) in [("row", "pass"), ("region", "unknown")] {
        let check = check("presence", scope, SQL);
        let found = run(
            &check,
            but(&check, "aws_t_thing", "us-east-1", "denied", "arn:aws:t:us-east-1:123456789012:thing/bad"),
        )
        .await;
        let status = |name: &str| found.iter().find(|f| f.resource.ends_with(name)).unwrap().status.as_str();
        assert_eq!((status("bad"), status("good"), status("far")), ("unknown", others, "pass"), "{scope}");
    }
}

#[tokio::test]
async fn an_account_wide_check_trusts_no_region_when_one_is_missing() {
    let check = check("absence", "account", SQL);
    let found = run(&check, but(&check, "aws_t_thing", "eu-west-1", "throttled", "")).await;
    assert!(found.iter().all(|finding| finding.status.as_str() == "unknown"), "{}", shown(&found));
    assert!(found.iter().all(|finding| finding.missing_actions.is_empty()), "a grant does not help against throttling");
}

#[tokio::test]
async fn a_table_that_was_never_collected_is_unknown_with_its_actions() {
    let check = check("absence", "region", SQL);
    let coverage = whole(&check).into_iter().filter(|row| row["table_name"] != "aws_t_thing").collect();
    insta::assert_snapshot!(shown(&run(&check, coverage).await), @r##"
    unknown arn:aws:t:eu-west-1:123456789012:thing/far could not tell: `aws_t_thing` was not collected; grant `t:ListThings` ["t:ListThings"]
    unknown arn:aws:t:us-east-1:123456789012:thing/bad could not tell: `aws_t_thing` was not collected; grant `t:ListThings` ["t:ListThings"]
    unknown arn:aws:t:us-east-1:123456789012:thing/good could not tell: `aws_t_thing` was not collected; grant `t:ListThings` ["t:ListThings"]
    "##);
}

#[tokio::test]
async fn a_scanned_region_without_a_word_on_the_table_is_a_gap() {
    let check = check("absence", "region", SQL);
    let coverage = whole(&check).into_iter().filter(|row| row["region"] == "us-east-1").collect();
    let found = run(&check, coverage).await;
    let far = found.iter().find(|finding| finding.resource.ends_with("far")).unwrap();
    assert_eq!(far.reason, "could not tell: `aws_t_thing` was not collected in eu-west-1; grant `t:ListThings`");
}

#[tokio::test]
async fn what_no_region_has_is_skipped_once() {
    let check = check("absence", "region", &format!("{SQL} where false"));
    let coverage = whole(&check)
        .into_iter()
        .map(|mut row| {
            row["outcome"] = json!("unsupported");
            row
        })
        .collect();
    insta::assert_snapshot!(shown(&run(&check, coverage).await), @"skip arn:aws:sightline::123456789012:table/aws_t_thing no scanned region has what `aws_t_thing` lists []");
}

#[tokio::test]
async fn a_query_that_fails_is_unknown_and_does_not_stop_the_others() {
    let broken = check("absence", "region", "select no_such_column from aws_t_thing");
    let good = check("absence", "region", SQL);
    let session = fixture::session(&good.cases[0], &schemas(), whole(&good)).unwrap();
    let run = RunId::from("test".to_owned());
    let actions_of = |_: &str| vec![];
    let found = evaluate(
        &session,
        &[broken, good],
        &Context { run: &run, now: now(), actions_of: &actions_of, memory: MEMORY },
    )
    .await
    .unwrap();
    assert_eq!(found.len(), 4);
    let failed: Vec<_> =
        found.iter().filter(|finding| finding.reason.starts_with("the query could not run: ")).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].status.as_str(), "unknown");
}

#[tokio::test]
async fn the_worst_of_two_answers_on_one_resource_wins() {
    let check = check(
        "presence",
        "row",
        &format!("{SQL} union all select arn, account_id, region, title, 'fail', 'also this' from aws_t_thing"),
    );
    let found = run(&check, whole(&check)).await;
    insta::assert_snapshot!(shown(&found), @r##"
    fail arn:aws:t:eu-west-1:123456789012:thing/far also this []
    fail arn:aws:t:us-east-1:123456789012:thing/bad also this; seen []
    fail arn:aws:t:us-east-1:123456789012:thing/good also this []
    "##);
}

#[tokio::test]
async fn rows_that_break_the_contract_are_not_decided() {
    let check = check(
        "presence",
        "row",
        "select arn as resource, account_id, region, title, 'fine' as status, '' as reason from aws_t_thing where ok",
    );
    insta::assert_snapshot!(shown(&run(&check, whole(&check)).await), @r##"
    unknown arn:aws:t:eu-west-1:123456789012:thing/far the check gave no status: `fine` is no status; use one of: pass fail skip unknown  []
    unknown arn:aws:t:us-east-1:123456789012:thing/good the check gave no status: `fine` is no status; use one of: pass fail skip unknown  []
    "##);
}

#[tokio::test]
async fn without_a_finished_scan_there_is_nothing_to_say() {
    let check = check("absence", "region", SQL);
    let rows: Vec<(&'static LakeTable, Vec<Value>)> = vec![(lake_table::COVERAGE, whole(&check))];
    let session = Session::in_memory(&schemas(), rows).unwrap();
    insta::assert_snapshot!(judged(&check, &session).await.unwrap_err(), @"this lake holds no finished scan: run `sightline scan` first");
}

#[tokio::test]
async fn the_fix_never_carries_what_a_shell_would_run() {
    let check = check("absence", "region", SQL);
    let mut finding = run(&check, whole(&check)).await.remove(0);
    finding.resource = "arn:aws:t:us-east-1:123456789012:thing/$(id)".to_owned();
    insta::assert_debug_snapshot!(sightline_check::fix(&check, &finding), @r##"
    [
        Block {
            language: "cli",
            text: "aws t fix REPLACE_RESOURCE_ID",
        },
    ]
    "##);
}

#[tokio::test]
async fn columns_for_the_fix_are_kept_in_bounds() {
    let sql = SQL.replace(" from aws_t_thing", ", 'k-1' as fix_key, 3 as fix_count, cast(null as text) as fix_none, repeat('x', 2000) as fix_long from aws_t_thing");
    let check = check("absence", "region", &sql);
    let found = run(&check, whole(&check)).await;
    let values: Vec<String> = found[0].fix_values.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(values, ["count=3", "key=k-1"]);
}
