//! Findings for a terminal, by check.

use super::tone;
use crate::print;
use crate::stage::baseline::Changes;
use crate::stage::muted::Told;
use crate::table::{self, Tone, middle, width};
use sightline_model::{Severity, Status};
use std::collections::BTreeMap;

/// Resources that are listed of each check; the rest is counted.
const LISTED: usize = 8;

/// Prints the findings that are shown, and counts all.
pub(super) fn show(all: &[Told], shown: &[&Told]) -> anyhow::Result<()> {
    for check in shown.chunk_by(|a, b| a.finding.check_id == b.finding.check_id) {
        show_check(check)?;
    }
    let mut counts: BTreeMap<Status, usize> = BTreeMap::new();
    for told in all.iter().filter(|told| told.mute.is_none()) {
        *counts.entry(told.finding.status).or_default() += 1;
    }
    let count = |status| counts.get(&status).copied().unwrap_or_default();
    let muted = all.iter().filter(|told| told.mute.is_some()).count();
    let muted = if muted > 0 { format!(", {muted} muted") } else { String::new() };
    print::line(&format!(
        "{} fail, {} unknown, {} pass, {} skip{muted}.\n`sightline explain CHECK` tells what one means and how to fix it; `--json` has all.",
        count(Status::Fail),
        count(Status::Unknown),
        count(Status::Pass),
        count(Status::Skip)
    ))?;
    Ok(())
}

/// What became of the baseline.
pub(super) fn changes(changes: &Changes) -> anyhow::Result<()> {
    let Changes { unchanged, fixed, out_of_sight } = changes;
    let unseen = if *out_of_sight > 0 { format!(", {out_of_sight} not looked at now") } else { String::new() };
    print::line(&format!(
        "Of what failed or was unknown in the baseline: {fixed} fixed, {unchanged} unchanged{unseen}."
    ))?;
    Ok(())
}

/// One check: what is wrong, then where.
fn show_check(findings: &[&Told]) -> anyhow::Result<()> {
    let Some(first) = findings.first().map(|told| &told.finding) else { return Ok(()) };
    let severity = if first.severity >= Severity::High { Tone::Bad } else { Tone::Plain };
    print::line(&table::entry(
        first.severity.as_str(),
        severity,
        12,
        &format!("{} ({})", first.title, first.check_id),
    ))?;
    let name = usize::from(width()).saturating_sub(40).clamp(20, 80);
    for Told { finding, mute } in findings.iter().take(LISTED) {
        let (status, tone) = match mute {
            Some(_) => ("muted", Tone::Plain),
            None => (finding.status.as_str(), tone(finding.status)),
        };
        let place = format!("{:name$}  {}", middle(&finding.resource_title, name), finding.region);
        print::line(&format!("{:12}{}", "", table::entry(&format!("{status:8}"), tone, 12, &place).trim_start()))?;
    }
    if findings.len() > LISTED {
        print::line(&format!("{:12}… and {} more", "", findings.len() - LISTED))?;
    }
    print::line("")?;
    Ok(())
}
