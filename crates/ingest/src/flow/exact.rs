//! Records read word by word: this decides what a line is, and says why it is none.

use super::columns::Columns;
use super::group::{Ends, HOUR, Key, Parts};
use super::groups::Entry;
use super::known::Known;
use super::memo::Meaning;
use super::record::{Record, Said, Traffic, default_record};
use super::{ends, raw};
use crate::content::Ending;
use crate::{Batch, ObjectRef, Stats};
use sightline_model::lake_table::LOG_GAP;

/// What the lines mean at this point of the object.
#[derive(Debug)]
pub(crate) enum Format {
    /// as the last header says, or, before any header, the default format
    Known(Box<Known>),
    /// the last header lacks what a row needs
    Unusable(String),
}

/// What came of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// a record of traffic, and what its texts mean
    Traffic(Meaning),
    /// a header
    Header,
    /// anything else
    Other,
}

/// Reads the records of one object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exact<'a> {
    /// the log source's name
    pub(crate) source: &'static str,
    pub(crate) object: &'a ObjectRef<'a>,
    /// the region that the object's key names
    pub(crate) region: &'a str,
}

impl Exact<'_> {
    /// The default format, which holds until a header comes.
    pub(crate) fn unsaid(&self, batch: &mut Batch<'_>) -> Format {
        Format::Known(Box::new(batch.recall(Columns::default_format(), false, self.region)))
    }

    /// Reads a line.
    pub(crate) fn line(
        &self,
        (number, line): (i64, &[u8]),
        ending: Ending,
        format: &mut Format,
        batch: &mut Batch<'_>,
        stats: &mut Stats,
    ) -> Outcome {
        let Ok(text) = std::str::from_utf8(line) else {
            stats.reject(number, "the line is not UTF-8", &String::from_utf8_lossy(line));
            return Outcome::Other;
        };
        if ending == Ending::TooLong {
            stats.reject(number, "the line is too long for a flow record", text);
            return Outcome::Other;
        }
        if text.trim_ascii().is_empty() {
            return Outcome::Other;
        }
        if let Some(columns) = Columns::header(text) {
            let new = match columns.lacks() {
                None => Format::Known(Box::new(batch.recall(columns, true, self.region))),
                Some(reason) => Format::Unusable(reason),
            };
            if let Format::Known(known) = std::mem::replace(format, new) {
                batch.learn(*known);
            }
            return Outcome::Header;
        }
        match read(text, ending, format) {
            Ok((record, said)) => self.record(number, &record, &said, batch, stats),
            Err(reason) => {
                stats.reject(number, reason, text);
                Outcome::Other
            }
        }
    }

    /// Takes a record.
    pub(crate) fn record(
        &self,
        number: i64,
        record: &Record<'_>,
        said: &Said,
        batch: &mut Batch<'_>,
        stats: &mut Stats,
    ) -> Outcome {
        stats.records += 1;
        match said {
            Said::NoData(interval) => {
                stats.no_data += 1;
                if let Some((first, last)) = interval {
                    stats.saw(first * 1000, last * 1000);
                }
                Outcome::Other
            }
            Said::Skipped((first, last)) => {
                stats.gaps += 1;
                stats.saw(first * 1000, last * 1000);
                self.gap(number, record, (first * 1000, last * 1000), batch);
                Outcome::Other
            }
            Said::Traffic(traffic) => {
                stats.saw(traffic.begin * 1000, traffic.end * 1000);
                if batch.keep().raw_flows {
                    raw::write(self, number, record, traffic, batch);
                }
                self.traffic(number, record, traffic, batch, stats)
            }
        }
    }

    fn gap(&self, number: i64, record: &Record<'_>, (first, last): (i64, i64), batch: &mut Batch<'_>) {
        let context = record.context(true, self.region);
        let mut row = batch.row(LOG_GAP);
        row.text("source", self.source).text("account_id", context.account_id).text("region", context.region);
        row.text("subject", context.interface_id).text("reason", "SKIPDATA");
        row.time("first_seen", first).time("last_seen", last);
        row.text("object", self.object.uri).int("line", number);
    }

    fn traffic(
        &self,
        number: i64,
        record: &Record<'_>,
        traffic: &Traffic,
        batch: &mut Batch<'_>,
        stats: &mut Stats,
    ) -> Outcome {
        let rollup = batch.rollup();
        let both = [true, false];
        let contexts = both.map(|source_is_client| rollup.context(&record.context(source_is_client, self.region)));
        let classes = both.map(|source_is_client| rollup.class(&record.class(source_is_client, traffic)));
        let mut end = |address: Option<_>| address.map(|address| rollup.end(address)).unwrap_or_default();
        let there = Ends {
            client: end(Some(traffic.source)),
            server: end(Some(traffic.destination)),
            pkt_client: end(traffic.packet_source),
            pkt_server: end(traffic.packet_destination),
        };
        let from_client = traffic.source_is_client();
        let side = |[of_source, of_destination]: [u32; 2]| if from_client { of_source } else { of_destination };
        let served = if from_client { traffic.destination_port } else { traffic.source_port };
        let key = Key::new(&Parts {
            ends: there.turned(!from_client),
            context: side(contexts),
            class: side(classes),
            hour: u32::try_from(traffic.begin / HOUR).unwrap_or_default(),
            server_port: if ends::has_ports(traffic.protocol) { served } else { 0 },
            protocol: traffic.protocol,
            from_client,
        });
        let entry = Entry {
            key,
            packets: traffic.packets.unsigned_abs(),
            bytes: traffic.bytes.unsigned_abs(),
            records: 1,
            first: traffic.begin,
            last: traffic.end,
            object: rollup.text(self.object.uri),
            line: number,
        };
        batch.flows(&[entry], stats);
        Outcome::Traffic(Meaning { contexts, classes })
    }
}

fn read<'t>(text: &'t str, ending: Ending, format: &Format) -> Result<(Record<'t>, Said), String> {
    match format {
        Format::Unusable(reason) => Err(reason.clone()),
        Format::Known(known) if !known.is_named() => default_record(text, known.columns()),
        Format::Known(known) => {
            if ending == Ending::Open && !known.columns().end_is_certain() {
                return Err("the last line does not end: it may be cut".to_owned());
            }
            let record = Record::split(text, known.columns())?;
            record.read().map(|said| (record, said))
        }
    }
}
