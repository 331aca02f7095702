//! `sightline logs gaps`: what is missing of the logs.

use crate::cli::Global;
use crate::exit::Exit;
use crate::figures::{count, counted};
use crate::since::Since;
use crate::stage::gaps::Gaps;
use crate::table::{Table, Tone, entry, middle, width};
use crate::{print, stage, world};
use clap::Args;
use serde_json::{Map, Value};

/// Rows of a table that are shown.
const SHOWN: usize = 40;

/// Tell what is missing of the logs: by their own word, by hours, by objects, and by what should have a log and has none
#[derive(Debug, Args)]
#[command(
    after_help = "An hour without a record may have been quiet; VPC flow logs write even then that there was nothing.\n\
     Exit status: 0 nothing is missing, 3 something is, or could not be told."
)]
pub(crate) struct Missing {
    /// Leave out gaps that ended before: a time (`2026-11-01T00:00:00Z`) or an age (`7d`)
    #[arg(long, value_name = "TIME|AGE")]
    since: Option<Since>,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

/// A column: its title, and the text of a row.
type Column = (&'static str, fn(&Map<String, Value>) -> String);

impl Missing {
    pub(super) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let lake = stage::open(&global.lake).await?;
        let now = world::now();
        let since = self.since.as_ref().map(|since| since.before(now)).transpose()?;
        let gaps = Gaps::read(&stage::session(&lake).await?, since, now).await?;
        if self.json {
            print::json(&gaps)?;
        } else {
            show(&gaps)?;
        }
        Ok(if gaps.is_empty() { Exit::Clean } else { Exit::Incomplete })
    }
}

fn show(gaps: &Gaps) -> anyhow::Result<()> {
    if gaps.is_empty() {
        return Ok(print::line("nothing is missing, as far as the logs and the newest scans tell")?);
    }
    let whose: Column = ("ACCOUNT", |row| text(row, "account_id"));
    let region: Column = ("REGION", |row| text(row, "region"));
    let source: Column = ("SOURCE", |row| text(row, "source"));
    table(
        "What the logs themselves say",
        &gaps.told,
        &[
            source,
            whose,
            region,
            ("WHAT", |row| format!("{} {}", text(row, "reason"), text(row, "subject")).trim_end().to_owned()),
            ("DAY", |row| text(row, "day").chars().take(10).collect()),
            ("GAPS", |row| number(row, "gaps")),
        ],
    )?;
    table(
        "Hours without a record",
        &gaps.hours,
        &[
            source,
            whose,
            region,
            ("FROM", |row| hour(row, "missing_from")),
            ("UNTIL", |row| hour(row, "missing_until")),
            ("HOURS", |row| number(row, "hours")),
        ],
    )?;
    table(
        "Objects of which something is missing",
        &gaps.objects,
        &[
            ("STATE", |row| text(row, "state")),
            source,
            ("OBJECTS", |row| number(row, "objects")),
            ("WHY, AND ONE OF THEM", why),
        ],
    )?;
    if !gaps.unlogged.is_empty() {
        print::line("What has no log of the last day")?;
        for one in gaps.unlogged.iter().take(SHOWN) {
            let place = [&one.account_id, &one.region, &one.subject].map(String::as_str);
            let place: Vec<&str> = place.into_iter().filter(|text| !text.is_empty()).collect();
            let told = format!("{}: {}", place.join(" "), one.reason);
            print::line(&entry(&one.source, Tone::Doubt, 22, &told))?;
        }
        if gaps.unlogged.iter().any(|one| !one.place.is_empty()) {
            print::line("`sightline ingest --discovered` reads what is configured")?;
        }
        more(gaps.unlogged.len())?;
    }
    if !gaps.unknown.is_empty() {
        print::line("What could not be told")?;
        for one in gaps.unknown.iter().take(SHOWN) {
            print::line(&entry("unknown", Tone::Doubt, 11, one))?;
        }
        more(gaps.unknown.len())?;
    }
    Ok(())
}

fn table(heading: &str, rows: &[Map<String, Value>], columns: &[Column]) -> anyhow::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    print::line(heading)?;
    let titles: Vec<&str> = columns.iter().map(|(title, _)| *title).collect();
    let mut table = Table::new(&titles);
    for row in rows.iter().take(SHOWN) {
        let cells: Vec<String> = columns.iter().map(|(_, cell)| cell(row)).collect();
        table.row(cells.iter().map(|cell| (cell.as_str(), Tone::Plain)));
    }
    print::line(table.to_string().trim_end())?;
    more(rows.len())
}

fn more(rows: usize) -> anyhow::Result<()> {
    if let Some(more) = rows.checked_sub(SHOWN).filter(|more| *more > 0) {
        print::line(&format!("… and {} more: `--json` has all of them", count(more as u64)))?;
    }
    Ok(print::line("")?)
}

fn text(row: &Map<String, Value>, name: &str) -> String {
    row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn number(row: &Map<String, Value>, name: &str) -> String {
    count(row.get(name).and_then(Value::as_u64).unwrap_or_default())
}

/// `2026-11-22 03h`
fn hour(row: &Map<String, Value>, name: &str) -> String {
    let text = text(row, name);
    format!("{} {}h", text.get(..10).unwrap_or_default(), text.get(11..13).unwrap_or_default())
}

fn why(row: &Map<String, Value>) -> String {
    let rejects = row.get("rejects").and_then(Value::as_u64).unwrap_or_default();
    let error = text(row, "error");
    let why = if error.is_empty() { format!("{} rejected", counted(rejects, "record")) } else { error };
    format!("{why}: {}", middle(&text(row, "object"), usize::from(width()).saturating_sub(40).max(30)))
}
