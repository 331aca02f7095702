//! The rows of literate tests, as a session can hold them. Public because the application runs the same tests against
//! the real tables' schemas, which this crate cannot see.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use sightline_lake::{LakeError, Session};
use sightline_model::column::STANDARD_COLUMNS;
use sightline_model::resource::GLOBAL;
use sightline_model::{Arn, ColumnType, LakeTable, TableSchema, lake_table};

use crate::check::{Case, Check};

/// The account of rows that name none.
pub const ACCOUNT: &str = "123456789012";
/// The region of rows that name none.
pub const REGION: &str = "us-east-1";
/// The scan of all rows.
pub const SCAN: &str = "20261122T000000Z-000001";
const AT: &str = "2026-11-22T00:00:00Z";

/// Rows of the tests that would not come to rest in the real tables: a table that is not there, a column that is not, or is of
/// another type. What a typed view does not know, a query would read as absent.
pub fn misfits(check: &Check, real: &[TableSchema]) -> Vec<(usize, String)> {
    let mut wrong = Vec::new();
    for case in &check.cases {
        for table in case.rows.keys().filter(|name| LakeTable::by_name(name).is_none()) {
            if !real.iter().any(|schema| schema.name == *table) {
                wrong.push((case.line, format!("there is no table `{table}`")));
            }
        }
        for (table, row) in inventory(case) {
            let Some(schema) = real.iter().find(|schema| schema.name == table) else { continue };
            for (name, value) in row.iter().filter(|(name, _)| !is_standard(name)) {
                let Some(column) = schema.columns.iter().find(|column| column.name == *name) else {
                    wrong.push((case.line, format!("`{table}` has no column `{name}`")));
                    continue;
                };
                if kind_of(value).is_some_and(|kind| !is_of(kind, column.kind)) {
                    let kind = format!("{:?}", column.kind).to_lowercase();
                    wrong.push((case.line, format!("`{table}.{name}` is of type {kind}, not as the test writes it")));
                }
            }
        }
    }
    wrong.dedup();
    wrong
}

/// Whether a value of the one type may stand in a column of the other. Times are written as texts.
fn is_of(value: ColumnType, column: ColumnType) -> bool {
    value == column
        || matches!((value, column), (ColumnType::Text, ColumnType::Time) | (ColumnType::Int, ColumnType::Float))
}

/// A session over the rows of one test, and over `coverage` (see [`coverage`]).
///
/// # Errors
/// A row does not fit its table.
pub fn session(case: &Case, schemas: &[TableSchema], coverage: Vec<Value>) -> Result<Session, LakeError> {
    let mut rows: Vec<(&'static LakeTable, Vec<Value>)> =
        vec![(lake_table::COVERAGE, coverage), (lake_table::SCAN, scans(case))];
    rows.push((lake_table::RESOURCE, inventory(case).map(|(table, row)| resource(table, row)).collect()));
    for (name, values) in &case.rows {
        match LakeTable::by_name(name) {
            Some(table) if table != lake_table::COVERAGE => {
                rows.push((table, array(values).map(|row| lake_row(table, row)).collect()))
            }
            _ => {}
        }
    }
    Session::in_memory(schemas, rows)
}

/// The coverage of a test: everything was read, but for what the test itself says of a table and region.
pub fn coverage(case: &Case, tables: &BTreeSet<String>) -> Vec<Value> {
    let given: Vec<Value> =
        case.rows.get("coverage").into_iter().flat_map(array).map(|row| lake_row(lake_table::COVERAGE, row)).collect();
    let mut rows = given.clone();
    for ((account, table), region) in accounts(case)
        .iter()
        .flat_map(|account| tables.iter().map(move |table| (account, table)))
        .flat_map(|pair| regions(case).into_iter().chain([GLOBAL.to_owned()]).map(move |region| (pair, region)))
    {
        let said =
            |row: &Value| row.get("table_name") == Some(&json!(table)) && row.get("region") == Some(&json!(region));
        if !given.iter().any(said) {
            rows.push(json!({
                "scan_id": SCAN, "account_id": account, "region": region, "table_name": table, "operation": format!("test:List/{table}"),
                "action": format!("test:List/{table}"), "target": "", "outcome": "ok", "error_code": "", "error_message": "",
                "rows": 1, "calls": 1, "collected_at": AT,
            }));
        }
    }
    rows
}

/// The inventory rows of a test, by table.
pub fn inventory(case: &Case) -> impl Iterator<Item = (&str, &Map<String, Value>)> {
    let tables = case.rows.iter().filter(|(name, _)| LakeTable::by_name(name).is_none());
    tables.flat_map(|(name, rows)| array(rows).filter_map(move |row| Some((name.as_str(), row.as_object()?))))
}

/// The account and the region of an inventory row: as it says, else as its ARN does, else the usual ones.
pub fn place(row: &Map<String, Value>) -> (String, String) {
    let arn: Option<Arn> = text(row, "arn").parse().ok();
    let or_else = |given: &str, of_arn: Option<&str>, default: &str| {
        let found = [given, of_arn.unwrap_or_default()].into_iter().find(|value| !value.is_empty());
        found.unwrap_or(default).to_owned()
    };
    let region_default = if arn.is_some() { GLOBAL } else { REGION };
    (
        or_else(
            text(row, "account_id"),
            arn.as_ref().map(Arn::account_id).filter(|account| *account != "aws"),
            ACCOUNT,
        ),
        or_else(text(row, "region"), arn.as_ref().map(Arn::region), region_default),
    )
}

fn accounts(case: &Case) -> BTreeSet<String> {
    let accounts: BTreeSet<String> = inventory(case).map(|(_, row)| place(row).0).collect();
    if accounts.is_empty() { BTreeSet::from([ACCOUNT.to_owned()]) } else { accounts }
}

fn regions(case: &Case) -> BTreeSet<String> {
    let regions = inventory(case).map(|(_, row)| place(row).1).filter(|region| region != GLOBAL);
    regions.chain([REGION.to_owned()]).collect()
}

pub(crate) fn scans(case: &Case) -> Vec<Value> {
    let regions = regions(case);
    let scan = |account: String| {
        json!({
            "scan_id": SCAN, "account_id": account, "partition": "aws", "caller_arn": format!("arn:aws:iam::{account}:role/scanner"),
            "regions": regions, "version": "test", "started_at": AT, "finished_at": AT,
        })
    };
    accounts(case).into_iter().map(scan).collect()
}

fn resource(table: &str, row: &Map<String, Value>) -> Value {
    let (account_id, region) = place(row);
    let title = match text(row, "title") {
        "" => text(row, "arn").parse::<Arn>().map(|arn| arn.name().to_owned()).unwrap_or_default(),
        given => given.to_owned(),
    };
    let config: Map<String, Value> =
        row.iter().filter(|(name, _)| !is_standard(name)).map(|(name, value)| (name.clone(), value.clone())).collect();
    json!({
        "scan_id": SCAN, "account_id": account_id, "partition": "aws", "region": region, "table_name": table, "arn": text(row, "arn"),
        "title": title, "tags": row.get("tags").cloned().unwrap_or_else(|| json!({})), "config": config, "collected_at": AT,
    })
}

/// A row of one of the lake's own tables, with what the test does not care for.
fn lake_row(table: &LakeTable, row: &Value) -> Value {
    let mut row = row.as_object().cloned().unwrap_or_default();
    for (name, kind) in table.columns {
        let default = match (*name, kind) {
            ("scan_id" | "run_id", _) => json!(SCAN),
            ("account_id", _) => json!(ACCOUNT),
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

fn array(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'a>(row: &'a Map<String, Value>, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn is_standard(name: &str) -> bool {
    STANDARD_COLUMNS.iter().any(|(standard, _)| *standard == name)
}

fn kind_of(value: &Value) -> Option<ColumnType> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some(ColumnType::Bool),
        Value::Number(number) if number.is_i64() => Some(ColumnType::Int),
        Value::Number(_) => Some(ColumnType::Float),
        Value::String(_) => Some(ColumnType::Text),
        Value::Array(_) | Value::Object(_) => Some(ColumnType::Json),
    }
}
