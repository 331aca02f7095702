//! The rollup: records of one hour that agree in everything but the client's port become one row.

use jiff::Timestamp;
use sightline_model::log::Flow;
use std::collections::HashMap;

/// Seconds of an hour.
const HOUR: i64 = 3600;

/// One flow record, its ends decided; or a row made of several. Fields as in [`Flow`].
#[derive(Debug, Clone)]
pub(crate) struct Observation<'a> {
    pub(crate) account_id: &'a str,
    pub(crate) region: &'a str,
    pub(crate) vpc_id: &'a str,
    pub(crate) subnet_id: &'a str,
    pub(crate) interface_id: &'a str,
    pub(crate) instance_id: &'a str,
    pub(crate) client_addr: &'a str,
    pub(crate) server_addr: &'a str,
    pub(crate) server_port: i64,
    pub(crate) protocol: i64,
    pub(crate) action: &'a str,
    pub(crate) direction: &'a str,
    pub(crate) from_client: bool,
    pub(crate) pkt_client_addr: &'a str,
    pub(crate) pkt_server_addr: &'a str,
    pub(crate) server_aws_service: &'a str,
    pub(crate) traffic_path: i64,
    pub(crate) next_hop_type: &'a str,
    pub(crate) packets: i64,
    pub(crate) bytes: i64,
    pub(crate) records: i64,
    pub(crate) first_seen: Timestamp,
    pub(crate) last_seen: Timestamp,
    pub(crate) object: &'a str,
    pub(crate) line: i64,
}

/// Rows under construction. The first record of a row is its evidence.
///
/// INVARIANT: rows come out in the order in which their first record went in, and the sums over all rows are the sums over all that
/// was added.
#[derive(Debug, Default)]
pub struct Rollup {
    rows: Vec<Flow>,
    places: HashMap<Box<[u8]>, usize>,
    key: Vec<u8>,
}

impl Rollup {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a record.
    pub(crate) fn add(&mut self, seen: &Observation<'_>) {
        let hour = seen.first_seen.as_second().div_euclid(HOUR);
        seen.write_key(hour, &mut self.key);
        match self.places.get(self.key.as_slice()).and_then(|place| self.rows.get_mut(*place)) {
            Some(row) => {
                row.packets = row.packets.saturating_add(seen.packets);
                row.bytes = row.bytes.saturating_add(seen.bytes);
                row.records += seen.records;
                row.first_seen = row.first_seen.min(seen.first_seen);
                row.last_seen = row.last_seen.max(seen.last_seen);
            }
            None => {
                self.places.insert(self.key.as_slice().into(), self.rows.len());
                self.rows.push(seen.to_row(hour));
            }
        }
    }

    /// Adds a row of another rollup, such as that of the object before.
    pub fn merge(&mut self, row: &Flow) {
        self.add(&Observation::of(row));
    }

    /// Takes the rows out and begins anew.
    pub fn take(&mut self) -> Vec<Flow> {
        self.places.clear();
        std::mem::take(&mut self.rows)
    }
}

impl<'a> Observation<'a> {
    fn of(row: &'a Flow) -> Self {
        Self {
            account_id: &row.account_id,
            region: &row.region,
            vpc_id: &row.vpc_id,
            subnet_id: &row.subnet_id,
            interface_id: &row.interface_id,
            instance_id: &row.instance_id,
            client_addr: &row.client_addr,
            server_addr: &row.server_addr,
            server_port: row.server_port,
            protocol: row.protocol,
            action: &row.action,
            direction: &row.direction,
            from_client: row.from_client,
            pkt_client_addr: &row.pkt_client_addr,
            pkt_server_addr: &row.pkt_server_addr,
            server_aws_service: &row.server_aws_service,
            traffic_path: row.traffic_path,
            next_hop_type: &row.next_hop_type,
            packets: row.packets,
            bytes: row.bytes,
            records: row.records,
            first_seen: row.first_seen,
            last_seen: row.last_seen,
            object: &row.object,
            line: row.line,
        }
    }

    /// Everything that the records of a row agree in. Text is ended by a byte that UTF-8 never has, so that no two keys collide.
    fn write_key(&self, hour: i64, key: &mut Vec<u8>) {
        key.clear();
        for number in [hour, self.server_port, self.protocol, self.traffic_path, i64::from(self.from_client)] {
            key.extend_from_slice(&number.to_le_bytes());
        }
        for text in [
            self.interface_id,
            self.client_addr,
            self.server_addr,
            self.action,
            self.direction,
            self.pkt_client_addr,
            self.pkt_server_addr,
            self.server_aws_service,
            self.next_hop_type,
            self.account_id,
            self.region,
            self.vpc_id,
            self.subnet_id,
            self.instance_id,
        ] {
            key.extend_from_slice(text.as_bytes());
            key.push(0xff);
        }
    }

    fn to_row(&self, hour: i64) -> Flow {
        Flow {
            hour: Timestamp::from_second(hour.saturating_mul(HOUR)).unwrap_or(self.first_seen),
            account_id: self.account_id.to_owned(),
            region: self.region.to_owned(),
            vpc_id: self.vpc_id.to_owned(),
            subnet_id: self.subnet_id.to_owned(),
            interface_id: self.interface_id.to_owned(),
            instance_id: self.instance_id.to_owned(),
            client_addr: self.client_addr.to_owned(),
            server_addr: self.server_addr.to_owned(),
            server_port: self.server_port,
            protocol: self.protocol,
            action: self.action.to_owned(),
            direction: self.direction.to_owned(),
            from_client: self.from_client,
            pkt_client_addr: self.pkt_client_addr.to_owned(),
            pkt_server_addr: self.pkt_server_addr.to_owned(),
            server_aws_service: self.server_aws_service.to_owned(),
            traffic_path: self.traffic_path,
            next_hop_type: self.next_hop_type.to_owned(),
            packets: self.packets,
            bytes: self.bytes,
            records: self.records,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            object: self.object.to_owned(),
            line: self.line,
        }
    }
}
