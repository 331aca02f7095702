//! The lake: whether this version reads it, who writes to it, what was cut off, what is damaged, and how old what it tells is.

use super::clock::duration;
use super::line::Line;
use crate::stage;
use jiff::Timestamp;
use serde::Deserialize;
use sightline_collect::scan::{self, Unfinished};
use sightline_lake::{Lake, LakeError, Writer};
use std::path::Path;

const CHECK: &str = "lake";

/// What is said of an account is old after so many seconds.
const OLD: i64 = 30 * 86_400;

/// How many damaged tables are named.
const NAMED: usize = 8;

/// A row of `scan`.
#[derive(Debug, Deserialize)]
struct Finished {
    account_id: String,
    finished_at: Timestamp,
    incomplete: i64,
}

/// Looks at the lake in this folder. Nothing in it is changed.
pub(super) async fn check(root: &Path, now: Timestamp) -> Vec<Line> {
    let lake = match stage::open(root).await {
        Ok(lake) => lake,
        Err(error) => {
            return vec![match error.downcast_ref::<LakeError>() {
                Some(known) => unopened(root, known),
                None => Line::wrong(CHECK, format!("{error:#}"), "name another place with `--lake`"),
            }];
        }
    };
    let mut lines = vec![Line::ok(CHECK, format!("`{}` is a lake that this version reads", root.display()))];
    let writers = lake.writers();
    lines.extend(match &writers {
        Ok(writers) => writers.iter().map(writing).collect(),
        Err(error) => vec![unseen("who writes to it", error)],
    });
    let is_scanning = writers.is_ok_and(|writers| writers.iter().any(|writer| writer.stage == "scan"));
    lines.extend(match scan::unfinished(&lake) {
        Ok(unfinished) => of_unfinished(&unfinished, is_scanning),
        Err(error) => vec![Line::wrong(
            CHECK,
            format!("a scan that was cut off cannot be gone on with: {error}"),
            "drop it with `sightline scan --discard`, or take its file out of the lake's `journals` folder",
        )],
    });
    let damaged = lake.damaged().await;
    if damaged.is_empty() {
        lines.extend(last_scan(&lake, now).await);
    } else {
        lines.extend(damaged.iter().take(NAMED).map(|(table, error)| of_damaged(root, table, error)));
        let more = damaged.len().saturating_sub(NAMED);
        if more > 0 {
            lines.push(Line::wrong(CHECK, format!("{more} more tables are damaged"), "as above"));
        }
    }
    lines
}

fn unopened(root: &Path, error: &LakeError) -> Line {
    match error {
        LakeError::Missing { .. } => {
            Line::ok(CHECK, format!("there is none yet at `{}`: `sightline scan` makes it", root.display()))
        }
        LakeError::Newer { .. } => {
            Line::wrong(CHECK, error.to_string(), "upgrade sightline, or name another folder with `--lake`")
        }
        LakeError::Damaged { path, .. } => Line::wrong(
            CHECK,
            error.to_string(),
            format!("bring `{}` back from a copy of the lake, or name another folder with `--lake`", path.display()),
        ),
        LakeError::Store { .. } => Line::wrong(
            CHECK,
            error.to_string(),
            "give these credentials the rights of `docs/lake.md` on the bucket, or name another place with `--lake`",
        ),
        LakeError::Io { .. } => Line::wrong(
            CHECK,
            error.to_string(),
            "give this user the right to read it, or name another folder with `--lake`",
        ),
        _ => Line::wrong(CHECK, error.to_string(), "name another folder with `--lake`"),
    }
}

fn unseen(what: &str, error: &LakeError) -> Line {
    Line::cannot_tell(CHECK, format!("{what}: {error}"), "give this user the right to read all of the lake's folder")
}

fn writing(writer: &Writer) -> Line {
    Line::ok(CHECK, format!("`sightline {}` is writing to it ({})", writer.stage, writer.holder))
}

fn of_unfinished(unfinished: &[Unfinished], is_scanning: bool) -> Vec<Line> {
    // The one that is under way is the newest.
    let cut_off = unfinished.len().saturating_sub(usize::from(is_scanning));
    let line = |one: &Unfinished| {
        let began = one.started_at.map(|at| format!(" of {}", at.strftime("%Y-%m-%d %H:%M UTC"))).unwrap_or_default();
        Line::warning(
            CHECK,
            format!("scan {}{began} was cut off: nothing of it is seen", one.scan_id),
            format!(
                "`sightline scan --resume {0}` goes on with it, `sightline scan --discard {0}` drops it",
                one.scan_id
            ),
        )
    };
    unfinished.iter().take(cut_off).rev().take(NAMED).map(line).collect()
}

fn of_damaged(root: &Path, table: &str, error: &LakeError) -> Line {
    let root = root.display();
    Line::wrong(
        CHECK,
        format!("table `{table}` is damaged: {error}"),
        format!(
            "bring `{root}/{table}` back from a copy of the lake; without one, move the lake away (`mv {root} {root}.damaged`), scan and ingest again"
        ),
    )
}

async fn last_scan(lake: &Lake, now: Timestamp) -> Vec<Line> {
    let found = async {
        let session = lake.session(&[]).await?;
        let newest =
            "SELECT account_id, finished_at, incomplete FROM scan ORDER BY finished_at DESC NULLS LAST LIMIT 1";
        session.sql(newest).await?.rows_as::<Finished>()
    };
    vec![match found.await {
        Ok(rows) => rows.first().map_or_else(|| Line::ok(CHECK, "no scan has finished yet"), |last| of_last(last, now)),
        Err(error) => unseen("which scan was the last", &error),
    }]
}

fn of_last(last: &Finished, now: Timestamp) -> Line {
    let Finished { account_id, finished_at, incomplete } = last;
    let age = now.as_second().saturating_sub(finished_at.as_second());
    let at = finished_at.strftime("%Y-%m-%d %H:%M UTC");
    let gaps = if *incomplete == 0 { String::new() } else { format!("; {incomplete} tables were not read whole") };
    if age < 0 {
        let told = format!("the last scan, of account {account_id}, ended at {at}, which is yet to come");
        return Line::warning(CHECK, told, "see `clock`: this one is wrong, or was when it scanned");
    }
    let told = format!("the last scan, of account {account_id}, ended {} ago ({at}){gaps}", duration(age));
    if age > OLD { Line::warning(CHECK, told, "sightline scan") } else { Line::ok(CHECK, told) }
}

#[cfg(test)]
mod tests {
    use super::super::line::Status;
    use super::*;

    fn unfinished(id: &str) -> Unfinished {
        Unfinished { scan_id: id.to_owned(), started_at: None, accounts: 1 }
    }

    #[test]
    fn the_scan_that_is_under_way_is_not_cut_off() {
        let both = [unfinished("a"), unfinished("b")];
        assert_eq!(of_unfinished(&both, false).len(), 2);
        let lines = of_unfinished(&both, true);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].told.starts_with("scan a was cut off"), "{}", lines[0].told);
        assert!(lines[0].fix.contains("--resume a"), "{}", lines[0].fix);
    }

    #[test]
    fn a_scan_grows_old_and_none_is_of_tomorrow() {
        let now: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let status = |at: &str| {
            let last = Finished { account_id: "1".to_owned(), finished_at: at.parse().unwrap(), incomplete: 0 };
            of_last(&last, now).status
        };
        assert_eq!(status("2026-11-21T12:00:00Z"), Status::Ok);
        assert_eq!(status("2026-09-21T12:00:00Z"), Status::Warning);
        assert_eq!(status("2026-11-23T12:00:00Z"), Status::Warning);
    }
}
