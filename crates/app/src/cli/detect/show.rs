//! Cases for a terminal, the gravest first.

use crate::print;
use crate::table::{self, Tone};
use sightline_check::detect::{Detected, DetectionWindow, NotAssessed};
use sightline_model::{Case, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// Where the text begins beside the severity.
const INDENT: usize = 12;
/// Detections that are named for one reason; the rest is counted.
const NAMED: usize = 4;

/// Prints what was detected, and what could not be looked at.
pub(super) fn show(detected: &Detected, window: &DetectionWindow, detections: usize, all: bool) -> anyhow::Result<()> {
    for case in &detected.cases {
        show_case(case)?;
    }
    if all && !detected.weak.is_empty() {
        print::line("What weighs too little to make a case:\n")?;
        for case in &detected.weak {
            show_case(case)?;
        }
    }
    show_gaps(&detected.not_assessed)?;
    let weak = if all { String::new() } else { format!(", {} weaker signals (`--all`)", detected.weak.len()) };
    let own = match detected.own_calls {
        0 => String::new(),
        calls => format!(" {calls} calls of our own probes are left out."),
    };
    print::line(&table::paragraph(&format!(
        "{} cases{weak} by {detections} detections, from {} to {}.{own}",
        detected.cases.len(),
        window.from,
        window.until
    )))?;
    if !detected.cases.is_empty() {
        print::line("`sightline detect explain CASE` tells what was seen when, and where.")?;
    }
    Ok(())
}

fn show_case(case: &Case) -> anyhow::Result<()> {
    let tone = if case.severity >= Severity::High { Tone::Bad } else { Tone::Plain };
    print::line(&table::entry(case.severity.as_str(), tone, INDENT, &case.title))?;
    let figures = format!(
        "{} signals, {} events, {} to {}, {}",
        case.signals.len(),
        case.events,
        case.first_seen,
        case.last_seen,
        case.regions.join(" ")
    );
    beside(&case.summary)?;
    beside(&figures)?;
    beside(&format!("case {}", case.case_id))?;
    print::line("")?;
    Ok(())
}

fn beside(text: &str) -> anyhow::Result<()> {
    Ok(print::line(&table::entry("", Tone::Plain, INDENT, text))?)
}

/// By reason: one gap in the logs silences many detections.
fn show_gaps(gaps: &[NotAssessed]) -> anyhow::Result<()> {
    let mut by_reason: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for gap in gaps {
        by_reason.entry((&gap.account_id, &gap.reason)).or_default().insert(&gap.detection_id);
    }
    if by_reason.is_empty() {
        return Ok(());
    }
    print::line("Not assessable:")?;
    for ((account, reason), detections) in by_reason {
        let named: Vec<&str> = detections.iter().take(NAMED).copied().collect();
        let more = detections.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let account = if account.is_empty() { String::new() } else { format!("{account}: ") };
        print::line(&table::entry("-", Tone::Doubt, 5, &format!("{account}{reason} ({}{more})", named.join(", "))))?;
    }
    print::line("")?;
    Ok(())
}
