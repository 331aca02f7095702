//! A lake in which every check has something to say: the rows of all their tests, an account each; and some calls for the map.

use serde_json::{Map, Value, json};
use sightline_check::fixture::{self, REGION, SCAN};
use sightline_check::{Case, checks};
use sightline_lake::Lake;
use sightline_model::lake_table::{self, API_CALL, COVERAGE, LakeTable, RESOURCE, SCAN as SCANS};
use sightline_model::{ColumnType, column::STANDARD_COLUMNS};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const AT: &str = "2026-11-22T00:00:00Z";
const OPUS: &str = "anthropic.claude-3-opus-20240229-v1:0";
/// Writes it with so many tests of each check, for all would take minutes in a development build, and says how many checks there are.
pub(super) async fn write(path: &Path, cases: usize) -> usize {
    let lake = Lake::create(path).await.unwrap();
    let checks = checks().unwrap();
    let mut rows: BTreeMap<&'static str, (&'static LakeTable, Vec<Value>)> = BTreeMap::new();
    let cases = checks.iter().flat_map(|check| check.cases.iter().take(cases));
    for (number, case) in cases.enumerate() {
        let account = format!("{:012}", 700_000_000_000_u64 + number as u64);
        for (table, row) in of_case(&in_account(case, &account), &account) {
            rows.entry(table.name).or_insert((table, vec![])).1.push(row);
        }
    }
    rows.entry(API_CALL.name).or_insert((API_CALL, vec![])).1.extend((0..500).map(call));
    for (table, rows) in rows.into_values() {
        for part in rows.chunks(rows.len().div_ceil(3)) {
            lake.append(table, part).await.unwrap();
        }
    }
    checks.len()
}

/// So many files of so many calls.
pub(super) async fn write_calls(path: &Path, files: usize, each: usize) {
    let lake = Lake::create(path).await.unwrap();
    for file in 0..files {
        let calls: Vec<Value> = (file * each..(file + 1) * each).map(call).collect();
        lake.append(API_CALL, &calls).await.unwrap();
    }
}

fn call(number: usize) -> Value {
    let account = "700000000000";
    let name = format!("f{}", number % 7);
    json!({"event_id": format!("e-{number}"), "event_time": format!("2026-11-{:02}T{:02}:10:00Z", 15 + number % 7, number % 24),
        "account_id": account, "region": REGION, "event_source": "bedrock.amazonaws.com", "event_name": if number.is_multiple_of(5) { "Converse" } else { "InvokeModel" },
        "identity_type": "AssumedRole", "identity_account_id": account, "issuer_arn": format!("arn:aws:iam::{account}:role/{name}"),
        "identity_arn": format!("arn:aws:sts::{account}:assumed-role/{name}/{name}"), "session_name": name, "access_key_id": "ASIAEXAMPLE",
        "source_ip": "203.0.113.9", "model_id": OPUS, "request_parameters": {"modelId": OPUS}, "object": "s3://logs/trail.json.gz", "line": number})
}

/// The case as if its account were another.
fn in_account(case: &Case, account: &str) -> Case {
    let mut case = case.clone();
    let text = serde_json::to_string(&case.rows).unwrap().replace(fixture::ACCOUNT, account);
    case.rows = serde_json::from_str(&text).unwrap();
    case
}

fn of_case(case: &Case, account: &str) -> Vec<(&'static LakeTable, Value)> {
    let mut rows = vec![(
        SCANS,
        json!({"scan_id": SCAN, "account_id": account, "partition": "aws", "caller_arn": "", "regions": [REGION], "version": "test",
            "started_at": AT, "finished_at": AT, "tables": 1, "resources": 1, "calls": 1, "incomplete": 0}),
    )];
    let mut seen = BTreeSet::new();
    for (table, row) in fixture::inventory(case) {
        let (of, region) = fixture::place(row);
        if of != account {
            continue;
        }
        rows.push((RESOURCE, resource(table, row, account, &region)));
        seen.insert((table.to_owned(), region));
    }
    for (table, region) in seen {
        rows.push((
            COVERAGE,
            json!({"scan_id": SCAN, "account_id": account, "region": region, "table_name": table, "operation": "test:List", "action": "test:List",
                "target": "", "outcome": "ok", "error_code": "", "error_message": "", "rows": 1, "calls": 1, "collected_at": AT}),
        ));
    }
    for (name, values) in &case.rows {
        let Some(table) = LakeTable::by_name(name).filter(|table| table.name != lake_table::SCAN.name) else {
            continue;
        };
        rows.extend(values.as_array().into_iter().flatten().map(|row| (table, filled(table, row, account))));
    }
    rows
}

fn resource(table: &str, row: &Map<String, Value>, account: &str, region: &str) -> Value {
    let own = |name: &String| !STANDARD_COLUMNS.iter().any(|(standard, _)| standard == name);
    let config: Map<String, Value> =
        row.iter().filter(|(name, _)| own(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    json!({"scan_id": SCAN, "account_id": account, "partition": "aws", "region": region, "table_name": table, "arn": text("arn"), "title": text("title"),
        "tags": row.get("tags").cloned().unwrap_or_else(|| json!({})), "config": config, "collected_at": AT})
}

/// A row of one of the lake's own tables with what it does not say.
fn filled(table: &LakeTable, row: &Value, account: &str) -> Value {
    let mut row = row.as_object().cloned().unwrap_or_default();
    for (name, kind) in table.columns {
        let default = match (*name, kind) {
            ("scan_id" | "run_id", _) => json!(SCAN),
            ("account_id", _) => json!(account),
            ("region", _) => json!(REGION),
            (_, ColumnType::Text) => json!(""),
            (_, ColumnType::Time) => json!(AT),
            (_, ColumnType::Int) => json!(0),
            _ => Value::Null,
        };
        row.entry(*name).or_insert(default);
    }
    Value::Object(row)
}
