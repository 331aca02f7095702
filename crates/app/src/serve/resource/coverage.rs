//! What was inspected, and what could not be.

use crate::serve::answer::{Asked, Json};
use crate::serve::filter::Words;
use crate::serve::page::{Page, Paging};
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sightline_model::{Coverage, Outcome};
use std::collections::BTreeMap;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_coverage)).routes(routes!(get_coverage_summary))
}

/// Which rows.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CoverageQuery {
    /// That ended so, several with commas [default: all that say that something is missing: denied,throttled,failed,skipped]
    outcome: Option<String>,
    /// In this account
    account: Option<String>,
    /// In this region
    region: Option<String>,
    /// Of this inventory table
    table: Option<String>,
    /// Rows of a page [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
    /// `next` of the page before
    cursor: Option<String>,
}

/// An outcome as a filter has it.
struct Word(Outcome);

impl FromStr for Word {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let all =
            [Outcome::Ok, Outcome::Unsupported, Outcome::Denied, Outcome::Throttled, Outcome::Failed, Outcome::Skipped];
        let found = all.into_iter().find(|outcome| outcome.as_str() == word).map(Self);
        found.ok_or_else(|| format!("`{word}` is no outcome; use ok, unsupported, denied, throttled, failed, skipped"))
    }
}

/// What the newest scans could and could not read
#[utoipa::path(get, path = "/api/v1/coverage", tag = "coverage", params(CoverageQuery), responses((status = 200, body = Page<schema::Coverage>)))]
async fn list_coverage(
    State(app): State<App>,
    Asked(query): Asked<CoverageQuery>,
) -> Result<Json<Page<Coverage>>, Problem> {
    let paging = Paging::new(query.limit, query.cursor.as_deref())?;
    let wanted = query.outcome.as_deref().map(str::parse::<Words<Word>>).transpose()?;
    let fits = |row: &Coverage| {
        let outcome = match &wanted {
            Some(Words(wanted)) => wanted.iter().any(|word| word.0 == row.outcome),
            None => !row.outcome.is_complete(),
        };
        outcome
            && query.account.as_ref().is_none_or(|account| *account == row.account_id)
            && query.region.as_ref().is_none_or(|region| *region == row.region)
            && query.table.as_ref().is_none_or(|table| *table == row.table_name)
    };
    Ok(Json(app.held().coverage().await?.page(&paging, fits, Coverage::clone)))
}

/// Coverage in numbers.
#[derive(Debug, Default, Serialize, ToSchema)]
struct CoverageSummary {
    /// Rows by outcome
    by_outcome: BTreeMap<String, u64>,
    /// Rows that say that something is missing, by account
    missing_by_account: BTreeMap<String, u64>,
    /// IAM actions that were refused, and how often
    denied_actions: BTreeMap<String, u64>,
}

/// What the newest scans could and could not read, counted
#[utoipa::path(get, path = "/api/v1/coverage/summary", tag = "coverage", responses((status = 200, body = CoverageSummary)))]
async fn get_coverage_summary(State(app): State<App>) -> Result<Json<CoverageSummary>, Problem> {
    let mut sum = CoverageSummary::default();
    for row in app.held().coverage().await?.iter() {
        *sum.by_outcome.entry(row.outcome.as_str().to_owned()).or_default() += 1;
        if !row.outcome.is_complete() {
            *sum.missing_by_account.entry(row.account_id.clone()).or_default() += 1;
        }
        if row.outcome == Outcome::Denied {
            *sum.denied_actions.entry(row.action.clone()).or_default() += 1;
        }
    }
    Ok(Json(sum))
}
