//! Tries a check: its literate tests, and every fault that could befall the calls behind them. Public because the application
//! runs it against the real tables' schemas, which this crate cannot see, and lets authors run it on their files.
//!
//! What a query gives does not depend on coverage, so it runs once a test, and its rows are judged under every fault.

mod expected;
mod faults;

use std::collections::BTreeSet;
use std::fmt;
use std::slice;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sightline_lake::Session;
use sightline_model::{Finding, RunId, TableSchema};

use crate::check::{Case, Check, FixPart};
use crate::evaluate::{self, Context, MEMORY};
use crate::fix;
use crate::fixture;
use crate::gap::{Covered, Inspected, Scan};
use crate::judge::{FIX_COLUMN, Judge, Row};
use crate::query;
use crate::run::Run;

/// Columns of the contract between a query and the engine.
const COLUMNS: &[&str] = &["resource", "status", "reason", "account_id", "region", "title"];

/// Something that a trial showed to be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// the check's file
    pub file: String,
    /// from 1
    pub line: usize,
    /// one line: which test, what is wrong
    pub what: String,
    /// further lines: the difference
    pub lines: Vec<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)?;
        self.lines.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

/// What came of the trial of one check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tried {
    /// literate tests that ran
    pub tests: usize,
    /// faults that were injected
    pub faults: usize,
    /// what is wrong
    pub problems: Vec<Problem>,
}

/// The rows that one check's query gives for one of its tests.
pub(crate) struct Ran<'a> {
    pub(crate) check: &'a Check,
    pub(crate) case: &'a Case,
    pub(crate) rows: Vec<Row>,
    pub(crate) tables: BTreeSet<String>,
    /// everything was read, but for what the test itself says
    pub(crate) whole: Vec<Covered>,
    scans: Vec<Scan>,
    run: RunId,
    now: Timestamp,
}

/// Runs the tests of a check over tables of these schemas, at the time `now`.
pub async fn trial(check: &Check, schemas: &[TableSchema], now: Timestamp) -> Tried {
    let needed = needed(check, schemas, now);
    let mut tried = Tried::default();
    for case in &check.cases {
        tried.tests += 1;
        match Ran::new(check, case, &needed, now).await {
            Err(problem) => tried.problems.push(problem),
            Ok(ran) => {
                tried.problems.extend(ran.difference());
                if !case.rows.contains_key("coverage") {
                    let (faults, problems) = ran.faults();
                    tried.faults += faults;
                    tried.problems.extend(problems);
                }
            }
        }
        // The same mistake in the query of each test is told once.
        tried.problems.dedup_by(|a, b| a.what == b.what && a.lines == b.lines);
    }
    tried
}

/// The schemas of the tables that the check or its tests name: sessions with few tables are made quickly.
pub fn needed(check: &Check, schemas: &[TableSchema], now: Timestamp) -> Vec<TableSchema> {
    let statement = query::statement(check, now);
    let words = query::words(&statement);
    let wanted = |schema: &&TableSchema| {
        words.contains(schema.name.as_str())
            || schema.name == check.declaration.resource
            || check.cases.iter().any(|case| case.rows.contains_key(&schema.name))
    };
    schemas.iter().filter(wanted).cloned().collect()
}

impl<'a> Ran<'a> {
    pub(crate) async fn new(
        check: &'a Check,
        case: &'a Case,
        schemas: &[TableSchema],
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let problem = |line: usize, what: String| Problem { file: check.file.clone(), line, what, lines: Vec::new() };
        let in_case = |error: String| problem(case.line, format!("{}: {error}", case.title));
        let in_query = |error: String| problem(check.sql_line, error);
        let session = fixture::session(case, schemas, vec![]).map_err(|error| in_case(error.to_string()))?;
        let tables = evaluate::tables(&session, check, now).map_err(|error| in_query(error.to_string()))?;
        if let Some(unknown) = tables.iter().find(|table| !schemas.iter().any(|schema| schema.name == **table)) {
            return Err(in_query(format!("there is no table `{unknown}`")));
        }
        let (columns, rows) = run(&session, check, now).await.map_err(in_query)?;
        if let Some(missing) = COLUMNS.iter().find(|name| !columns.contains(**name)) {
            return Err(in_query(format!("the query gives no column `{missing}`")));
        }
        if let Some(missing) = fix_columns(check).into_iter().find(|name| !columns.contains(name)) {
            return Err(in_query(format!("the fix needs a column `{missing}`, and the query gives none")));
        }
        let whole = of_rows(fixture::coverage(case, &tables)).map_err(in_case)?;
        let scans = of_rows(fixture::scans(case)).map_err(in_case)?;
        Ok(Self { check, case, rows, tables, whole, scans, run: RunId::from("test".to_owned()), now })
    }

    /// The findings under this coverage.
    pub(crate) fn judged(&self, covered: Vec<Covered>) -> Vec<Finding> {
        let inspected = Inspected::of(self.scans.clone(), covered);
        let actions_of = |table: &str| vec![format!("test:Collect/{table}")];
        let context = Context { run: &self.run, now: self.now, actions_of: &actions_of, memory: MEMORY };
        let judge = Judge { check: self.check, inspected: &inspected, context: &context };
        judge.findings(self.rows.clone(), &inspected.gaps(&self.tables, context.actions_of))
    }

    pub(crate) fn problem(&self, what: &str, lines: Vec<String>) -> Problem {
        Problem {
            file: self.check.file.clone(),
            line: self.case.line,
            what: format!("{}: {what}", self.case.title),
            lines,
        }
    }
}

/// The columns that the placeholders of the fix stand for.
fn fix_columns(check: &Check) -> Vec<String> {
    let blocks = check.fix.iter().filter_map(|part| match part {
        FixPart::Block { text, .. } => Some(text),
        FixPart::Prose(_) => None,
    });
    let own = |name: &&str| !fix::PLACEHOLDERS.contains(name);
    blocks.flat_map(|text| fix::placeholders(text)).filter(own).map(|name| format!("{FIX_COLUMN}{name}")).collect()
}

/// Rows of a test as the engine reads them.
fn of_rows<T: DeserializeOwned>(rows: Vec<Value>) -> Result<Vec<T>, String> {
    rows.into_iter().map(serde_json::from_value).collect::<Result<_, _>>().map_err(|error| error.to_string())
}

/// The check's query, as an evaluation runs it.
async fn run(session: &Session, check: &Check, now: Timestamp) -> Result<(BTreeSet<String>, Vec<Row>), String> {
    let run = Run::new(session, slice::from_ref(check), now, MEMORY).await.map_err(|error| error.to_string())?;
    let answer = run.answer(0).await?;
    let columns = answer.columns().into_iter().map(|column| column.name).collect();
    Ok((columns, answer.rows_as().map_err(|error| error.to_string())?))
}
