//! The newest run of a kind beside an earlier one.

use crate::serve::held::Held;
use crate::serve::literal;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sightline_model::run_record;
use std::collections::{BTreeMap, HashMap, HashSet};
use utoipa::ToSchema;

/// Things of a kind that are listed; all are counted.
const LISTED: usize = 10;

/// Runs of the checks, which have no record of their own.
pub(super) const FINDINGS: &str = "findings";

/// What the newest run found and an earlier one did not.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct News<T> {
    /// When the earlier run ended; nothing where there is none: then nothing can be said to be new
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) compared_with: Option<Timestamp>,
    /// When the newest run ended; nothing where nobody looked
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) newest: Option<Timestamp>,
    /// How many are new
    pub(super) count: usize,
    /// How many of the earlier run are no more, of what the newest run looked at too
    pub(super) gone: usize,
    /// The first ten of the new ones, in the order of their list
    pub(super) items: Vec<T>,
}

/// A run, and when it ended.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Run {
    pub(super) run_id: String,
    kind: String,
    pub(super) at: Timestamp,
    /// How much it looked at, where a run may look at a part: checks that answered
    #[serde(default)]
    wide: i64,
}

/// Runs by kind, the oldest first.
///
/// # Errors
/// The lake cannot be read.
pub(super) async fn runs(held: &Held) -> anyhow::Result<BTreeMap<String, Vec<Run>>> {
    let records = "SELECT run_id, kind, max(finished_at) AS at FROM run GROUP BY run_id, kind";
    let checks = format!(
        "SELECT run_id, '{FINDINGS}' AS kind, max(evaluated_at) AS at, count(DISTINCT check_id) AS wide FROM finding GROUP BY run_id"
    );
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

/// What an earlier run found: its names, each with what it is an answer to.
pub(super) type Before = HashMap<String, String>;

/// How something of the newest run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stands {
    /// It counts, and is new where it did not before
    Counts,
    /// It is there and does not count: muted, or nobody can decide
    There,
    /// It is looked at, and well
    Well,
}

/// The newest run of a kind, and the one that it is compared with.
#[derive(Debug, Default)]
pub(super) struct Pair {
    pub(super) newest: Option<Run>,
    pub(super) before: Option<Run>,
}

impl Pair {
    /// Of runs that are sorted, the oldest first. One that looked at less than half as much was narrowed to a part by whoever ran it: beside it
    /// everything would be new.
    pub(super) fn of(runs: &[Run], since: Option<Timestamp>) -> Self {
        let Some((newest, earlier)) = runs.split_last() else { return Self::default() };
        let mut whole = earlier.iter().rev().filter(|run| run.wide.saturating_mul(2) >= newest.wide);
        let before = match since {
            None => whole.next(),
            Some(since) => whole.clone().find(|run| run.at < since).or_else(|| whole.next_back()),
        };
        Self { newest: Some(newest.clone()), before: before.cloned() }
    }

    /// What the earlier run found. `of` is what each is an answer to: the newest run may not have asked it.
    ///
    /// # Errors
    /// The lake cannot be read.
    pub(super) async fn before(
        &self,
        held: &Held,
        table: &str,
        (name, of): (&str, &str),
        fits: &str,
    ) -> anyhow::Result<Before> {
        #[derive(Deserialize)]
        struct Found {
            name: Option<String>,
            of: Option<String>,
        }
        let Some(before) = &self.before else { return Ok(Before::new()) };
        let run = literal::text(&before.run_id);
        let sql =
            format!("SELECT DISTINCT {name} AS name, {of} AS of FROM \"{table}\" WHERE run_id = {run} AND {fits}");
        let rows: Vec<Found> = held.session.sql(&sql).await?.rows_as()?;
        Ok(rows.into_iter().filter_map(|row| Some((row.name?, row.of.unwrap_or_default()))).collect())
    }

    /// What counts `now` and did not `before`. Each row has its name and what it is an answer to.
    pub(super) fn news<'r, T: 'r, U>(
        &self,
        before: &Before,
        now: impl Iterator<Item = (&'r str, &'r str, &'r T)>,
        stands: impl Fn(&T) -> Stands,
        shown: impl Fn(&T) -> U,
    ) -> News<U> {
        let (mut there, mut asked) = (HashSet::new(), HashSet::new());
        let (mut count, mut items) = (0, Vec::new());
        for (name, of, row) in now {
            asked.insert(of);
            let stands = stands(row);
            if stands == Stands::Well {
                continue;
            }
            let is_new =
                there.insert(name) && stands == Stands::Counts && self.before.is_some() && !before.contains_key(name);
            count += usize::from(is_new);
            if is_new && items.len() < LISTED {
                items.push(shown(row));
            }
        }
        let is_gone = |(name, of): &(&String, &String)| {
            !there.contains(name.as_str()) && (of.is_empty() || asked.contains(of.as_str()))
        };
        News {
            compared_with: self.before.as_ref().map(|run| run.at),
            newest: self.newest.as_ref().map(|run| run.at),
            count,
            gone: before.iter().filter(is_gone).count(),
            items,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Day, and how much the run looked at.
    fn runs(days: &[(&str, i64)]) -> Vec<Run> {
        let run = |(day, wide): &(&str, i64)| Run {
            run_id: format!("r-{day}"),
            kind: "map".to_owned(),
            at: format!("2026-11-{day}T10:00:00Z").parse().unwrap(),
            wide: *wide,
        };
        days.iter().map(run).collect()
    }

    #[test]
    fn the_newest_is_compared_with_the_last_before_or_with_the_first_there_is() {
        let of = |days: &[(&str, i64)], since: Option<&str>| {
            let since = since.map(|day| format!("2026-11-{day}T00:00:00Z").parse().unwrap());
            let pair = Pair::of(&runs(days), since);
            (pair.newest.map(|run| run.run_id), pair.before.map(|run| run.run_id))
        };
        let named = |day: &str| Some(format!("r-{day}"));
        let three = [("10", 9), ("14", 9), ("20", 9)];
        assert_eq!(of(&[], None), (None, None));
        assert_eq!(of(&three[..1], None), (named("10"), None));
        assert_eq!(of(&three[..1], Some("12")), (named("10"), None), "a run is not compared with itself");
        assert_eq!(of(&three, None), (named("20"), named("14")));
        assert_eq!(of(&three, Some("15")), (named("20"), named("14")));
        assert_eq!(of(&three, Some("14")), (named("20"), named("10")), "it ended within that day");
        assert_eq!(of(&three, Some("01")), (named("20"), named("10")));
        assert_eq!(of(&[("10", 9), ("14", 2), ("20", 9)], None), (named("20"), named("10")), "the second was narrowed");
        assert_eq!(of(&[("14", 2), ("20", 9)], None), (named("20"), None));
    }

    #[test]
    fn what_is_new_was_not_there_and_what_is_gone_is_well_or_not_there() {
        let pair = Pair::of(&runs(&[("10", 1), ("14", 1)]), None);
        let names = ["kept", "undecided", "fixed", "removed"].map(|name| (name.to_owned(), "a".to_owned()));
        let not_asked = ("elsewhere".to_owned(), "b".to_owned());
        let before: Before = names.into_iter().chain([not_asked]).collect();
        let now = [
            ("kept", Stands::Counts),
            ("undecided", Stands::There),
            ("fixed", Stands::Well),
            ("fresh", Stands::Counts),
            ("fresh-undecided", Stands::There),
        ];
        let rows = || now.iter().map(|(name, stands)| (*name, "a", stands));
        let news = pair.news(&before, rows(), |stands| *stands, |_| "shown");
        assert_eq!((news.count, news.gone, news.items), (1, 2, vec!["shown"]), "`fixed` and `removed` are gone");
        let alone = Pair::of(&runs(&[("10", 1)]), None).news(&Before::new(), rows(), |stands| *stands, |_| ());
        assert_eq!((alone.count, alone.compared_with), (0, None), "without an earlier run nothing is new");
    }
}
