//! Blind spots for people: the worst first, and what is the same in several places told once.

use crate::figures::counted;
use crate::print;
use crate::table::{Tone, entry, paragraph};
use sightline_model::{BlindSpot, Sight};
use std::collections::{BTreeMap, BTreeSet};

/// Groups of one section, and places of one group, that are shown.
const SHOWN: usize = 30;
const PLACES: usize = 6;

/// Where texts begin.
const INDENT: usize = 26;

/// The sections in their order.
const SECTIONS: [(Sight, &str, Tone); 4] = [
    (Sight::Blind, "Blind: nothing of it is seen", Tone::Bad),
    (Sight::Partial, "Partial: not all of it, or not all the time", Tone::Doubt),
    (Sight::Unknown, "Unknown: nobody could look", Tone::Doubt),
    (Sight::Seen, "Seen", Tone::Good),
];

/// What is the same: everything but the place.
type Key<'s> = (&'s str, &'s str, &'s str, &'s str, &'s str, &'s str);

/// Whether nothing in AWS would show it.
pub(super) fn is_of_nature(spot: &BlindSpot) -> bool {
    spot.account_id.is_empty() && spot.region.is_empty() && spot.fix.is_empty()
}

pub(super) fn show(spots: &[BlindSpot], all: bool) -> anyhow::Result<()> {
    for (sight, title, tone) in SECTIONS {
        let rows: Vec<&BlindSpot> = spots.iter().filter(|spot| spot.sight == sight && !is_of_nature(spot)).collect();
        if rows.is_empty() || (sight == Sight::Seen && !all) {
            continue;
        }
        section(title, tone, &rows, all)?;
    }
    print::line("What nothing in AWS shows")?;
    for spot in spots.iter().filter(|spot| is_of_nature(spot)) {
        print::line(&entry(&spot.plane, Tone::Plain, INDENT, &format!("{}: {}", spot.lost, spot.reason)))?;
    }
    let count = |sight| spots.iter().filter(|spot| spot.sight == sight && !is_of_nature(spot)).count();
    let [blind, partial, unknown, seen] = SECTIONS.map(|(sight, ..)| count(sight));
    let told = format!("{blind} blind, {partial} partial, {unknown} unknown, {seen} seen");
    print::line("")?;
    Ok(print::line(&paragraph(&format!("{told}. `--json` has all rows, the lake has them in `blind_spot`.")))?)
}

fn section(title: &str, tone: Tone, rows: &[&BlindSpot], all: bool) -> anyhow::Result<()> {
    let mut groups: BTreeMap<Key<'_>, Vec<&BlindSpot>> = BTreeMap::new();
    for row in rows {
        let key = (
            row.plane.as_str(),
            row.telemetry.as_str(),
            row.lost.as_str(),
            subject(row),
            row.reason.as_str(),
            row.fix.as_str(),
        );
        groups.entry(key).or_default().push(row);
    }
    print::line(title)?;
    let limit = if all { usize::MAX } else { SHOWN };
    for ((plane, telemetry, lost, ..), rows) in groups.iter().take(limit) {
        let what = if lost.is_empty() { telemetry } else { lost };
        print::line(&entry(plane, tone, INDENT, what))?;
        for line in details(rows, all) {
            print::line(&entry("", Tone::Plain, INDENT, &line))?;
        }
    }
    if let Some(more) = groups.len().checked_sub(limit).filter(|more| *more > 0) {
        print::line(&format!("  … and {} more: `--all` has all of them", counted(more as u64, "row")))?;
    }
    Ok(print::line("")?)
}

/// A row of one interface or one hole stands alone; others of a VPC or cluster name it in what is lost.
fn subject(row: &BlindSpot) -> &str {
    if row.blind_until.is_some() { &row.spot_id } else { "" }
}

fn details(rows: &[&BlindSpot], all: bool) -> Vec<String> {
    let Some(one) = rows.first() else { return Vec::new() };
    let mut lines = vec![places(rows, all)];
    let since = rows.iter().filter_map(|row| row.blind_from).min();
    match (since, one.blind_until) {
        (Some(from), Some(until)) => lines.push(format!("from {from} until {until}")),
        (None, Some(until)) => lines.push(format!("until {until}")),
        (Some(from), None) if rows.len() > 1 => lines.push(format!("since {from} at the earliest")),
        (Some(from), None) => lines.push(format!("since {from}")),
        (None, None) => {}
    }
    lines.push(format!("{}: {}", one.telemetry, one.reason));
    if !one.fix.is_empty() {
        lines.push(format!("fix: {}", one.fix));
    }
    lines
}

/// `111122223333 in us-east-1, eu-west-1`
fn places(rows: &[&BlindSpot], all: bool) -> String {
    let mut by_account: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        by_account.entry(&row.account_id).or_default().insert(&row.region);
    }
    let limit = if all { usize::MAX } else { PLACES };
    let of = |(account, regions): (&&str, &BTreeSet<&str>)| {
        let named: Vec<&str> = regions.iter().copied().filter(|region| !region.is_empty()).take(limit).collect();
        let more = regions.len().saturating_sub(limit);
        match (named.is_empty(), more) {
            (true, _) => (*account).to_owned(),
            (false, 0) => format!("{account} in {}", named.join(", ")),
            (false, more) => format!("{account} in {} and {more} more", named.join(", ")),
        }
    };
    let told: Vec<String> = by_account.iter().take(limit).map(of).collect();
    let more = by_account.len().saturating_sub(limit);
    if more > 0 {
        format!("{}; and {}", told.join("; "), counted(more as u64, "more account"))
    } else {
        told.join("; ")
    }
}
