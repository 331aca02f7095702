//! The checks' literate tests, and what must hold of every check.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod contract;
mod detect;
mod fixes;
mod kept;
mod matrix;
mod own;
mod rules;
mod trials;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jiff::Timestamp;
use sightline_check::{Case, Check, Context, MEMORY, evaluate, fixture, tables, trial};
use sightline_collect::catalogue::Catalogue;
use sightline_lake::Session;
use sightline_model::{Finding, RunId, TableSchema};

/// The time at which all tests run.
fn now() -> Timestamp {
    "2026-11-22T00:00:00Z".parse().unwrap()
}

/// The real tables: this crate does not build on the stage that reads them, its tests do.
fn catalogue() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| sightline_collect::catalogue::catalogue().unwrap());
    &CATALOGUE
}

/// The schemas of the tables that a check or its tests name.
fn schemas(check: &Check) -> Vec<TableSchema> {
    static ALL: LazyLock<Vec<TableSchema>> = LazyLock::new(|| catalogue().schemas());
    trial::needed(check, &ALL, now())
}

/// The tables that a check reads.
fn tables_of(check: &Check) -> BTreeSet<String> {
    // Making a session costs more than reading a statement.
    static SESSION: LazyLock<Session> = LazyLock::new(|| Session::in_memory(&[], vec![]).unwrap());
    let session = &*SESSION;
    tables(session, check, now()).unwrap_or_else(|error| panic!("{}: {error}", check.file))
}

/// The findings of one check over one test's rows, all of which were read.
async fn findings(check: &Check, case: &Case) -> Vec<Finding> {
    let coverage = fixture::coverage(case, &tables_of(check));
    let session = fixture::session(case, &schemas(check), coverage)
        .unwrap_or_else(|error| panic!("{}: {}: {error}", check.file, case.title));
    findings_within(&session, std::slice::from_ref(check), MEMORY).await
}

/// The findings of an evaluation that may hold so many bytes.
async fn findings_within(session: &Session, checks: &[Check], memory: usize) -> Vec<Finding> {
    let run = RunId::from("test".to_owned());
    let actions_of = |table: &str| vec![format!("test:Collect/{table}")];
    let context = Context { run: &run, now: now(), actions_of: &actions_of, memory };
    evaluate(session, checks, &context).await.unwrap()
}
