//! A flow-log object.

use super::exact::{Exact, Format, Outcome};
use super::groups::{Entry, TOGETHER};
use super::parquet;
use super::record::Interval;
use crate::content::{Content, Ending};
use crate::{Batch, ObjectRef, Stats};

/// How lines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// fast where that gives the same
    Any,
    /// word by word
    Exact,
}

/// Lines beyond this are read from the content piece by piece.
const LONGEST: usize = 16 * 1024;

/// Decodes the object's content into the batch. `source` is the log source's name.
pub(crate) fn decode(
    source: &'static str,
    object: &ObjectRef<'_>,
    content: &mut Content<'_>,
    batch: &mut Batch<'_>,
) -> Stats {
    // Rows that are kept as they were written need all words.
    let way = if batch.keep().raw_flows { Way::Exact } else { Way::Any };
    decode_by(way, source, object, content, batch)
}

/// Likewise, in a given way.
pub(crate) fn decode_by(
    way: Way,
    source: &'static str,
    object: &ObjectRef<'_>,
    content: &mut Content<'_>,
    batch: &mut Batch<'_>,
) -> Stats {
    let mut stats = Stats::default();
    let (account, region) = (account(object), region(object));
    account.clone_into(&mut stats.account_id);
    region.clone_into(&mut stats.region);
    let exact = Exact { source, object, region };
    if content.is_parquet() {
        parquet::decode(&exact, content, batch, &mut stats);
        return stats;
    }
    let mut lines = Lines {
        format: exact.unsaid(batch),
        exact,
        number: 0,
        way,
        batch,
        stats: &mut stats,
        waiting: Vec::with_capacity(TOGETHER),
        origin: (0, None),
        seen: None,
    };
    lines.read(content);
    let Lines { format, batch, .. } = lines;
    if let Format::Known(known) = format {
        batch.learn(*known);
    }
    stats
}

/// The region that the object's key names; empty where it names none.
fn region<'a>(object: &ObjectRef<'a>) -> &'a str {
    let hive = || object.segments().find_map(|segment| segment.strip_prefix("aws-region="));
    let file = || object.segments().next_back()?.split_once("_vpcflowlogs_")?.1.split('_').next();
    object.segment_after("vpcflowlogs").or_else(hive).or_else(file).unwrap_or_default()
}

/// The account that the object's key names; empty where it names none.
fn account<'a>(object: &ObjectRef<'a>) -> &'a str {
    let hive = || object.segments().find_map(|segment| segment.strip_prefix("aws-account-id="));
    let file = || Some(object.segments().next_back()?.split_once("_vpcflowlogs_")?.0);
    let is_account = |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let folder = object.segment_before("vpcflowlogs").filter(is_account);
    folder.or_else(hive).or_else(file).filter(is_account).unwrap_or_default()
}

/// Text, line by line.
struct Lines<'a, 'b, 's> {
    exact: Exact<'a>,
    format: Format,
    /// lines that were read
    number: i64,
    way: Way,
    batch: &'b mut Batch<'s>,
    stats: &'b mut Stats,
    waiting: Vec<Entry>,
    /// the object's number, and the age of the rollup that gave it
    origin: (u32, Option<u64>),
    /// the times of the records that were read fast, in milliseconds
    seen: Option<Interval>,
}

impl Lines<'_, '_, '_> {
    fn read(&mut self, content: &mut Content<'_>) {
        let mut line = Vec::new();
        loop {
            let text = content.chunk();
            if text.is_empty() {
                break;
            }
            let is_short = text.len() < LONGEST;
            let done = self.lines(text);
            if done > 0 {
                content.consume(done);
                continue;
            }
            // No line ends here, or only far away.
            if is_short && content.more() {
                continue;
            }
            if let Some(ending) = content.line(&mut line) {
                self.one(&line, ending);
            }
        }
        if let Some((first, last)) = self.seen {
            self.stats.saw(first * 1000, last * 1000);
        }
    }

    /// Reads all lines that end in the text; how many bytes they have.
    fn lines(&mut self, text: &[u8]) -> usize {
        let mut at = 0;
        while at < text.len() {
            at = self.fast(text, at);
            self.give();
            let rest = text.get(at..).unwrap_or_default();
            let Some(end) = memchr::memchr(b'\n', rest.get(..LONGEST).unwrap_or(rest)) else {
                break;
            };
            self.taught(rest.get(..=end).unwrap_or_default());
            at += end + 1;
        }
        at
    }

    /// Reads the lines that are like those before; where the first one begins that is not.
    fn fast(&mut self, text: &[u8], mut at: usize) -> usize {
        loop {
            at = self.some(text, at);
            if self.waiting.len() < TOGETHER {
                return at;
            }
            self.give();
        }
    }

    /// Likewise, but no more than may wait together.
    fn some(&mut self, text: &[u8], mut at: usize) -> usize {
        let (Format::Known(known), Way::Any) = (&mut self.format, self.way) else {
            return at;
        };
        let rollup = self.batch.rollup();
        if self.origin.1 != Some(rollup.age()) {
            self.origin = (rollup.text(self.exact.object.uri), Some(rollup.age()));
        }
        known.follow(rollup);
        let (mut first, mut last) = self.seen.unwrap_or((i64::MAX, i64::MIN));
        while self.waiting.len() < TOGETHER {
            let Some((entry, next)) = known.read(text, at, rollup) else {
                break;
            };
            self.number += 1;
            (first, last) = (first.min(entry.first), last.max(entry.last));
            self.waiting.push(Entry { object: self.origin.0, line: self.number, ..entry });
            at = next;
        }
        self.seen = (first <= last).then_some((first, last));
        at
    }

    /// Gives the records that wait to the batch.
    fn give(&mut self) {
        self.stats.records += self.waiting.len() as u64;
        self.batch.flows(&self.waiting, self.stats);
        self.waiting.clear();
    }

    /// Reads a line word by word, and keeps what its texts mean.
    #[cold]
    fn taught(&mut self, line: &[u8]) {
        let age = self.batch.rollup().age();
        let outcome = self.one(without_end(line), Ending::Terminated);
        if let (Outcome::Traffic(meaning), Format::Known(known)) = (outcome, &mut self.format)
            && self.batch.rollup().age() == age
            && self.way == Way::Any
        {
            known.follow(self.batch.rollup());
            known.keep(line, meaning);
        }
    }

    fn one(&mut self, line: &[u8], ending: Ending) -> Outcome {
        self.number += 1;
        self.exact.line((self.number, line), ending, &mut self.format, self.batch, self.stats)
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
