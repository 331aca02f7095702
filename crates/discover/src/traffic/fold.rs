//! Flow records, folded into connections: sums by who, whom, name, port, path and region.
//!
//! A conversation is in the log of each interface that it passes: the client's, the server's, a NAT gateway's, twice. Each side is
//! summed by itself, and the side that saw most counts: one that is logged in part only never adds to another.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use sightline_model::edge::{Confidence, PathClass, TrafficClass};

use super::End;
use super::ends::word;
use super::flow::{Flow, Side};
use super::name::{Asker, Named, Names};
use super::owner::{Owner, Owners, Why};
use super::path::{self, Whereabouts};
use super::public_ai::PublicAi;
use super::target::{self, LeftOut, Lists, Target};
use super::texts::Texts;

/// Places that a connection keeps.
pub(super) const MOST_PLACES: usize = 3;
/// Connections in memory beyond which new ones of a kind that any scan can multiply are put together. Each has about 400 bytes.
const MANY: usize = 300_000;

/// What one connection agrees in. All but the port are numbers of ends and texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) class: TrafficClass,
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) service: u32,
    pub(super) port: i64,
    pub(super) region: u32,
    pub(super) path: PathClass,
}

/// What one side saw.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) bytes_out: i64,
    pub(super) bytes_in: i64,
    pub(super) flows: i64,
    pub(super) rejected: i64,
}

/// A place in a log, in the order of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub(super) at: i64,
    /// of the object's name: its number is another in every run
    order: u64,
    pub(super) object: u32,
    pub(super) line: i64,
}

/// What the join of a record rests on. The greatest is the weakest, then the earliest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reason {
    pub(super) confidence: Confidence,
    mark: Mark,
    pub(super) from: Why,
    pub(super) to: Why,
    pub(super) asker: Option<Asker>,
    /// number of the names that the address had, where it had several
    pub(super) names: u32,
    /// the ends as they were found, which a link may have put together
    pub(super) from_end: u32,
    pub(super) to_end: u32,
}

/// Where the workload was when it was first seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    mark: Mark,
    pub(super) vpc: u32,
    pub(super) subnet: u32,
    pub(super) interface: u32,
    pub(super) address: u32,
}

/// A connection in the making.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) plane: &'static str,
    pub(super) sides: [Sums; 3],
    pub(super) seen: (i64, i64),
    pub(super) marks: Vec<Mark>,
    pub(super) reason: Reason,
    /// how the path was told, by number
    pub(super) path_evidence: u32,
    /// whether the log's format has no addresses of the packets: pods have their node's then, wherever they call
    pub(super) is_bare: bool,
    pub(super) from: Option<Spot>,
    pub(super) to: Option<Spot>,
}

/// What is folded so far.
#[derive(Debug, Default)]
pub(super) struct Fold {
    pub(super) drafts: HashMap<Key, Draft>,
    pub(super) texts: Texts,
    /// the object of the row before: rows of one stand together
    object: (Box<str>, u32, u64),
    /// rows that are none of the map's, by why
    pub(super) left_out: BTreeMap<LeftOut, i64>,
}

impl Fold {
    /// Adds a row.
    pub(super) fn add(&mut self, flow: &Flow<'_>, owners: &mut Owners, names: &Names, public_ai: &PublicAi) {
        let side = flow.side(owners);
        let known = owners.interface(flow.own.interface).map_or(0, |interface| interface.network);
        let network = if flow.vpc_id.is_empty() { known } else { owners.texts.number(flow.vpc_id) };
        let from = if side == Side::Client {
            owners.own(flow.client, network, flow.seen, flow.own)
        } else {
            owners.far(flow.client, network, flow.seen)
        };
        // The interface's own address is the server's; behind a translation it is not.
        let to = if side == Side::Server && !flow.is_translated {
            owners.own(flow.server, network, flow.seen, flow.own)
        } else {
            owners.far(flow.server, network, flow.seen)
        };
        let named = names.of(network, flow.client, flow.server, flow.seen);
        let lists = Lists { names, public_ai };
        match target::of(flow, from, to, named.as_ref(), owners, &lists) {
            Ok(target) => self.put(flow, side, from, to, named.as_ref(), &target, owners, names),
            Err(why) => *self.left_out.entry(why).or_default() += flow.records,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "all that a row was found to be")]
    fn put(
        &mut self,
        flow: &Flow<'_>,
        side: Side,
        from: Owner,
        to: Owner,
        named: Option<&Named>,
        target: &Target,
        owners: &mut Owners,
        names: &Names,
    ) {
        let (path, evidence) = path_of(flow, target, from.end, to.end, owners);
        let outside = target.class == TrafficClass::UserToApplication;
        let source = if outside { crowd(owners, from.end) } else { from.end };
        let region = if target.region.is_empty() { flow.own.region } else { &target.region };
        let mut key = Key {
            class: target.class,
            from: source,
            to: target.end,
            service: self.texts.number(&target.service),
            port: flow.port,
            region: self.texts.number(region),
            path,
        };
        if self.drafts.len() >= MANY && !self.drafts.contains_key(&key) {
            key = thinned(key, owners);
        }
        let mark = self.mark(flow);
        let listed = named.filter(|named| named.names.len() > 1).map(|named| target::listed(named, names));
        let reason = Reason {
            confidence: confidence(from, to, target, named, owners),
            mark,
            from: from.why,
            to: to.why,
            asker: named.map(|named| named.asker),
            names: listed.map_or(0, |listed| self.texts.number(&listed)),
            from_end: from.end,
            to_end: to.end,
        };
        let evidence = self.texts.number(&evidence);
        let draft = self.drafts.entry(key).or_insert_with(|| Draft {
            plane: target.plane,
            sides: [Sums::default(); 3],
            seen: flow.seen,
            marks: vec![],
            reason,
            path_evidence: evidence,
            is_bare: false,
            from: None,
            to: None,
        });
        draft.add(flow, side, mark, reason);
        let texts = &mut self.texts;
        draft.path_evidence = texts.later(draft.path_evidence, evidence);
        if flow.is_accepted {
            draft.from = nearer(draft.from, mark, flow, flow.client, side == Side::Client, texts);
            draft.to = nearer(draft.to, mark, flow, flow.server, side == Side::Server, texts);
        }
    }
}

impl Fold {
    fn mark(&mut self, flow: &Flow<'_>) -> Mark {
        if *self.object.0 != *flow.object {
            // FNV-1a: any order does that is the same in every run.
            let order = flow
                .object
                .bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            self.object = (flow.object.into(), self.texts.number(flow.object), order);
        }
        let (_, object, order) = self.object;
        Mark { at: flow.seen.0, order, object, line: flow.line }
    }
}

/// The spot of this row, where it says more than the one that is known. Of millions of rows few do.
fn nearer(
    known: Option<Spot>,
    mark: Mark,
    flow: &Flow<'_>,
    address: IpAddr,
    is_own: bool,
    texts: &mut Texts,
) -> Option<Spot> {
    let is_told = is_own && !flow.subnet_id.is_empty();
    if known.is_some_and(|known| (known.subnet == 0, known.mark) <= (!is_told, mark)) {
        return known;
    }
    Some(Spot {
        mark,
        vpc: texts.number(flow.vpc_id),
        subnet: if is_own { texts.number(flow.subnet_id) } else { 0 },
        interface: if is_own { texts.number(flow.own.interface) } else { 0 },
        address: texts.number(&address.to_string()),
    })
}

/// The spot that says more, then the earlier.
fn better(known: Option<Spot>, new: Spot) -> Option<Spot> {
    let rank = |spot: &Spot| (spot.subnet == 0, spot.mark);
    Some(known.map_or(new, |known| if rank(&new) < rank(&known) { new } else { known }))
}

impl Draft {
    fn add(&mut self, flow: &Flow<'_>, side: Side, mark: Mark, reason: Reason) {
        let Some(sums) = self.sides.get_mut(side as usize) else { return };
        if !flow.is_accepted {
            sums.rejected = sums.rejected.saturating_add(flow.records);
            return;
        }
        let bytes = if flow.from_client { &mut sums.bytes_out } else { &mut sums.bytes_in };
        *bytes = bytes.saturating_add(flow.bytes);
        sums.flows = sums.flows.saturating_add(flow.records);
        // The networks' ids came with the packets' own addresses, in version 3.
        self.is_bare |= flow.vpc_id.is_empty();
        self.seen_from(flow.seen, &[mark], reason);
    }

    fn seen_from(&mut self, (first, last): (i64, i64), marks: &[Mark], reason: Reason) {
        let is_first = self.marks.is_empty();
        self.seen = if is_first { (first, last) } else { (self.seen.0.min(first), self.seen.1.max(last)) };
        for mark in marks {
            if let Err(place) = self.marks.binary_search(mark)
                && place < MOST_PLACES
            {
                self.marks.insert(place, *mark);
                self.marks.truncate(MOST_PLACES);
            }
        }
        // The weakest join is the connection's: a reader may rely on every record of it.
        let rank = |reason: &Reason| (std::cmp::Reverse(reason.confidence), reason.mark);
        if is_first || rank(&reason) < rank(&self.reason) {
            self.reason = reason;
        }
    }

    /// What another draft of the same connection saw.
    pub(super) fn join(&mut self, other: &Self, texts: &Texts) {
        for (own, more) in self.sides.iter_mut().zip(&other.sides) {
            own.bytes_out = own.bytes_out.saturating_add(more.bytes_out);
            own.bytes_in = own.bytes_in.saturating_add(more.bytes_in);
            own.flows = own.flows.saturating_add(more.flows);
            own.rejected = own.rejected.saturating_add(more.rejected);
        }
        if !other.marks.is_empty() {
            self.seen_from(other.seen, &other.marks, other.reason);
        }
        self.path_evidence = texts.later(self.path_evidence, other.path_evidence);
        self.is_bare |= other.is_bare;
        self.from = other.from.map_or(self.from, |spot| better(self.from, spot));
        self.to = other.to.map_or(self.to, |spot| better(self.to, spot));
    }

    /// What the side saw that saw most.
    pub(super) fn sums(&self) -> Sums {
        let most = |of: fn(&Sums) -> i64| self.sides.iter().map(of).max().unwrap_or_default();
        let best = self.sides.iter().max_by_key(|sums| (sums.flows, sums.bytes_out.saturating_add(sums.bytes_in)));
        Sums { rejected: most(|sums| sums.rejected), ..best.copied().unwrap_or_default() }
    }
}

fn path_of(flow: &Flow<'_>, target: &Target, from: u32, to: u32, owners: &Owners) -> (PathClass, String) {
    if !target.endpoint.is_empty() {
        return (PathClass::InterfaceEndpoint, target.endpoint.clone());
    }
    let outside = if target.class == TrafficClass::UserToApplication { from } else { to };
    let whereabouts = match owners.ends.kind(outside) {
        word::INTERNET => Whereabouts::Public,
        word::ON_PREMISES => Whereabouts::Foreign,
        _ => {
            let network = |end: u32| owners.ends.end(end).map_or("", |end| &end.vpc_id);
            let is_same = !network(from).is_empty() && network(from) == network(to);
            if is_same { Whereabouts::Same } else { Whereabouts::Other }
        }
    };
    path::of(flow, whereabouts)
}

fn confidence(from: Owner, to: Owner, target: &Target, named: Option<&Named>, owners: &Owners) -> Confidence {
    let certain = |why: Why| matches!(why, Why::Task | Why::Interface | Why::Instance | Why::Pod | Why::Address);
    let is_workload = target::ours(&owners.ends, to.end) && target.endpoint.is_empty() && target.plane.is_empty();
    let outside = target.class == TrafficClass::UserToApplication;
    let from_is_told = outside || (certain(from.why) && owners.alternatives(from.end).is_empty());
    let to_is_told = !is_workload || (certain(to.why) && owners.alternatives(to.end).is_empty());
    // What an interface or a workload tells needs no name.
    let by_name = !target.service.is_empty() && !is_workload && target.endpoint.is_empty();
    let name_is_told = !by_name || named.is_some_and(|named| named.names.len() == 1 && named.asker != Asker::Neighbour);
    if from_is_told && to_is_told && name_is_told { Confidence::AddressTime } else { Confidence::Inferred }
}

/// All of the internet, or all that is not ours, as one end: addresses outside come by the million.
fn crowd(owners: &mut Owners, from: u32) -> u32 {
    let kind = owners.ends.kind(from).to_owned();
    let title = if kind == word::INTERNET { "the internet" } else { "private addresses of no network of ours" };
    owners.ends.number(End { arn: kind.clone(), kind, title: title.to_owned(), ..End::default() })
}

/// The connection without what an attacker may choose: port, and address on the internet.
fn thinned(key: Key, owners: &mut Owners) -> Key {
    match key.class {
        TrafficClass::ApplicationToInternet => Key { to: others(owners), port: 0, service: 0, ..key },
        TrafficClass::ApplicationToModel => key,
        _ => Key { port: 0, ..key },
    }
}

/// The end that stands for the rest of the internet.
fn others(owners: &mut Owners) -> u32 {
    owners.ends.number(End::others())
}
