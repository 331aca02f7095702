//! `sightline scan`: read the account's inventory into the lake.

use super::Global;
use super::connection::Connection;
use crate::exit::Exit;
use crate::progress::ScanLine;
use crate::table::{Table, Tone};
use crate::{interrupt, print, world};
use clap::Args;
use sightline_collect::scan::{DEFAULT_CONCURRENCY, NotSeen, ScanOptions, ScanSummary, scan};
use sightline_lake::Lake;
use sightline_model::Outcome;
use sightline_model::untrusted::{for_terminal, shortened};
use std::collections::BTreeSet;

/// Causes of missing coverage that are listed; the rest is counted.
const LISTED_CAUSES: usize = 20;

/// Read the account's inventory: all enabled regions in parallel; what could not be read is kept as coverage
#[derive(Debug, Args)]
pub(crate) struct Scan {
    #[command(flatten)]
    access: Connection,
    /// Read these tables only, such as `aws_bedrock_*`
    #[arg(long = "table", value_name = "GLOB")]
    include: Vec<String>,
    /// Leave these tables out
    #[arg(long = "skip-table", value_name = "GLOB")]
    exclude: Vec<String>,
    /// Calls in flight at most
    #[arg(long, default_value_t = DEFAULT_CONCURRENCY, value_name = "N")]
    concurrency: usize,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

impl Scan {
    /// Scans and prints what was and was not seen.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = Lake::create(&global.lake).await?;
        let aws = self.access.connect().await?;
        let options = ScanOptions {
            regions: self.access.regions.clone(),
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            concurrency: self.concurrency.max(1),
            cancel: interrupt::token(),
            ..ScanOptions::new(world::new_run(), world::clock(), env!("CARGO_PKG_VERSION"))
        };
        let summary = scan(&aws, &lake, options, &ScanLine::new()).await?;
        if self.json {
            print::json(&summary)?
        } else {
            show(&summary)?
        }
        Ok(if summary.incomplete() > 0 { Exit::Incomplete } else { Exit::Clean })
    }
}

fn show(summary: &ScanSummary) -> anyhow::Result<()> {
    let seconds = (summary.finished_at - summary.started_at).total(jiff::Unit::Second).unwrap_or_default();
    print::line(&format!("account    {} as {}", summary.account_id, for_terminal(&summary.caller_arn)))?;
    print::line(&format!("regions    {}", some_of(&summary.regions, 6)))?;
    print::line(&format!(
        "seen       {} resources in {} tables, {} calls in {seconds:.1} s",
        summary.resources, summary.tables, summary.calls
    ))?;
    let count = |outcome: Outcome| summary.outcomes.get(&outcome).copied().unwrap_or_default();
    let (whole, absent) = (count(Outcome::Ok), count(Outcome::Unsupported));
    print::line(&format!(
        "coverage   {whole} reads whole, {absent} not offered in their region, {} incomplete",
        summary.incomplete()
    ))?;
    if summary.cancelled {
        print::line("stopped    before its end: what was not read counts as incomplete")?;
    }
    print::line(&format!("scan       {}", summary.scan_id))?;
    let causes: Vec<&NotSeen> = summary.not_seen.iter().filter(|cause| !cause.outcome.is_complete()).collect();
    if causes.is_empty() {
        return Ok(());
    }
    print::line("\nWhat could not be seen (every answer that rests on it will be `unknown`):\n")?;
    let mut table = Table::new(&["OUTCOME", "IAM ACTION", "REGIONS", "ERROR"]);
    for cause in causes.iter().take(LISTED_CAUSES) {
        let error = format!("{}: {}", cause.error_code, shortened(&cause.error_message, 80));
        let regions = some_of(&cause.regions.iter().cloned().collect::<Vec<_>>(), 2);
        table.row([
            (cause.outcome.as_str(), Tone::Doubt),
            (cause.action.as_str(), Tone::Plain),
            (regions.as_str(), Tone::Plain),
            (error.as_str(), Tone::Plain),
        ]);
    }
    print::line(table.to_string().trim_end())?;
    if causes.len() > LISTED_CAUSES {
        print::line(&format!(
            "… and {} more: sightline query \"SELECT * FROM current_coverage\"",
            causes.len() - LISTED_CAUSES
        ))?;
    }
    let denied: BTreeSet<&str> = summary.denied_actions.keys().map(String::as_str).collect();
    if !denied.is_empty() {
        print::line(&format!(
            "\n{} actions were denied; `sightline permissions` prints the policy that allows them.",
            denied.len()
        ))?;
    }
    Ok(())
}

fn some_of(names: &[String], limit: usize) -> String {
    let shown = names.iter().take(limit).cloned().collect::<Vec<_>>().join(" ");
    match names.len().saturating_sub(limit) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
