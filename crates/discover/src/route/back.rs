//! The way back: whether answers pass what their requests passed.
//!
//! Addresses change at NAT gateways, so each part of a way is walked back on its own: from where it turns to the subnet whose
//! addresses it came from. What enters by an internet gateway is sent by the gateway's own table, where it has one.

use sightline_model::edge::Tri;

use super::hop::{End, Leg, Turn, Way};
use super::lookup::Destination;
use super::network::{Network, Subnet};
use super::walk::{Goal, Trail, Walk, Walker};

impl Network {
    /// Whether the answers of the leg pass something that inspects; else why not.
    pub(super) fn answers_inspected(&self, leg: &Leg) -> (Tri, String) {
        let Some(from) = self.subnets.get(&leg.from) else {
            return (Tri::Unknown, "where its answers go is not known".to_owned());
        };
        let Some(net) = from.v4.or(from.v6) else {
            return (Tri::Unknown, format!("the addresses of {} were not read", from.id));
        };
        let to = Destination { net, is_public: false };
        match &leg.turn {
            Turn::Subnet(id) => verdict(self.answers_from(id, from, to), from),
            Turn::Table(id) => self.answers_by(id, from, to),
            Turn::Gateway(id) => match self.edge.get(id) {
                Some(table) => self.answers_by(table, from, to),
                None => (Tri::No, format!("answers come back from {id} straight to {}", from.id)),
            },
            Turn::Away => (Tri::Unknown, "where its answers come from is out of sight".to_owned()),
        }
    }

    fn answers_from(&self, start: &str, from: &Subnet, to: Destination) -> Walk {
        let zone = self.subnets.get(start).map_or("", |subnet| &subnet.zone);
        let mut walker = Walker::new(self, goal(from));
        walker.subnet(start, Trail::back(zone), to);
        walker.walk
    }

    fn answers_by(&self, table: &str, from: &Subnet, to: Destination) -> (Tri, String) {
        let Some(table) = self.tables.get(table) else {
            return (Tri::Unknown, format!("{table} is not in the inventory"));
        };
        let mut walker = Walker::new(self, goal(from));
        walker.table(table, &from.at(), None, Trail::back(&from.zone), to);
        verdict(walker.walk, from)
    }
}

fn goal(from: &Subnet) -> Goal {
    Goal::Inside { vpc: from.vpc.clone(), subnet: from.id.clone() }
}

fn verdict(walk: Walk, from: &Subnet) -> (Tri, String) {
    let inspected = |way: &Way| way.hops.iter().any(|hop| hop.kind.inspects());
    let mut bare = None;
    for way in &walk.ways {
        match &way.end {
            End::Unknown(why) | End::Nowhere(why) => {
                return (Tri::Unknown, format!("answers cannot be followed back to {}: {why}", from.id));
            }
            _ if !inspected(way) => bare = Some(way),
            _ => {}
        }
    }
    match bare {
        None if walk.is_cut || walk.ways.is_empty() => {
            (Tri::Unknown, format!("answers go too many ways to {}", from.id))
        }
        None => (Tri::Yes, String::new()),
        Some(way) if walk.ways.iter().any(inspected) => {
            (Tri::Unknown, format!("some answers come back past it: {}", way.shown()))
        }
        Some(way) => (Tri::No, format!("answers come back past it: {}", way.shown())),
    }
}
