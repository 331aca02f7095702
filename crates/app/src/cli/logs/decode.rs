//! `sightline logs decode FILE…`: rows of single files, without a lake.

use super::rows::{Rows, Shape};
use crate::cli::Global;
use crate::cli::ingest::source;
use crate::cli::keep::Kept;
use crate::config::{self, Config};
use crate::exit::Exit;
use crate::figures::{count, counted};
use crate::print;
use anyhow::Context as _;
use clap::Args;
use sightline_collect::logs::Bounds;
use sightline_ingest::{Batch, Decoded, Input, Keep, Limits, ObjectRef, Part, Stats};
use sightline_model::LakeTable;
use sightline_model::untrusted::{for_terminal, shortened};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, StdoutLock};

/// Rejects of a file that are told one by one.
const TOLD: usize = 20;

/// The longest piece of a rejected record that is shown, in characters.
const LONGEST_SAMPLE: usize = 100;

/// Rows of a table that are held before they are written, in bytes: readers of a stream do not wait long.
const HELD: usize = 256 << 10;

/// The first bytes of every Parquet file.
const PARQUET: &[u8] = b"PAR1";

/// Print the rows that log files become; what is rejected is told on standard error
#[derive(Debug, Args)]
#[command(after_help = "Try: sightline logs decode *.log.gz | head\n\
     Needs no lake and no account. Flow records and Resolver answers come rolled up by hour, each file for itself. \
     Exit status: 3 when something was rejected, 2 when a file cannot be read or is no log that is known.")]
pub(crate) struct Decode {
    /// Files, gzip or plain or Parquet; `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Take every file for a log of this source [default: recognise it by name and content]
    #[arg(long, value_name = "NAME", value_parser = source)]
    source: Option<&'static str>,
    /// How to print the rows
    #[arg(long, short, value_enum, value_name = "FORMAT", default_value = "ndjson")]
    output: Shape,
    /// Only rows of this table [default: all; for CSV the first that has rows]
    #[arg(long, value_name = "NAME", value_parser = table)]
    table: Option<&'static LakeTable>,
    #[command(flatten)]
    kept: Kept,
}

fn table(text: &str) -> Result<&'static LakeTable, String> {
    let known = sightline_model::lake_table::LOG_TARGETS;
    let names: Vec<&str> = known.iter().map(|table| table.name).collect();
    let found = known.into_iter().find(|table| table.name == text);
    found.ok_or_else(|| format!("no log goes to such a table; there are {}", names.join(", ")))
}

/// Rejects of all files.
#[derive(Debug, Default)]
struct Rejects {
    records: u64,
    files: u64,
    reasons: BTreeMap<String, u64>,
}

impl Decode {
    pub(super) fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let keep = self.kept.over(&Config::load(global.config.as_deref())?);
        let mut rows = Rows::new(BufWriter::with_capacity(1 << 16, io::stdout().lock()), self.output, self.table);
        let (mut exit, mut rejects) = (Exit::Clean, Rejects::default());
        for file in &self.files {
            match self.one(file, keep, &mut rows) {
                // A reader that has gone wants no remark on what it did not take, and no further file.
                _ if rows.has_failed() => break,
                Ok(None) => {}
                Ok(Some(decoded)) => rejects.tell(file, &decoded.stats),
                Err(error) => {
                    print::error(&error);
                    exit = exit.or_worse(Exit::CouldNotRun);
                }
            }
        }
        for (table, number) in rows.finish()? {
            print::note(&format!("left out {} of `{table}`: name the table with `--table`", counted(number, "row")));
        }
        rejects.total();
        Ok(if rejects.records > 0 { exit.or_worse(Exit::Incomplete) } else { exit })
    }

    /// Decodes one file. `None`: it holds no records, by its name.
    fn one(
        &self,
        file: &str,
        keep: Keep,
        rows: &mut Rows<BufWriter<StdoutLock<'_>>>,
    ) -> anyhow::Result<Option<Decoded>> {
        if let (None, Some(why)) = (self.source, sightline_ingest::skips(file)) {
            print::note(&format!("{}: {why}", for_terminal(file)));
            return Ok(None);
        }
        let mut opened = open(file).with_context(|| format!("cannot read `{}`", shortened(file, 500)))?;
        let closed = Cell::new(false);
        let mut sink = |part: Part| {
            rows.write(&part);
            closed.set(rows.has_failed());
        };
        let limits = Limits { table_bytes: HELD, ..Limits::default() };
        let mut batch = Batch::new(limits, keep, &mut sink);
        let object = ObjectRef { uri: file, key: file };
        let mut watched;
        let input = match &mut opened {
            Opened::Whole(bytes) => Input::Whole(bytes),
            Opened::Stream(reader) => {
                watched = Watched { reader, closed: &closed };
                Input::Stream(&mut watched)
            }
        };
        let decoded = match self.source.and_then(sightline_ingest::by_name) {
            Some(source) => sightline_ingest::decode_as(source, &object, input, &mut batch),
            None => sightline_ingest::decode(&object, input, &mut batch),
        };
        batch.finish().take(&mut |part| rows.write(&part));
        rows.flush();
        if decoded.source.is_empty() && !rows.has_failed() {
            let sources = config::sources();
            anyhow::bail!(
                "`{}` is no log that is known: say what it is with `--source`, one of {sources}",
                shortened(file, 500)
            );
        }
        Ok(Some(decoded))
    }
}

/// A file's content: whole where that is fast or needed, else as it comes.
enum Opened {
    Whole(Vec<u8>),
    Stream(Box<dyn Read>),
}

fn open(file: &str) -> anyhow::Result<Opened> {
    let bounds = Bounds::default();
    let (mut reader, size): (Box<dyn Read>, u64) = if file == "-" {
        (Box::new(io::stdin().lock()), u64::MAX)
    } else {
        let opened = File::open(file)?;
        let about = opened.metadata()?;
        anyhow::ensure!(!about.is_dir(), "it is a folder; `sightline ingest` reads folders");
        // What is no file of the disk, such as a pipe, tells no size.
        let size = if about.is_file() { about.len() } else { u64::MAX };
        (Box::new(opened), size)
    };
    let mut head = Vec::new();
    reader.by_ref().take(PARQUET.len() as u64).read_to_end(&mut head)?;
    let is_parquet = head == PARQUET;
    let most = if is_parquet { bounds.parquet } else { bounds.whole };
    let whole = io::Cursor::new(head).chain(reader);
    if !is_parquet && size > most {
        return Ok(Opened::Stream(Box::new(whole)));
    }
    let mut bytes = Vec::new();
    whole.take(most + 1).read_to_end(&mut bytes)?;
    anyhow::ensure!(bytes.len() as u64 <= most, "Parquet files of more than {most} bytes are not read");
    Ok(Opened::Whole(bytes))
}

/// A reader that ends when nobody wants the rows any more.
struct Watched<'w> {
    reader: &'w mut dyn Read,
    closed: &'w Cell<bool>,
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.closed.get() { Ok(0) } else { self.reader.read(buffer) }
    }
}

impl Rejects {
    /// Tells the rejects of one file, and counts them.
    fn tell(&mut self, file: &str, stats: &Stats) {
        if stats.rejects == 0 {
            return;
        }
        self.records += stats.rejects;
        self.files += 1;
        for (reason, number) in &stats.reject_reasons {
            *self.reasons.entry(reason.clone()).or_default() += number;
        }
        for one in stats.reject_samples.iter().take(TOLD) {
            let line = if one.line > 0 { format!(":{}", one.line) } else { String::new() };
            let sample = shortened(&one.sample, LONGEST_SAMPLE);
            let sample = if sample.is_empty() { sample } else { format!(": {sample}") };
            print::note(&for_terminal(&format!("{file}{line}: {}{sample}", one.reason)));
        }
        if let Some(more) = stats.rejects.checked_sub(stats.reject_samples.len() as u64).filter(|more| *more > 0) {
            print::note(&for_terminal(&format!("{file}: {} more", count(more))));
        }
    }

    fn total(&self) {
        if self.records == 0 {
            return;
        }
        print::note(&format!("rejected {} in {}", counted(self.records, "record"), counted(self.files, "file")));
        let mut reasons: Vec<(&String, &u64)> = self.reasons.iter().collect();
        reasons.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        for (reason, number) in reasons {
            print::note(&format!("{:>9}  {}", count(*number), for_terminal(reason)));
        }
    }
}
