//! A flow-log object, line by line.

use super::columns::Columns;
use super::field::Field;
use super::record::{Record, Said, Traffic, default_record};
use super::rollup::Observation;
use crate::content::{Content, Ending};
use crate::{Batch, ObjectRef, Stats};
use sightline_model::log::LogGap;

/// The first bytes of a Parquet file.
const PARQUET: &[u8] = b"PAR1";

/// What the lines mean at this point of the object.
enum Format {
    /// no header yet: records of the default format are read
    Unsaid,
    /// as the last header says
    Named(Columns),
    /// the last header lacks what a row needs
    Unusable(String),
}

/// Decodes the object's bytes, as stored, into the batch.
pub(crate) fn decode(object: &ObjectRef<'_>, bytes: &[u8], batch: &mut Batch<'_>) -> Stats {
    let mut stats = Stats::default();
    if bytes.starts_with(PARQUET) {
        stats.fault("flow logs in Parquet are not read yet: deliver them as text");
        return stats;
    }
    let mut lines = Lines { object, region: region(object), format: Format::Unsaid, number: 0 };
    let mut content = Content::new(bytes, batch.limits().decompressed);
    let mut line = Vec::new();
    while let Some(ending) = content.line(&mut line) {
        lines.number += 1;
        lines.take(&line, ending, batch, &mut stats);
    }
    if let Some(fault) = content.fault() {
        stats.fault(fault);
    }
    stats.bytes = content.bytes();
    stats
}

/// The region that the object's key names; empty where it names none.
fn region<'a>(object: &ObjectRef<'a>) -> &'a str {
    let hive = || object.segments().find_map(|segment| segment.strip_prefix("aws-region="));
    let file = || object.segments().next_back()?.split_once("_vpcflowlogs_")?.1.split('_').next();
    object.segment_after("vpcflowlogs").or_else(hive).or_else(file).unwrap_or_default()
}

struct Lines<'a> {
    object: &'a ObjectRef<'a>,
    region: &'a str,
    format: Format,
    number: i64,
}

impl Lines<'_> {
    fn take(&mut self, line: &[u8], ending: Ending, batch: &mut Batch<'_>, stats: &mut Stats) {
        let Ok(text) = std::str::from_utf8(line) else {
            return stats.reject(self.number, "the line is not UTF-8", &String::from_utf8_lossy(line));
        };
        if ending == Ending::TooLong {
            return stats.reject(self.number, "the line is too long for a flow record", text);
        }
        if text.trim_ascii().is_empty() {
            return;
        }
        if let Some(columns) = Columns::header(text) {
            self.format = match columns.lacks() {
                None => Format::Named(columns),
                Some(reason) => Format::Unusable(reason),
            };
            return;
        }
        match self.read(text, ending) {
            Err(reason) => stats.reject(self.number, reason, text),
            Ok((record, said)) => {
                stats.records += 1;
                self.give(&record, said, batch, stats);
            }
        }
    }

    fn read<'t>(&self, text: &'t str, ending: Ending) -> Result<(Record<'t>, Said<'t>), String> {
        match &self.format {
            Format::Unsaid => default_record(text),
            Format::Unusable(reason) => Err(reason.clone()),
            Format::Named(columns) => {
                if ending == Ending::Open && !columns.end_is_certain() {
                    return Err("the last line does not end: it may be cut".to_owned());
                }
                let record = Record::split(text, columns)?;
                record.read().map(|said| (record, said))
            }
        }
    }

    fn give(&self, record: &Record<'_>, said: Said<'_>, batch: &mut Batch<'_>, stats: &mut Stats) {
        match said {
            Said::NoData => stats.no_data += 1,
            Said::Traffic(traffic) => batch.flow(&self.observation(record, &traffic)),
            Said::Skipped(first_seen, last_seen) => {
                stats.gaps += 1;
                batch.gap(LogGap {
                    source: "vpc_flow".to_owned(),
                    account_id: account(record).to_owned(),
                    region: self.region_of(record).to_owned(),
                    subject: record.text(Field::InterfaceId).to_owned(),
                    reason: "SKIPDATA".to_owned(),
                    first_seen,
                    last_seen,
                    object: self.object.uri.to_owned(),
                    line: self.number,
                });
            }
        }
    }

    fn region_of<'r>(&'r self, record: &Record<'r>) -> &'r str {
        match record.text(Field::Region) {
            "" => self.region,
            region => region,
        }
    }

    fn observation<'r>(&'r self, record: &Record<'r>, traffic: &'r Traffic<'r>) -> Observation<'r> {
        let source = (&*traffic.source, &*traffic.packet_source, record.text(Field::PktSrcAwsService));
        let destination = (&*traffic.destination, &*traffic.packet_destination, record.text(Field::PktDstAwsService));
        let (client, server) = if traffic.source_is_client { (source, destination) } else { (destination, source) };
        Observation {
            account_id: account(record),
            region: self.region_of(record),
            vpc_id: record.text(Field::VpcId),
            subnet_id: record.text(Field::SubnetId),
            interface_id: record.text(Field::InterfaceId),
            instance_id: record.text(Field::InstanceId),
            client_addr: client.0,
            server_addr: server.0,
            server_port: traffic.server_port,
            protocol: traffic.protocol,
            action: record.text(Field::Action),
            direction: record.text(Field::FlowDirection),
            from_client: traffic.source_is_client,
            pkt_client_addr: client.1,
            pkt_server_addr: server.1,
            server_aws_service: server.2,
            traffic_path: traffic.traffic_path,
            next_hop_type: record.text(Field::NextHopInterfaceType),
            packets: traffic.packets,
            bytes: traffic.bytes,
            records: 1,
            first_seen: traffic.begin,
            last_seen: traffic.end,
            object: self.object.uri,
            line: self.number,
        }
    }
}

/// The owner's account: `unknown` stands in records of interfaces that AWS made.
fn account<'a>(record: &Record<'a>) -> &'a str {
    match record.text(Field::AccountId) {
        "unknown" => "",
        account => account,
    }
}
