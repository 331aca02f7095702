//! SQL over everything in the lake: one statement that reads, bounded in time and rows.

use crate::cli::query::{calls_one_of, text};
use crate::serve::answer::{Json, Said};
use crate::serve::problem::Problem;
use crate::serve::state::App;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sightline_discover::access;
use sightline_lake::{Answer, LakeError};
use sightline_model::untrusted::for_spreadsheet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Rows of an answer where nothing is said, and at most.
const USUAL: usize = 1_000;
const MOST: usize = 50_000;

/// A statement ends after this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest statement, in bytes.
const LONGEST: usize = 100_000;

/// Statements at once: each takes all processors.
static PLACES: Semaphore = Semaphore::const_new(4);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(run_query))
}

/// A statement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QueryRequest)]
struct Query {
    /// One statement that reads: SELECT, EXPLAIN, DESCRIBE, SHOW
    #[schema(max_length = 100000)]
    sql: String,
    /// Rows at most [default: 1000]
    #[schema(minimum = 1, maximum = 50000)]
    limit: Option<usize>,
    /// How the answer is written
    #[serde(default)]
    #[schema(inline)]
    format: Shape,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Shape {
    /// With the columns and their types
    #[default]
    Json,
    /// For spreadsheets; formulas are defused
    Csv,
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
struct QueryAnswer {
    /// In order
    columns: Vec<QueryColumn>,
    /// Each row by column
    rows: Vec<Map<String, Value>>,
    /// Whether there are more rows than were asked for
    truncated: bool,
}

/// A column of an answer.
#[derive(Debug, Serialize, ToSchema)]
struct QueryColumn {
    /// Its name
    name: String,
    /// `bool`, `int`, `float`, `text`, `time`, `json`
    #[serde(rename = "type")]
    kind: String,
}

/// Runs a statement that reads
#[utoipa::path(post, path = "/api/v1/query", tag = "query", request_body = Query, responses((status = 200, content((QueryAnswer = "application/json"), (String = "text/csv")))))]
async fn run_query(State(app): State<App>, Said(query): Said<Query>) -> Result<Response, Problem> {
    let limit = query.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) || query.sql.len() > LONGEST {
        return Err(Problem::unprocessable(format!(
            "`limit` must be 1 to {MOST}, and the statement no longer than {LONGEST} bytes"
        )));
    }
    let Ok(_place) = PLACES.try_acquire() else {
        return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "other statements are running: try again in a moment"));
    };
    let Ok(answered) = tokio::time::timeout(PATIENCE, answer(&app, &query.sql, limit)).await else {
        return Err(Problem::unprocessable("the statement takes longer than 30 seconds: ask for less"));
    };
    let (columns, rows, truncated) = answered?;
    Ok(match query.format {
        Shape::Json => Json(QueryAnswer { columns, rows, truncated }).into_response(),
        Shape::Csv => ([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], csv(&columns, &rows)?).into_response(),
    })
}

type Rows = (Vec<QueryColumn>, Vec<Map<String, Value>>, bool);

async fn answer(app: &App, sql: &str, limit: usize) -> Result<Rows, Problem> {
    let held = app.held();
    if calls_one_of(sql, access::FUNCTIONS) {
        let organization = access::organization(&held.session).await.map_err(anyhow::Error::from)?;
        access::register(&held.session, Arc::new(organization));
    }
    let mut parts = held.session.parts(sql).await.map_err(told)?;
    let (mut columns, mut rows, mut truncated) = (Vec::new(), Vec::new(), false);
    let shown = |answer: &Answer| {
        let kind = |kind: sightline_model::ColumnType| format!("{kind:?}").to_lowercase();
        let columns = answer.columns().into_iter();
        columns.map(|column| QueryColumn { kind: kind(column.kind), name: column.name }).collect()
    };
    while let Some(part) = parts.next().await.map_err(told)? {
        if columns.is_empty() {
            columns = shown(&part);
        }
        let room = limit.saturating_sub(rows.len());
        truncated |= part.row_count() > room;
        rows.extend(part.rows().map_err(told)?.into_iter().take(room));
        if truncated {
            break;
        }
    }
    Ok((columns, rows, truncated))
}

/// What is wrong with a statement is the asker's; what is wrong with the lake is not.
fn told(error: LakeError) -> Problem {
    match error {
        LakeError::Io { .. } | LakeError::Damaged { .. } | LakeError::Table { .. } => error.into(),
        other => Problem::unprocessable(other.to_string()),
    }
}

fn csv(columns: &[QueryColumn], rows: &[Map<String, Value>]) -> anyhow::Result<Vec<u8>> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(columns.iter().map(|column| column.name.as_str()))?;
    for row in rows {
        out.write_record(columns.iter().map(|column| for_spreadsheet(&text(row.get(&column.name)))))?;
    }
    out.into_inner().map_err(|error| anyhow::anyhow!("{error}"))
}
