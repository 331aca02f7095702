//! Rows of `flow`, as they are folded.

use std::net::IpAddr;

use sightline_lake::{Answer, LakeError};

use super::owner::{Own, Owners};

/// Columns of text, in the order of [`Columns::text`].
const TEXTS: [&str; 17] = [
    "account_id",
    "region",
    "vpc_id",
    "subnet_id",
    "interface_id",
    "instance_id",
    "client_addr",
    "server_addr",
    "action",
    "direction",
    "pkt_client_addr",
    "pkt_server_addr",
    "next_hop_type",
    "next_hop_id",
    "ecs_task_arn",
    "resource_id",
    "server_aws_service",
];
const NUMBERS: [&str; 8] =
    ["server_port", "from_client", "traffic_path", "bytes", "records", "first_seen", "last_seen", "line"];

/// The columns of one part of the answer.
#[derive(Debug)]
pub(crate) struct Columns<'a> {
    texts: Vec<Vec<Option<&'a str>>>,
    numbers: Vec<Vec<Option<i64>>>,
    objects: Vec<Option<&'a str>>,
}

/// Whose interface wrote the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
    /// that of something between them, such as a NAT gateway
    Between,
}

/// A row. Addresses are the packets' own where the log has them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flow<'a> {
    pub(crate) own: Own<'a>,
    pub(crate) vpc_id: &'a str,
    pub(crate) subnet_id: &'a str,
    pub(crate) client: IpAddr,
    pub(crate) server: IpAddr,
    /// whether the log's addresses are not the packets' own
    pub(crate) is_translated: bool,
    pub(crate) port: i64,
    pub(crate) is_accepted: bool,
    direction: &'a str,
    pub(crate) from_client: bool,
    pub(crate) traffic_path: i64,
    pub(crate) next_hop_type: &'a str,
    pub(crate) next_hop_id: &'a str,
    pub(crate) resource_id: &'a str,
    /// in the coarse words of AWS's address ranges, such as `S3` or `AMAZON`
    pub(crate) aws_service: &'a str,
    pub(crate) bytes: i64,
    pub(crate) records: i64,
    /// the first and the last moment, in microseconds
    pub(crate) seen: (i64, i64),
    pub(crate) object: &'a str,
    pub(crate) line: i64,
}

impl<'a> Columns<'a> {
    pub(crate) fn of(part: &'a Answer) -> Result<Self, LakeError> {
        Ok(Self {
            texts: TEXTS.iter().map(|name| part.texts(name)).collect::<Result<_, _>>()?,
            numbers: NUMBERS.iter().map(|name| part.ints(name)).collect::<Result<_, _>>()?,
            objects: part.texts("object")?,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.objects.len()
    }

    fn text(&self, column: usize, row: usize) -> &'a str {
        self.texts.get(column).and_then(|texts| *texts.get(row)?).unwrap_or_default()
    }

    fn number(&self, column: usize, row: usize) -> i64 {
        self.numbers.get(column).and_then(|numbers| *numbers.get(row)?).unwrap_or_default()
    }

    /// The row of this place; nothing where an end has no address.
    pub(crate) fn flow(&self, row: usize) -> Option<Flow<'a>> {
        let address = |column: usize| self.text(column, row).parse::<IpAddr>().ok();
        let (packet_client, packet_server) = (address(10), address(11));
        Some(Flow {
            own: Own {
                account: self.text(0, row),
                region: self.text(1, row),
                interface: self.text(4, row),
                instance: self.text(5, row),
                task: self.text(14, row),
            },
            vpc_id: self.text(2, row),
            subnet_id: self.text(3, row),
            client: packet_client.or_else(|| address(6))?,
            server: packet_server.or_else(|| address(7))?,
            is_translated: packet_client.is_some() || packet_server.is_some(),
            port: self.number(0, row),
            is_accepted: self.text(8, row) != "REJECT",
            direction: self.text(9, row),
            from_client: self.number(1, row) != 0,
            traffic_path: self.number(2, row),
            next_hop_type: self.text(12, row),
            next_hop_id: self.text(13, row),
            resource_id: self.text(15, row),
            aws_service: self.text(16, row),
            bytes: self.number(3, row),
            records: self.number(4, row),
            seen: (self.number(5, row), self.number(6, row)),
            object: self.objects.get(row).copied().flatten().unwrap_or_default(),
            line: self.number(7, row),
        })
    }
}

impl Flow<'_> {
    /// Whether a transit gateway wrote it.
    pub(crate) fn is_of_transit_gateway(&self) -> bool {
        self.own.interface.starts_with("tgw-") || self.resource_id.starts_with("tgw-")
    }

    /// Whose interface wrote it: what is between by what it is, otherwise by the direction, or by whose address it has.
    pub(crate) fn side(&self, owners: &Owners) -> Side {
        let interface = owners.interface(self.own.interface);
        let between = interface.is_some_and(|interface| {
            owners.is_between(interface.end) || interface.passes_on([self.client, self.server])
        });
        if between || self.resource_id.starts_with("nat-") || self.is_of_transit_gateway() {
            return Side::Between;
        }
        let is_client = match self.direction {
            "egress" => self.from_client,
            "ingress" => !self.from_client,
            _ => interface.is_none_or(|interface| interface.primary != Some(self.server)),
        };
        if is_client { Side::Client } else { Side::Server }
    }
}
