//! What an ingest read and did not read, in 80 columns. Lines that would say that there is nothing are left out.

use crate::figures::{bytes, count, counted};
use crate::print;
use crate::table::{Table, Tone, entry, middle, width};
use sightline_collect::logs::{IngestSummary, RejectSample};
use std::collections::BTreeMap;

/// Where the text beside a number begins.
const INDENT: usize = 15;

/// Prints one place's summary. `left`: messages of a queue that are not understood and stay in it.
pub(super) fn show(summary: &IngestSummary, left: u64) -> anyhow::Result<()> {
    if !summary.by_source.is_empty() {
        print::line(by_source(summary).to_string().trim_end())?;
        print::line("")?;
    }
    let requests = summary.requests;
    let made = [(requests.lists, "LIST"), (requests.gets, "GET"), (requests.calls, "other")];
    let made: Vec<String> =
        made.iter().filter(|(n, _)| *n > 0).map(|(n, kind)| format!("{} {kind}", count(*n))).collect();
    let made = if made.is_empty() { String::new() } else { format!("; requests: {}", made.join(", ")) };
    print::line(&format!(
        "read {}, {}, {}{made}",
        counted(summary.objects, "object"),
        bytes(summary.bytes),
        counted(summary.records, "record")
    ))?;
    list("left out", Tone::Plain, &left_out(summary))?;
    list("missing", Tone::Bad, &missing(summary, left))?;
    if let Some(text) = &summary.unacknowledged {
        print::warning(&format!("not removed from the queue, and coming again: {text}"));
    }
    if summary.cancelled {
        print::line("stopped before the end: what was read is in the lake, the same command goes on from there")?;
    }
    print::line("")?;
    Ok(())
}

fn by_source(summary: &IngestSummary) -> Table {
    let mut table = Table::new(&["SOURCE", "OBJECTS", "BYTES", "RECORDS", "REJECTED"]);
    (1..5).for_each(|column| table.align_right(column));
    for (name, source) in &summary.by_source {
        let cells = [count(source.objects), bytes(source.bytes), count(source.records), count(source.rejects)];
        let tone = |column: usize| if column == 3 && source.rejects > 0 { Tone::Bad } else { Tone::Plain };
        let numbers = cells.iter().enumerate().map(|(column, cell)| (cell.as_str(), tone(column)));
        table.row(std::iter::once((name.as_str(), Tone::Plain)).chain(numbers));
    }
    table
}

fn left_out(summary: &IngestSummary) -> Vec<(u64, String)> {
    [
        (summary.skipped_already, "read before"),
        (summary.duplicates, "the same content as another, under another name"),
        (summary.skipped_old, "older than asked for"),
        (summary.passed_over, "objects without records, such as digests"),
        (summary.other_shards, "of other shards"),
        (summary.ignored, "no log that is known"),
        (summary.uninteresting, "records of no interest"),
        (summary.no_data, "records that say that there was nothing"),
        (summary.recovered, "objects of an ingest that was cut off: they are visible now"),
        (summary.clashes, "batches read again: another worker was first with some of their objects"),
        (summary.late, "delivered more than an hour after their last record"),
    ]
    .into_iter()
    .map(|(number, text)| (number, text.to_owned()))
    .collect()
}

fn missing(summary: &IngestSummary, left: u64) -> Vec<(u64, String)> {
    let room = usize::from(width()).saturating_sub(INDENT + 4).max(30);
    let mut lines: Vec<(u64, String)> = rejects(summary, room);
    let unread = by_error(summary.unreadable_samples.iter().map(|one| (one.error.as_str(), one.uri.as_str())));
    let told: u64 = unread.values().map(|(number, _)| number).sum();
    for (error, (number, uri)) in unread {
        lines.push((number, format!("not fetched: {error}: {}", middle(uri, room))));
    }
    let denied = if summary.denied > 0 { format!(" ({} denied in all)", count(summary.denied)) } else { String::new() };
    lines.push((summary.unreadable.saturating_sub(told), format!("more objects not fetched{denied}")));
    for (error, (number, place)) in
        by_error(summary.unlisted.iter().map(|one| (one.error.as_str(), one.place.as_str())))
    {
        lines.push((number, format!("not listed to the end: {error}: {}", middle(place, room))));
    }
    lines.push((summary.gaps, "gaps that the logs tell: see `sightline logs gaps`".to_owned()));
    lines.push((left, "messages not understood: they stay in the queue".to_owned()));
    lines
}

/// Rejected records by reason, each with where the first of them is.
fn rejects(summary: &IngestSummary, room: usize) -> Vec<(u64, String)> {
    let mut reasons: Vec<(&String, u64)> =
        summary.reject_reasons.iter().map(|(reason, number)| (reason, *number)).collect();
    reasons.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let sample_of = |reason: &str| {
        let is_of = |one: &&RejectSample| sightline_ingest::reason_kind(&one.reason) == reason;
        let sample = summary.reject_samples.iter().find(is_of);
        sample.map_or_else(String::new, |one| match one.line {
            0 => format!(": {}", middle(&one.uri, room)),
            line => format!(": {}:{line}", middle(&one.uri, room.saturating_sub(8))),
        })
    };
    reasons.into_iter().map(|(reason, number)| (number, format!("rejected: {reason}{}", sample_of(reason)))).collect()
}

fn by_error<'s>(all: impl Iterator<Item = (&'s str, &'s str)>) -> BTreeMap<&'s str, (u64, &'s str)> {
    let mut errors: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for (error, place) in all {
        errors.entry(error).or_insert((0, place)).0 += 1;
    }
    errors
}

/// Numbers with what they count, under a heading; without those that are zero.
pub(super) fn list(heading: &str, tone: Tone, lines: &[(u64, String)]) -> anyhow::Result<()> {
    let mut lines = lines.iter().filter(|(number, _)| *number > 0).peekable();
    if lines.peek().is_some() {
        print::line(heading)?;
    }
    for (number, text) in lines {
        print::line(&entry(&format!("{:>11}", count(*number)), tone, INDENT, text))?;
    }
    Ok(())
}
