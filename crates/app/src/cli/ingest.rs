//! `sightline ingest PLACE…`: read log objects into the lake.

use super::Global;
use super::connection::Connection;
use crate::exit::Exit;
use crate::progress::IngestLine;
use crate::table::{Table, Tone, middle, width};
use crate::{interrupt, print, world};
use anyhow::Context as _;
use clap::Args;
use jiff::{Span, Timestamp};
use sightline_collect::logs::{IngestOptions, IngestSummary, LogStore, ingest};
use sightline_lake::Lake;
use sightline_model::untrusted::for_terminal;
use std::collections::BTreeMap;
use std::path::Path;

/// Read logs, each object once: VPC flow logs and CloudTrail, from S3 prefixes or local folders
#[derive(Debug, Args)]
#[command(
    after_help = "Objects that no log source recognises are passed by and counted. A second run reads only what is new."
)]
pub(crate) struct Ingest {
    /// `s3://bucket/prefix`, a folder, or a file
    #[arg(required = true, value_name = "PLACE")]
    places: Vec<String>,
    #[command(flatten)]
    access: Connection,
    /// Only objects modified since then: a time (`2026-11-01T00:00:00Z`) or an age (`7d`, `12h`)
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Since>,
    /// Objects fetched at once
    #[arg(long, default_value_t = 8, value_name = "N")]
    concurrency: usize,
    /// Print the summary as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone)]
enum Since {
    At(Timestamp),
    Age(Span),
}

fn since(text: &str) -> Result<Since, String> {
    if let Ok(at) = text.parse() {
        return Ok(Since::At(at));
    }
    text.parse()
        .map(Since::Age)
        .map_err(|_| format!("`{text}` is neither a time (2026-11-01T00:00:00Z) nor an age (7d)"))
}

impl Since {
    fn before(&self, now: Timestamp) -> anyhow::Result<Timestamp> {
        match self {
            Self::At(at) => Ok(*at),
            Self::Age(age) => {
                let zoned = now.to_zoned(jiff::tz::TimeZone::UTC);
                Ok(zoned.checked_sub(*age).context("--since lies before all time")?.timestamp())
            }
        }
    }
}

impl Ingest {
    /// Reads the places and prints what was read and what was not.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let stores = self.stores().await?;
        let lake = Lake::create(&global.lake).await?;
        let options = IngestOptions {
            since: self.since.as_ref().map(|since| since.before(world::now())).transpose()?,
            concurrency: self.concurrency.max(1),
            cancel: interrupt::token(),
            ..IngestOptions::new(world::clock())
        };
        let mut exit = Exit::Clean;
        let mut summaries = BTreeMap::new();
        for store in &stores {
            let summary = ingest(store, &lake, options.clone(), &IngestLine::new()).await?;
            exit = exit.or_worse(if summary.is_incomplete() { Exit::Incomplete } else { Exit::Clean });
            if !self.json {
                print::line(&for_terminal(&store.place()))?;
                show(&summary)?;
            }
            summaries.insert(store.place(), summary);
        }
        if self.json {
            print::json(&summaries)?;
        }
        Ok(exit)
    }

    async fn stores(&self) -> anyhow::Result<Vec<LogStore>> {
        let mut aws = None;
        let mut stores = Vec::new();
        for place in &self.places {
            stores.push(if place.starts_with("s3://") {
                let aws = match &aws {
                    Some(aws) => aws,
                    None => aws.insert(self.access.connect().await?),
                };
                LogStore::s3_address(aws, place).with_context(|| {
                    format!("`{place}` is no S3 address: write `s3://bucket` or `s3://bucket/prefix`")
                })?
            } else {
                LogStore::folder(Path::new(place))?
            });
        }
        Ok(stores)
    }
}

fn show(summary: &IngestSummary) -> anyhow::Result<()> {
    let mut table = Table::new(&["SOURCE", "OBJECTS", "BYTES", "RECORDS", "REJECTED"]);
    for column in 1..5 {
        table.align_right(column);
    }
    for (name, source) in &summary.by_source {
        let numbers = [source.objects, source.bytes, source.records, source.rejects].map(|number| number.to_string());
        table.row(
            std::iter::once((name.as_str(), Tone::Plain))
                .chain(numbers.iter().map(|number| (number.as_str(), Tone::Plain))),
        );
    }
    if !summary.by_source.is_empty() {
        print::line(table.to_string().trim_end())?;
    }
    print::line(&format!(
        "\nread {} objects; {} were read before, {} hold no records, {} are no log of ours",
        summary.objects, summary.skipped_already, summary.passed_over, summary.ignored
    ))?;
    if summary.recovered > 0 {
        print::line(&format!("completed {} objects that an earlier run had begun", summary.recovered))?;
    }
    if summary.is_incomplete() {
        missing(summary)?;
    }
    Ok(())
}

fn missing(summary: &IngestSummary) -> anyhow::Result<()> {
    print::line(&format!(
        "missing: {} records rejected, {} objects unreadable ({} denied), {} gaps told by the logs{}\n",
        summary.rejects,
        summary.unreadable,
        summary.denied,
        summary.gaps,
        if summary.cancelled { ", stopped before the end" } else { "" }
    ))?;
    let place = usize::from(width()).saturating_sub(40).max(30);
    let mut table = Table::new(&["WHERE", "WHY"]);
    for reject in &summary.reject_samples {
        let at = if reject.line > 0 {
            format!("{}:{}", middle(&reject.uri, place), reject.line)
        } else {
            middle(&reject.uri, place)
        };
        table.row([(at.as_str(), Tone::Plain), (reject.reason.as_str(), Tone::Plain)]);
    }
    let unread = summary.unreadable_samples.iter().map(|unread| (&unread.uri, &unread.error));
    let unlisted = summary.unlisted.iter().map(|place| (&place.place, &place.error));
    for (uri, error) in unread.chain(unlisted) {
        table.row([(middle(uri, place).as_str(), Tone::Plain), (error.as_str(), Tone::Plain)]);
    }
    let text = table.to_string();
    if text.trim_end().lines().count() > 1 {
        print::line(text.trim_end())?;
    }
    Ok(())
}
