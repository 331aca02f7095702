//! VPC flow logs: who talks to whom. One row a VPC, and one a region for each plane that flows alone show.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sightline_model::Sight;

use super::Ground;
use super::row::{About, Spots, Told, plane, telemetry};
use super::verdict::Made;
use super::vpc::Vpc;
use crate::DiscoverError;
use crate::query::query;

const FIX: &str = "vpc-flow-logs";
/// VPCs and interfaces that a sentence names.
const NAMED: usize = 5;

/// Fields without which something cannot be told, and what.
const FIELDS: &[(&str, &str)] = &[
    ("interface-id", "which workload it is"),
    ("srcaddr", "who talks"),
    ("dstaddr", "to whom"),
    ("pkt-srcaddr", "pods apart from their node, and what is behind NAT"),
    ("pkt-dstaddr", "the real far end of traffic through NAT or an endpoint"),
    ("flow-direction", "who sends"),
    ("tcp-flags", "which end began"),
    ("log-status", "gaps: skipped records look like silence"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct FlowLog {
    account_id: String,
    region: String,
    id: String,
    resource_id: String,
    vpc_id: String,
    /// of a subnet or an interface
    is_part: bool,
    traffic: String,
    format: String,
    destination_type: String,
    delivery: String,
    delivery_error: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Interface {
    id: String,
    vpc_id: String,
    subnet_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Functions {
    account_id: String,
    region: String,
    functions: i64,
}

/// Sights of the VPCs of a region.
type Sights = BTreeMap<(String, String), Vec<(Sight, String)>>;

pub(super) async fn tell(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let vpcs: Vec<Vpc> = query!("blind_spot/vpc").rows(ground.session).await?;
    let logs: Vec<FlowLog> = query!("blind_spot/flow_log").rows(ground.session).await?;
    let interfaces: Vec<Interface> = query!("blind_spot/interface").rows(ground.session).await?;
    let mut sights = Sights::new();
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for vpc in &vpcs {
        known.insert(&vpc.vpc_id);
        let place = (vpc.account_id.clone(), vpc.region.clone());
        let span = ground.seen.flows.get(&(place.clone(), vpc.vpc_id.clone())).copied();
        // A default VPC with nothing in it has no traffic.
        if vpc.is_default && vpc.interfaces == 0 && span.is_none() {
            continue;
        }
        let of_vpc: Vec<&FlowLog> = logs
            .iter()
            .filter(|log| log.vpc_id == vpc.vpc_id && log.region == vpc.region && log.account_id == vpc.account_id)
            .collect();
        let made = match (of_vpc.is_empty(), ground.coverage.gap("aws_vpc_flow_log", &vpc.account_id, &vpc.region)) {
            (true, Some(why)) => Made::Unknown(why),
            (true, None) => Made::No("no active flow log".to_owned()),
            (false, _) => made(&of_vpc, &uncovered(vpc, &of_vpc, &interfaces, ground)),
        };
        let lost = format!("who talks to whom in {}, to models that workloads serve and to public AI", vpc.vpc_id);
        let sight = spots.weigh(about(&place, plane::NETWORK, &vpc.vpc_id), &made, span, &lost, FIX);
        sights.entry(place).or_default().push((sight, vpc.vpc_id.clone()));
    }
    foreign(ground, spots, &known, &mut sights);
    for (place, sights) in &sights {
        of_region(spots, place, sights);
    }
    unlisted(ground, spots);
    outside(ground, spots).await
}

fn about<'p>((account, region): &'p (String, String), plane: &'static str, subject: &'p str) -> About<'p> {
    About { account, region, plane, telemetry: telemetry::FLOWS, subject }
}

/// The interfaces of a VPC that logs of parts of it do not cover.
fn uncovered(vpc: &Vpc, logs: &[&FlowLog], interfaces: &[Interface], ground: &Ground<'_>) -> Vec<String> {
    if logs.iter().any(|log| !log.is_part) {
        return Vec::new();
    }
    let parts: BTreeSet<&str> = logs.iter().map(|log| log.resource_id.as_str()).collect();
    let is_open = |interface: &&Interface| {
        let is_covered = parts.contains(interface.id.as_str()) || parts.contains(interface.subnet_id.as_str());
        interface.vpc_id == vpc.vpc_id && !is_covered && !ground.seen.interfaces.contains(&interface.id)
    };
    interfaces.iter().filter(is_open).map(|interface| interface.id.clone()).collect()
}

/// What the best of a VPC's flow logs lacks.
fn made(logs: &[&FlowLog], uncovered: &[String]) -> Made {
    let readable: Vec<&&FlowLog> = logs.iter().filter(|log| log.destination_type == "s3").collect();
    let Some(log) = readable.iter().min_by_key(|log| (log.faults().len(), &log.id)) else {
        let log = logs.iter().min_by_key(|log| &log.id);
        let told =
            log.map_or_else(String::new, |log| format!("flow log {} delivers to {}", log.id, log.destination_type));
        return Made::No(format!("{told}: of flow logs those in S3 are read"));
    };
    let mut faults = log.faults();
    if !uncovered.is_empty() {
        faults.push(format!("flow logs are of parts of the VPC: {} are not logged", some(uncovered, "interfaces")));
    }
    match faults.is_empty() {
        true => Made::Yes(format!("flow log {} is active", log.id)),
        false => Made::Part(faults.join("; ")),
    }
}

impl FlowLog {
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.traffic != "ALL" {
            faults.push(format!("flow log {} takes {} traffic alone", self.id, self.traffic));
        }
        if self.delivery == "FAILED" {
            faults.push(format!("deliveries of flow log {} fail: {}", self.id, self.delivery_error));
        }
        let fields: BTreeSet<&str> =
            self.format.split_whitespace().map(|name| name.trim_matches(['$', '{', '}'])).collect();
        let lacking = |(name, _): &&(&str, &str)| !self.format.is_empty() && !fields.contains(name);
        let lacking: Vec<String> =
            FIELDS.iter().filter(lacking).map(|(name, loss)| format!("{name} ({loss})")).collect();
        if !lacking.is_empty() {
            faults.push(format!("the format of flow log {} lacks {}", self.id, lacking.join(", ")));
        }
        faults
    }
}

/// VPCs that flows tell of and the inventory does not.
fn foreign(ground: &Ground<'_>, spots: &mut Spots, known: &BTreeSet<&str>, sights: &mut Sights) {
    for ((place, vpc), span) in &ground.seen.flows {
        if !known.contains(vpc.as_str()) && !place.0.is_empty() && !place.1.is_empty() {
            let why = match (vpc.is_empty(), ground.coverage.gap("aws_vpc", &place.0, &place.1)) {
                (true, _) => "flow records tell no VPC, and the inventory does not have their interface".to_owned(),
                (false, Some(gap)) => gap,
                (false, None) => "the inventory does not have this VPC".to_owned(),
            };
            let lost = "whether all of its interfaces are logged, and which workloads they are of";
            let sight = spots.weigh(
                about(place, plane::NETWORK, vpc),
                &Made::Unknown(why),
                Some(*span),
                lost,
                "sightline scan",
            );
            sights.entry(place.clone()).or_default().push((sight, vpc.clone()));
        }
    }
}

/// The planes that flows alone show, for a region: as much as its VPCs.
fn of_region(spots: &mut Spots, place: &(String, String), sights: &[(Sight, String)]) {
    let dark: Vec<String> =
        sights.iter().filter(|(sight, _)| *sight != Sight::Seen).map(|(_, vpc)| vpc.clone()).collect();
    let worst = sights.iter().map(|(sight, _)| *sight).min().unwrap_or(Sight::Seen);
    let is_whole = sights.iter().all(|(sight, _)| *sight == worst);
    let sight = if is_whole { worst } else { Sight::Partial };
    let (reason, fix) = match dark.is_empty() {
        true => ("flow logs of every VPC are read".to_owned(), ""),
        false => (format!("flow logs of {} are not, or not wholly, there", some(&dark, "VPCs")), FIX),
    };
    for (plane, what) in [
        (plane::SELF_HOSTED, "who calls models that workloads serve themselves"),
        (plane::PUBLIC_AI, "who calls public AI services, and how much is sent there"),
    ] {
        let lost = if sight == Sight::Seen { String::new() } else { what.to_owned() };
        let told = Told { lost, reason: reason.clone(), fix: fix.to_owned(), ..Told::default() };
        spots.add(about(place, plane, ""), sight, told);
    }
}

/// Regions whose VPCs could not be listed.
fn unlisted(ground: &Ground<'_>, spots: &mut Spots) {
    for (place, known) in ground.places.all().filter(|(_, known)| known.is_used) {
        if let Some(why) = ground.coverage.gap("aws_vpc", &place.0, &place.1) {
            let lost = "which VPCs there are, and whether they have flow logs";
            let fix = if known.is_scanned { "scanner-identity" } else { "sightline scan" };
            spots.weigh(about(place, plane::NETWORK, ""), &Made::Unknown(why), None, lost, fix);
        }
    }
}

/// Functions outside of VPCs send past every flow log.
async fn outside(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let functions: Vec<Functions> = query!("blind_spot/function").rows(ground.session).await?;
    for row in functions {
        let place = (row.account_id, row.region);
        let told = Told {
            lost: "connections of functions outside of VPCs: public AI that they call shows in no log".to_owned(),
            reason: format!("{} functions are in no VPC", row.functions),
            ..Told::default()
        };
        spots.add(about(&place, plane::PUBLIC_AI, "functions outside of VPCs"), Sight::Partial, told);
    }
    Ok(())
}

/// `5 VPCs (vpc-1, vpc-2 …)`
pub(super) fn some(all: &[String], word: &str) -> String {
    let sorted: BTreeSet<&str> = all.iter().map(String::as_str).collect();
    let named: Vec<&str> = sorted.into_iter().take(NAMED).collect();
    let more = if all.len() > NAMED { " …" } else { "" };
    format!("{} {word} ({}{more})", all.len(), named.join(", "))
}
