//! One record of a flow log, read field by field: what a field may be, and what is said of one that it may not be.

use super::address;
use super::columns::Columns;
use super::ends;
use super::field::Field;
use super::group::{Class, Context};
use super::number::digits;
use sightline_model::untrusted::shortened;
use std::net::IpAddr;

/// No value of a field that is kept is longer, ARNs apart; a resource's id has 21 characters.
const LONGEST_VALUE: usize = 128;
/// A task's ARN has its cluster's name in it.
const LONGEST_ARN: usize = 512;
/// Epochs from here on are milliseconds: as seconds they would lie behind the year 5000.
const FIRST_MILLISECOND: i64 = 100_000_000_000;
/// The last millisecond that is a time: near the end of the year 9999.
const LAST_MILLISECOND: i64 = 253_402_207_200_999;
/// Why a transit gateway lost packets, by which of its four counts are not 0.
const LOST: [&str; 16] = [
    "",
    "no-route",
    "blackhole",
    "no-route,blackhole",
    "mtu-exceeded",
    "no-route,mtu-exceeded",
    "blackhole,mtu-exceeded",
    "no-route,blackhole,mtu-exceeded",
    "ttl-expired",
    "no-route,ttl-expired",
    "blackhole,ttl-expired",
    "no-route,blackhole,ttl-expired",
    "mtu-exceeded,ttl-expired",
    "no-route,mtu-exceeded,ttl-expired",
    "blackhole,mtu-exceeded,ttl-expired",
    "no-route,blackhole,mtu-exceeded,ttl-expired",
];

/// The fields of one record; empty where it has `-` or the format lacks the field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Record<'a> {
    values: [&'a str; Field::COUNT],
}

/// What a record says.
#[derive(Debug, Clone)]
pub(crate) enum Said {
    /// packets flowed
    Traffic(Traffic),
    /// nothing flowed; between these times, where it tells
    NoData(Option<Interval>),
    /// something is missing between these times
    Skipped(Interval),
}

/// From when until when, in milliseconds since 1970.
pub(crate) type Interval = (i64, i64);

/// The numbers, times and addresses of a record, read.
#[derive(Debug, Clone)]
pub(crate) struct Traffic {
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    /// the packets' own source, where it is not the source
    pub(crate) packet_source: Option<IpAddr>,
    /// likewise
    pub(crate) packet_destination: Option<IpAddr>,
    pub(crate) source_port: u16,
    pub(crate) destination_port: u16,
    pub(crate) protocol: u8,
    pub(crate) tcp_flags: u8,
    pub(crate) traffic_path: u8,
    pub(crate) reject_reason: &'static str,
    pub(crate) packets: i64,
    pub(crate) bytes: i64,
    pub(crate) begin: i64,
    pub(crate) end: i64,
}

impl<'a> Record<'a> {
    /// Parts a line into its fields.
    pub(crate) fn split(line: &'a str, columns: &Columns) -> Result<Self, String> {
        let mut words = line.split_ascii_whitespace();
        let mut count = 0;
        let counted = words.by_ref().inspect(|_| count += 1);
        let record = Self::of(columns, counted)?;
        count += words.count();
        if count != columns.len() {
            return Err(format!("{count} fields where the header names {}", columns.len()));
        }
        Ok(record)
    }

    /// The record of these values, one a column.
    pub(crate) fn of(columns: &Columns, words: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut values = [""; Field::COUNT];
        for (name, word) in columns.names().iter().zip(words) {
            let Some(field) = name.field() else { continue };
            let longest = if field == Field::EcsTaskArn { LONGEST_ARN } else { LONGEST_VALUE };
            if word.len() > longest {
                return Err(format!("`{}` is too long for a flow record", shortened(word, 40)));
            }
            if let Some(value) = values.get_mut(field as usize) {
                *value = if word == "-" { "" } else { word };
            }
        }
        Ok(Self { values })
    }

    /// The field's text; empty where it has none.
    pub(crate) fn text(&self, field: Field) -> &'a str {
        self.values.get(field as usize).copied().unwrap_or_default()
    }

    /// The owner's account: `unknown` stands in records of interfaces that AWS made.
    pub(crate) fn account(&self) -> &'a str {
        match self.text(Field::AccountId) {
            "unknown" => "",
            account => account,
        }
    }

    /// The interface, or what a transit gateway has in its place.
    pub(crate) fn interface(&self) -> &'a str {
        first_of(self.text(Field::InterfaceId), self.text(Field::TgwAttachmentId))
    }

    /// The texts that belong to the interface. Those of a transit gateway tell of both ends: the client's are taken. `region` is that of the
    /// object's key.
    pub(crate) fn context(&self, source_is_client: bool, region: &'a str) -> Context<&'a str> {
        let client = |source, destination| self.text(if source_is_client { source } else { destination });
        Context {
            account_id: first_of(client(Field::TgwSrcVpcAccountId, Field::TgwDstVpcAccountId), self.account()),
            region: first_of(self.text(Field::Region), region),
            vpc_id: first_of(self.text(Field::VpcId), client(Field::TgwSrcVpcId, Field::TgwDstVpcId)),
            subnet_id: first_of(self.text(Field::SubnetId), client(Field::TgwSrcSubnetId, Field::TgwDstSubnetId)),
            interface_id: self.interface(),
            instance_id: self.text(Field::InstanceId),
            ecs_task_arn: self.text(Field::EcsTaskArn),
            resource_id: first_of(self.text(Field::ResourceId), self.text(Field::TgwId)),
        }
    }

    /// The texts that belong to the kind of traffic.
    pub(crate) fn class(&self, source_is_client: bool, traffic: &Traffic) -> Class<&'a str> {
        let (server, pair) = (
            if source_is_client { Field::PktDstAwsService } else { Field::PktSrcAwsService },
            self.text(Field::TgwPairAttachmentId),
        );
        let pair_type = if pair.is_empty() { "" } else { "transit_gateway_attachment" };
        Class {
            action: self.text(Field::Action),
            direction: self.text(Field::FlowDirection),
            server_aws_service: self.text(server),
            traffic_path: traffic.traffic_path,
            next_hop_type: first_of(self.text(Field::NextHopInterfaceType), pair_type),
            next_hop_id: first_of(self.text(Field::NextHopInterfaceId), pair),
            reject_reason: first_of(self.text(Field::RejectReason), traffic.reject_reason),
        }
    }

    /// Reads the numbers, times and addresses.
    pub(crate) fn read(&self) -> Result<Said, String> {
        match self.text(Field::LogStatus) {
            "OK" => self.traffic().map(Said::Traffic),
            "NODATA" => Ok(Said::NoData(self.interval().ok())),
            "SKIPDATA" => self.interval().map(Said::Skipped),
            "" if self.source().is_empty() && self.destination().is_empty() => Ok(Said::NoData(self.interval().ok())),
            "" => self.traffic().map(Said::Traffic),
            other => Err(format!("`{}` is no log status", shortened(other, 40))),
        }
    }

    fn traffic(&self) -> Result<Traffic, String> {
        let action = self.text(Field::Action);
        if !matches!(action, "ACCEPT" | "REJECT" | "") {
            return Err(format!("`{}` is no action", shortened(action, 40)));
        }
        let (begin, end) = self.interval()?;
        let source = address(self.source())?;
        let destination = address(self.destination())?;
        Ok(Traffic {
            packet_source: other_address(self.text(Field::PktSrcAddr), source)?,
            packet_destination: other_address(self.text(Field::PktDstAddr), destination)?,
            source,
            destination,
            protocol: self.byte(Field::Protocol)?,
            source_port: self.port(Field::SrcPort)?,
            destination_port: self.port(Field::DstPort)?,
            tcp_flags: self.byte(Field::TcpFlags)?,
            traffic_path: self.byte(Field::TrafficPath)?,
            reject_reason: self.lost()?,
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

    fn interval(&self) -> Result<Interval, String> {
        let start = self.time(Field::Start)?;
        let end = self.time(Field::End)?;
        let begin = start.or(end).ok_or("the record has no time")?;
        Ok((begin, end.unwrap_or(begin).max(begin)))
    }

    fn time(&self, field: Field) -> Result<Option<i64>, String> {
        let text = self.text(field);
        if text.is_empty() {
            return Ok(None);
        }
        let epoch = digits(text).ok_or_else(|| format!("`{}` is no time", shortened(text, 40)))?;
        let time = milliseconds(epoch);
        time.map(Some).ok_or_else(|| format!("`{text}` is no time between the years 1970 and 9999"))
    }

    fn byte(&self, field: Field) -> Result<u8, String> {
        self.number(field, u8::MAX.into()).map(|number| u8::try_from(number).unwrap_or_default())
    }

    fn port(&self, field: Field) -> Result<u16, String> {
        self.number(field, u16::MAX.into()).map(|number| u16::try_from(number).unwrap_or_default())
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

    /// Why a transit gateway lost packets; empty where it lost none.
    fn lost(&self) -> Result<&'static str, String> {
        let counts = [
            Field::PacketsLostNoRoute,
            Field::PacketsLostBlackhole,
            Field::PacketsLostMtuExceeded,
            Field::PacketsLostTtlExpired,
        ];
        let bits = counts.into_iter().enumerate().try_fold(0, |bits, (place, field)| {
            self.number(field, i64::MAX).map(|count| bits | usize::from(count > 0) << place)
        })?;
        Ok(LOST.get(bits).copied().unwrap_or_default())
    }
}

impl Traffic {
    /// Whether the source is the client.
    pub(crate) fn source_is_client(&self) -> bool {
        ends::source_is_client(self.protocol, self.source_port, self.destination_port, self.tcp_flags)
    }
}

/// Whether a line without a header is a record of the default format: nothing else has these fourteen fields.
pub(crate) fn is_default(line: &str) -> bool {
    default_record(line, &Columns::default_format()).is_ok()
}

/// Reads a line without a header, which must be of the default format, version 2, to the letter.
pub(crate) fn default_record<'t>(line: &'t str, columns: &Columns) -> Result<(Record<'t>, Said), String> {
    let reject = |_| "no header came before this line, and it is no record of the default format".to_owned();
    let record = Record::split(line, columns).map_err(reject)?;
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

/// An epoch of seconds or milliseconds in milliseconds; `None` where it is not before the year 10000.
#[inline]
pub(crate) fn milliseconds(epoch: i64) -> Option<i64> {
    let time = if epoch < FIRST_MILLISECOND { epoch * 1000 } else { epoch };
    (0..=LAST_MILLISECOND).contains(&time).then_some(time)
}

fn first_of<'a>(first: &'a str, second: &'a str) -> &'a str {
    if first.is_empty() { second } else { first }
}

fn address(text: &str) -> Result<IpAddr, String> {
    if text.is_empty() {
        return Err("an address is missing".to_owned());
    }
    address::address(text).ok_or_else(|| format!("`{}` is no address", shortened(text, 40)))
}

/// The packets' own address where the record has one and it is not that of the end.
fn other_address(text: &str, end: IpAddr) -> Result<Option<IpAddr>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    address(text).map(|found| (found != end).then_some(found))
}
