//! The checks' literate tests, and what must hold of every check.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod contract;
mod literate;
mod rules;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;
use sightline_check::{Case, Check, Context, evaluate, fixture, tables};
use sightline_lake::Session;
use sightline_model::{Finding, RunId, TableSchema};

/// The time at which all tests run.
fn now() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

fn schemas() -> Vec<TableSchema> {
    fixture::schemas(&sightline_check::checks().unwrap()).unwrap()
}

/// The tables that a check reads.
fn tables_of(check: &Check, schemas: &[TableSchema]) -> BTreeSet<String> {
    let session = Session::in_memory(schemas, vec![]).unwrap();
    tables(&session, check, now()).unwrap_or_else(|error| panic!("{}: {error}", check.file))
}

/// The findings of one check over one test's rows and this coverage.
async fn findings(check: &Check, case: &Case, schemas: &[TableSchema], coverage: Vec<Value>) -> Vec<Finding> {
    let session = fixture::session(case, schemas, coverage)
        .unwrap_or_else(|error| panic!("{}: {}: {error}", check.file, case.title));
    let run = RunId::from("test".to_owned());
    let actions_of = |table: &str| vec![format!("test:Collect/{table}")];
    let context = Context { run: &run, now: now(), actions_of: &actions_of };
    evaluate(&session, std::slice::from_ref(check), &context).await.unwrap()
}
