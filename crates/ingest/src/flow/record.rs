//! One line of a flow log.

use super::address::canonical;
use super::columns::Columns;
use super::ends;
use super::field::Field;
use jiff::Timestamp;
use sightline_model::untrusted::shortened;
use std::borrow::Cow;

/// No value of a field that is kept is longer; a resource's id has 21 characters.
const LONGEST_VALUE: usize = 128;
/// Epochs from here on are milliseconds: as seconds they would lie behind the year 5000.
const FIRST_MILLISECOND: i64 = 100_000_000_000;

/// The fields of one line; empty where the line has `-` or the format lacks the field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    values: [&'a str; Field::COUNT],
}

/// What a line says.
#[derive(Debug, Clone)]
pub(crate) enum Said<'a> {
    /// packets flowed
    Traffic(Traffic<'a>),
    /// nothing flowed
    NoData,
    /// something is missing between these times
    Skipped(Timestamp, Timestamp),
}

/// The numbers, times and addresses of a line, read.
#[derive(Debug, Clone)]
pub(crate) struct Traffic<'a> {
    pub(crate) source: Cow<'a, str>,
    pub(crate) destination: Cow<'a, str>,
    /// the packets' own source, empty where it is the source
    pub(crate) packet_source: Cow<'a, str>,
    /// likewise
    pub(crate) packet_destination: Cow<'a, str>,
    pub(crate) source_is_client: bool,
    pub(crate) server_port: i64,
    pub(crate) protocol: i64,
    pub(crate) traffic_path: i64,
    pub(crate) packets: i64,
    pub(crate) bytes: i64,
    pub(crate) begin: Timestamp,
    pub(crate) end: Timestamp,
}

impl<'a> Record<'a> {
    /// Parts a line into its fields.
    pub(crate) fn split(line: &'a str, columns: &Columns) -> Result<Self, String> {
        let mut values = [""; Field::COUNT];
        let mut words = line.split_ascii_whitespace();
        let mut count = 0;
        for (role, word) in columns.roles().zip(&mut words) {
            count += 1;
            let Some(field) = role else { continue };
            if word.len() > LONGEST_VALUE {
                return Err(format!("`{}` is too long for a flow record", shortened(word, 40)));
            }
            if let Some(value) = values.get_mut(field as usize) {
                *value = if word == "-" { "" } else { word };
            }
        }
        count += words.count();
        if count != columns.len() {
            return Err(format!("{count} fields where the header names {}", columns.len()));
        }
        Ok(Self { values })
    }

    /// The field's text; empty where it has none.
    pub(crate) fn text(&self, field: Field) -> &'a str {
        self.values.get(field as usize).copied().unwrap_or_default()
    }

    /// Reads the numbers, times and addresses.
    pub(crate) fn read(&self) -> Result<Said<'a>, String> {
        match self.text(Field::LogStatus) {
            "OK" => self.traffic().map(Said::Traffic),
            "NODATA" => Ok(Said::NoData),
            "SKIPDATA" => self.interval().map(|(begin, end)| Said::Skipped(begin, end)),
            "" if self.source().is_empty() && self.destination().is_empty() => Ok(Said::NoData),
            "" => self.traffic().map(Said::Traffic),
            other => Err(format!("`{}` is no log status", shortened(other, 40))),
        }
    }

    fn traffic(&self) -> Result<Traffic<'a>, String> {
        let action = self.text(Field::Action);
        if !matches!(action, "ACCEPT" | "REJECT" | "") {
            return Err(format!("`{}` is no action", shortened(action, 40)));
        }
        let (begin, end) = self.interval()?;
        let source = address(self.source())?;
        let destination = address(self.destination())?;
        let protocol = self.number(Field::Protocol, 255)?;
        let source_port = self.number(Field::SrcPort, 65_535)?;
        let destination_port = self.number(Field::DstPort, 65_535)?;
        let flags = self.number(Field::TcpFlags, 255)?;
        let source_is_client = ends::source_is_client(protocol, source_port, destination_port, flags);
        let served = if source_is_client { destination_port } else { source_port };
        Ok(Traffic {
            packet_source: other_address(self.text(Field::PktSrcAddr), &source)?,
            packet_destination: other_address(self.text(Field::PktDstAddr), &destination)?,
            source,
            destination,
            source_is_client,
            server_port: if ends::has_ports(protocol) { served } else { 0 },
            protocol,
            traffic_path: self.number(Field::TrafficPath, 255)?,
            packets: self.number(Field::Packets, i64::MAX)?,
            bytes: self.number(Field::Bytes, i64::MAX)?,
            begin,
            end,
        })
    }

    fn source(&self) -> &'a str {
        first_of(self.text(Field::SrcAddr), self.text(Field::PktSrcAddr))
    }

    fn destination(&self) -> &'a str {
        first_of(self.text(Field::DstAddr), self.text(Field::PktDstAddr))
    }

    fn interval(&self) -> Result<(Timestamp, Timestamp), String> {
        let start = self.time(Field::Start)?;
        let end = self.time(Field::End)?;
        let begin = start.or(end).ok_or("the record has no time")?;
        Ok((begin, end.unwrap_or(begin).max(begin)))
    }

    fn time(&self, field: Field) -> Result<Option<Timestamp>, String> {
        let text = self.text(field);
        if text.is_empty() {
            return Ok(None);
        }
        let epoch = digits(text).ok_or_else(|| format!("`{}` is no time", shortened(text, 40)))?;
        let time =
            if epoch < FIRST_MILLISECOND { Timestamp::from_second(epoch) } else { Timestamp::from_millisecond(epoch) };
        time.map(Some).map_err(|_| format!("`{text}` is no time between the years 1970 and 9999"))
    }

    /// The field's number; 0 where it has none.
    fn number(&self, field: Field, most: i64) -> Result<i64, String> {
        let text = self.text(field);
        if text.is_empty() {
            return Ok(0);
        }
        let number = digits(text).ok_or_else(|| format!("`{}` is no number", shortened(text, 40)))?;
        if number <= most { Ok(number) } else { Err(format!("`{number}` is more than {most}")) }
    }
}

/// Whether a line without a header is a record of the default format: nothing else has these fourteen fields.
pub(crate) fn is_default(line: &str) -> bool {
    default_record(line).is_ok()
}

/// Reads a line without a header, which must be of the default format, version 2, to the letter.
pub(crate) fn default_record(line: &str) -> Result<(Record<'_>, Said<'_>), String> {
    let reject = |_| "no header came before this line, and it is no record of the default format".to_owned();
    let record = Record::split(line, &Columns::default_format()).map_err(reject)?;
    let account = record.text(Field::AccountId);
    let plausible = record.text(Field::Version) == "2"
        && (account == "unknown" || (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())))
        && !record.text(Field::LogStatus).is_empty();
    if !plausible {
        return Err(reject(String::new()));
    }
    let said = record.read().map_err(reject)?;
    Ok((record, said))
}

fn first_of<'a>(first: &'a str, second: &'a str) -> &'a str {
    if first.is_empty() { second } else { first }
}

fn address(text: &str) -> Result<Cow<'_, str>, String> {
    if text.is_empty() {
        return Err("an address is missing".to_owned());
    }
    canonical(text).ok_or_else(|| format!("`{}` is no address", shortened(text, 40)))
}

/// The packets' own address where the record has one and it is not that of the end.
fn other_address<'a>(text: &'a str, end: &str) -> Result<Cow<'a, str>, String> {
    if text.is_empty() {
        return Ok(Cow::Borrowed(""));
    }
    address(text).map(|found| if found == end { Cow::Borrowed("") } else { found })
}

/// A number of digits alone: no sign, no fraction.
fn digits(text: &str) -> Option<i64> {
    text.bytes().try_fold(0_i64, |number, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(i64::from(digit))
    })
}
