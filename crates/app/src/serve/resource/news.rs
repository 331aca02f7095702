//! What is new: what the newest runs found and an earlier run did not. The first page shows it.

use super::edges::EdgeSummary;
use crate::serve::answer::{Asked, Json};
use crate::serve::held::{FindingRow, Held};
use crate::serve::literal;
use crate::serve::problem::Problem;
use crate::serve::schema;
use crate::serve::state::App;
use axum::extract::State;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sightline_model::{BlindSpot, Case, Sight, Status, run_record};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Things of a kind that are listed; all are counted.
const LISTED: usize = 10;

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

/// What the newest run found and an earlier one did not.
#[derive(Debug, Serialize, ToSchema)]
struct News<T> {
    /// When the earlier run ended; nothing where there is none: then nothing can be said to be new
    #[schema(value_type = Option<String>, format = DateTime)]
    compared_with: Option<Timestamp>,
    /// When the newest run ended; nothing where nobody looked
    #[schema(value_type = Option<String>, format = DateTime)]
    newest: Option<Timestamp>,
    /// How many are new
    count: usize,
    /// How many of the earlier run are no more
    gone: usize,
    /// The first ten of the new ones, in the order of their list
    items: Vec<T>,
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
    let runs = runs(&held).await?;
    let none = Vec::new();
    let pair = |kind: &str| Pair::of(runs.get(kind).unwrap_or(&none), since);
    let (checks, map) = (pair(FINDINGS), pair(run_record::MAP));
    let (detect, look) = (pair(run_record::DETECT), pair(run_record::BLIND_SPOTS));
    let protected = &held.config.protected;

    let before = checks.keys(&held, "finding", "fingerprint", "status = 'fail'").await?;
    let rows = held.findings().await?;
    let open = rows.iter().filter(|row| row.counts()).map(|row| (&*row.fingerprint, row));
    let findings = checks.news(&before, open, |row| row.status == Status::Fail, FindingRow::clone);

    const OF_MODELS: &str = "(class IS NULL OR class = 'application_to_model')";
    let rows = held.edges().await?;
    let of_models = || rows.iter().filter(|edge| edge.is_of_model());
    let before = map.keys(&held, "edge", "edge_id", OF_MODELS).await?;
    let now = of_models().map(|edge| (edge.edge_id.as_str(), edge));
    let edges = map.news(&before, now, |_| true, |edge| EdgeSummary::new(edge, protected));
    let before = map.keys(&held, "edge", "coalesce(nullif(target_arn, ''), model_arn)", OF_MODELS).await?;
    let now = of_models().map(|edge| (edge.target_arn.as_str(), edge));
    let models = map.news(
        &before,
        now,
        |_| true,
        |edge| NewModel { arn: edge.target_arn.clone(), title: edge.target_title.clone() },
    );

    let before = detect.keys(&held, "case", "case_id", "true").await?;
    let rows = held.cases().await?;
    let cases = detect.news(&before, rows.iter().map(|case| (case.case_id.as_str(), case)), |_| true, Case::clone);

    let before = look.keys(&held, "blind_spot", "spot_id", "sight <> 'seen'").await?;
    let rows = held.blind_spots().await?;
    let dark = rows.iter().filter(|spot| spot.sight != Sight::Seen).map(|spot| (spot.spot_id.as_str(), spot));
    let blind_spots = look.news(&before, dark, |_| true, BlindSpot::clone);
    Ok(Json(AllNews { findings, edges, models, cases, blind_spots }))
}

/// Runs of the checks, which have no record of their own.
const FINDINGS: &str = "findings";

/// A run, and when it ended.
#[derive(Debug, Clone, Deserialize)]
struct Run {
    run_id: String,
    kind: String,
    at: Timestamp,
}

/// Runs by kind, the oldest first.
async fn runs(held: &Arc<Held>) -> anyhow::Result<BTreeMap<String, Vec<Run>>> {
    let records = "SELECT run_id, kind, max(finished_at) AS at FROM run GROUP BY run_id, kind";
    let checks = format!("SELECT run_id, '{FINDINGS}' AS kind, max(evaluated_at) AS at FROM finding GROUP BY run_id");
    let mut by_kind: BTreeMap<String, Vec<Run>> = BTreeMap::new();
    for sql in [records, checks.as_str()] {
        for run in held.session.sql(sql).await?.rows_as::<Run>()? {
            // Each map looks at what cannot be seen too.
            if run.kind == run_record::MAP {
                by_kind.entry(run_record::BLIND_SPOTS.to_owned()).or_default().push(run.clone());
            }
            by_kind.entry(run.kind.clone()).or_default().push(run);
        }
    }
    by_kind.values_mut().for_each(|runs| runs.sort_by(|one, other| one.run_id.cmp(&other.run_id)));
    Ok(by_kind)
}

/// The newest run of a kind, and the one that it is compared with.
#[derive(Debug, Default)]
struct Pair {
    newest: Option<Run>,
    before: Option<Run>,
}

impl Pair {
    fn of(runs: &[Run], since: Option<Timestamp>) -> Self {
        let Some((newest, earlier)) = runs.split_last() else { return Self::default() };
        let before = match since {
            None => earlier.last(),
            Some(since) => earlier.iter().rev().find(|run| run.at < since).or_else(|| earlier.first()),
        };
        Self { newest: Some(newest.clone()), before: before.cloned() }
    }

    /// The names of what the earlier run found.
    async fn keys(&self, held: &Held, table: &str, key: &str, fits: &str) -> anyhow::Result<HashSet<String>> {
        #[derive(Deserialize)]
        struct Key {
            key: Option<String>,
        }
        let Some(before) = &self.before else { return Ok(HashSet::new()) };
        let run = literal::text(&before.run_id);
        let sql = format!("SELECT DISTINCT {key} AS key FROM \"{table}\" WHERE run_id = {run} AND {fits}");
        let rows: Vec<Key> = held.session.sql(&sql).await?.rows_as()?;
        Ok(rows.into_iter().filter_map(|row| row.key).collect())
    }

    /// What is there `now` and was not `before`. What is no longer there at all is gone; what is there and does not count any more, such as a
    /// finding that nobody could decide, is neither.
    fn news<'r, T: 'r, U>(
        &self,
        before: &HashSet<String>,
        now: impl Iterator<Item = (&'r str, &'r T)>,
        counts: impl Fn(&T) -> bool,
        shown: impl Fn(&T) -> U,
    ) -> News<U> {
        let (mut seen, mut count, mut items) = (HashSet::new(), 0, Vec::new());
        for (key, row) in now {
            let is_new = seen.insert(key) && self.before.is_some() && !before.contains(key) && counts(row);
            count += usize::from(is_new);
            if is_new && items.len() < LISTED {
                items.push(shown(row));
            }
        }
        let gone = before.iter().filter(|key| !seen.contains(key.as_str())).count();
        News {
            compared_with: self.before.as_ref().map(|run| run.at),
            newest: self.newest.as_ref().map(|run| run.at),
            count,
            gone,
            items,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(days: &[&str]) -> Vec<Run> {
        let run = |day: &&str| Run {
            run_id: format!("r-{day}"),
            kind: "map".to_owned(),
            at: format!("2026-11-{day}T10:00:00Z").parse().unwrap(),
        };
        days.iter().map(run).collect()
    }

    #[test]
    fn the_newest_is_compared_with_the_last_before_or_with_the_first_there_is() {
        let of = |days: &[&str], since: Option<&str>| {
            let since = since.map(|day| format!("2026-11-{day}T00:00:00Z").parse().unwrap());
            let pair = Pair::of(&runs(days), since);
            (pair.newest.map(|run| run.run_id), pair.before.map(|run| run.run_id))
        };
        let named = |day: &str| Some(format!("r-{day}"));
        assert_eq!(of(&[], None), (None, None));
        assert_eq!(of(&["10"], None), (named("10"), None));
        assert_eq!(of(&["10"], Some("12")), (named("10"), None), "a run is not compared with itself");
        assert_eq!(of(&["10", "14", "20"], None), (named("20"), named("14")));
        assert_eq!(of(&["10", "14", "20"], Some("13")), (named("20"), named("10")));
        assert_eq!(of(&["10", "14", "20"], Some("14")), (named("20"), named("10")), "it ended within that day");
        assert_eq!(of(&["10", "14", "20"], Some("01")), (named("20"), named("10")));
    }

    #[test]
    fn what_is_new_was_not_there_and_what_is_gone_is_not_there_any_more() {
        let pair = Pair::of(&runs(&["10", "14"]), None);
        let before = ["kept", "undecided", "fixed"].map(str::to_owned).into_iter().collect();
        let now = [("kept", &1), ("undecided", &0), ("fresh", &1), ("fresh-undecided", &0)];
        let news = pair.news(&before, now.into_iter(), |row| *row == 1, |row| *row);
        assert_eq!((news.count, news.gone, news.items), (1, 1, vec![1]));
        let alone = Pair::of(&runs(&["10"]), None).news(&HashSet::new(), now.into_iter(), |_| true, |row| *row);
        assert_eq!((alone.count, alone.compared_with), (0, None), "without an earlier run nothing is new");
    }
}
