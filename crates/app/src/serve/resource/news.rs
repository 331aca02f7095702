//! What is new: what the newest runs found and an earlier run did not. The first page shows it.

mod run;

use super::edges::EdgeSummary;
use crate::serve::answer::{Asked, Json};
use crate::serve::held::FindingRow;
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use axum::extract::State;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use run::{News, Pair, Stands};
use serde::{Deserialize, Serialize};
use sightline_model::edge::Edge;
use sightline_model::{BlindSpot, Case, Sight, Status, run_record};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_news))
}

/// Since when.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NewsQuery {
    /// Compare with the last run before this day, UTC, or with the first run where none is so old [default: the run before the newest]
    #[param(value_type = Option<String>, format = Date)]
    since: Option<Date>,
}

/// A model that was not called before.
#[derive(Debug, Serialize, ToSchema)]
struct NewModel {
    /// Its ARN, or the id as it was called
    arn: String,
    /// Its name for people
    title: String,
}

/// What is new, by kind.
#[derive(Debug, Serialize, ToSchema)]
struct AllNews {
    /// Findings that fail and did not before
    findings: News<FindingRow>,
    /// Edges to models
    edges: News<EdgeSummary>,
    /// Models that are called
    models: News<NewModel>,
    /// Cases
    #[schema(value_type = News<schema::Case>)]
    cases: News<Case>,
    /// Kinds of telemetry that show nothing or a part of a plane, and did not before
    #[schema(value_type = News<schema::BlindSpot>)]
    blind_spots: News<BlindSpot>,
}

/// What is new since an earlier run: of the checks, the map, the detections and the look at what cannot be seen
#[utoipa::path(get, path = "/api/v1/overview/new", tag = "overview", params(NewsQuery), responses((status = 200, body = AllNews)))]
async fn get_news(State(app): State<App>, Asked(query): Asked<NewsQuery>) -> Result<Json<AllNews>, Problem> {
    let since = match query.since {
        None => None,
        Some(day) => {
            let start = day.to_zoned(TimeZone::UTC);
            Some(start.map_err(|_| Problem::bad(format!("`since` is {day}, which is out of all time")))?.timestamp())
        }
    };
    let held = app.held();
    let runs = run::runs(&held).await?;
    let none = Vec::new();
    let pair = |kind: &str| Pair::of(runs.get(kind).unwrap_or(&none), since);
    let (checks, map) = (pair(run::FINDINGS), pair(run_record::MAP));
    let (detect, look) = (pair(run_record::DETECT), pair(run_record::BLIND_SPOTS));
    let protected = &held.config.protected;

    let before = checks.before(&held, "finding", ("fingerprint", "check_id"), "status = 'fail'").await?;
    let rows = held.findings().await?;
    let now = rows.iter().map(|row| (&*row.fingerprint, &*row.check_id, row));
    let findings = checks.news(&before, now, stands, FindingRow::clone);

    let rows = held.edges().await?;
    let of_models = || rows.iter().filter(|edge| edge.is_of_model());
    let before = map.before(&held, "edge", ("edge_id", NO_PART), OF_MODELS).await?;
    let now = of_models().map(|edge| (edge.edge_id.as_str(), "", edge));
    let edges = map.news(&before, now, |_| Stands::Counts, |edge| EdgeSummary::new(edge, protected));
    let before = map.before(&held, "edge", (CALLED, NO_PART), OF_MODELS).await?;
    let now = of_models().map(|edge| (edge.target_arn.as_str(), "", edge));
    let models = map.news(&before, now, |_| Stands::Counts, new_model);

    let before = detect.before(&held, "case", ("case_id", NO_PART), "true").await?;
    let now = held.cases().await?.iter().map(|case| (case.case_id.as_str(), "", case));
    let cases = detect.news(&before, now, |_| Stands::Counts, Case::clone);

    let before = look.before(&held, "blind_spot", ("spot_id", NO_PART), "sight <> 'seen'").await?;
    let now = held.blind_spots().await?.iter().map(|spot| (spot.spot_id.as_str(), "", spot));
    let dark = |spot: &BlindSpot| if spot.sight == Sight::Seen { Stands::Well } else { Stands::Counts };
    let blind_spots = look.news(&before, now, dark, BlindSpot::clone);
    Ok(Json(AllNews { findings, edges, models, cases, blind_spots }))
}

/// Of edges, those to models. Maps of older versions have no others.
const OF_MODELS: &str = "(class IS NULL OR class = 'application_to_model')";
/// What an edge leads to, in maps of all versions.
const CALLED: &str = "coalesce(nullif(target_arn, ''), model_arn)";
/// Of what each run looks at as a whole.
const NO_PART: &str = "''";

fn stands(row: &FindingRow) -> Stands {
    match row.status {
        Status::Fail if row.counts() => Stands::Counts,
        Status::Fail | Status::Unknown => Stands::There,
        Status::Pass | Status::Skip => Stands::Well,
    }
}

fn new_model(edge: &Edge) -> NewModel {
    NewModel { arn: edge.target_arn.clone(), title: edge.target_title.clone() }
}
