//! What the traffic of an edge passes, walked through the route tables from the subnets of the workload.

use super::{EdgePath, Part, Step};
use sightline_discover::route::{End, Hop, Network, Place, Target, Way};
use sightline_model::edge::{Edge, PathClass};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Kinds of hops that look into what passes.
pub(super) const INSPECTS: [&str; 3] =
    ["firewall endpoint", "gateway load balancer endpoint", "firewall of the transit gateway"];

/// Addresses and endpoints of one edge that are followed.
const MOST: usize = 8;

impl EdgePath {
    /// Adds what the traffic passes behind the step `from`. The ids of the steps that lead on to the service.
    pub(super) fn through(&mut self, edge: &Edge, network: &Network, from: Option<&str>) -> Vec<String> {
        if !matches!(edge.path, PathClass::InterfaceEndpoint | PathClass::Internet) {
            return self.chain(from, vec![told(edge)]).into_iter().collect();
        }
        let mut ends = BTreeSet::new();
        let evidence = edge.path_evidence.split("; ").filter(|one| !one.starts_with("and "));
        for one in evidence.take(MOST) {
            if one.parse::<IpAddr>().is_ok() {
                self.doubt(format!(
                    "{one} is no address of ours: these calls may not have come from the workload's network"
                ));
            }
            let (target, through) = Target::called(edge.path, one);
            ends.extend(self.to(&target, through, &network.place(&edge.workload_arn), network, from));
        }
        ends.into_iter().collect()
    }

    /// The ways from the place to one target.
    fn to(
        &mut self,
        target: &Target,
        through: Option<&str>,
        place: &Place,
        network: &Network,
        from: Option<&str>,
    ) -> Vec<String> {
        let subnets = match place {
            Place::Unknown(why) => return self.unseen(why, target, from),
            Place::OfAws => return self.by_aws(target, from),
            Place::Subnets { internet_by_aws: true, .. } if !matches!(target, Target::Endpoint(_)) => {
                return self.by_aws(target, from);
            }
            Place::Subnets { subnets, .. } => subnets,
        };
        let walks: Vec<_> = subnets.iter().map(|subnet| network.walk(subnet, target)).collect();
        if walks.iter().any(|walk| walk.is_cut) {
            self.doubt("there are too many ways to follow all of them".to_owned());
        }
        let ways: Vec<&Way> = walks.iter().flat_map(|walk| &walk.ways).collect();
        let open: Vec<&&Way> = ways.iter().filter(|way| !matches!(way.end, End::Nowhere(_))).collect();
        let passes = |way: &Way| through.is_none_or(|id| way.passes(id) || matches!(way.end, End::Unknown(_)));
        let meant: Vec<&&Way> = open.iter().copied().filter(|way| passes(way)).collect();
        let shown = match (meant.is_empty(), through) {
            (true, Some(id)) if !open.is_empty() => {
                self.doubt(format!("the routes do not lead through {id}, as calls did"));
                open
            }
            _ => meant,
        };
        if shown.is_empty() {
            let why =
                ways.iter().find_map(|way| if let End::Nowhere(why) = &way.end { Some(why.as_str()) } else { None });
            return self.unseen(why.unwrap_or("no way leads there"), target, from);
        }
        shown.into_iter().filter_map(|way| self.follow(way, target, from)).collect()
    }

    /// One way; the last step of it.
    fn follow(&mut self, way: &Way, target: &Target, from: Option<&str>) -> Option<String> {
        let mut steps: Vec<Step> = way.hops.iter().map(hop).collect();
        match &way.end {
            End::Private | End::Nowhere(_) => {}
            End::Internet => steps.push(internet()),
            End::OfAws => steps.push(of_aws()),
            End::OnPremises => steps.push(Step::new(Part::Network, "on-premises", "network", "outside of AWS")),
            End::Unknown(why) => {
                self.doubt(why.clone());
                steps.push(not_known(why));
                steps.push(end(target));
            }
        }
        self.chain(from, steps)
    }

    /// Nobody can tell what traffic passes; where it ends is known all the same.
    fn unseen(&mut self, why: &str, target: &Target, from: Option<&str>) -> Vec<String> {
        self.doubt(why.to_owned());
        self.chain(from, vec![not_known(why), end(target)]).into_iter().collect()
    }

    fn by_aws(&mut self, target: &Target, from: Option<&str>) -> Vec<String> {
        self.chain(from, vec![of_aws(), end(target)]).into_iter().collect()
    }

    /// Adds steps behind `from`, each behind the one before; the last that there is room for.
    fn chain(&mut self, from: Option<&str>, steps: Vec<Step>) -> Option<String> {
        let mut last = from.map(str::to_owned);
        for step in steps {
            let id = step.id.clone();
            if self.add(step) {
                if let Some(before) = &last {
                    self.link(before, &id);
                }
                last = Some(id);
            }
        }
        last
    }
}

fn hop(hop: &Hop) -> Step {
    Step::new(Part::Network, &format!("hop:{}", hop.id), hop.kind.to_string(), hop.id.as_str()).arn(&hop.arn)
}

fn internet() -> Step {
    Step::new(Part::Network, "internet", "internet", "the internet")
}

fn of_aws() -> Step {
    Step::new(Part::Network, "aws", "network", "a network of AWS")
        .about("no route table of the account leads through it")
}

fn not_known(why: &str) -> Step {
    Step::new(Part::Network, &format!("unknown:{why}"), "not known", "not known").about(why).in_doubt()
}

fn end(target: &Target) -> Step {
    match target {
        Target::Endpoint(id) => Step::new(Part::Network, &format!("hop:{id}"), "interface endpoint", id.as_str()),
        Target::Internet(_) | Target::Address(_) => internet(),
    }
}

/// Of paths that no route table tells: what the evidence told.
fn told(edge: &Edge) -> Step {
    let kind = match edge.path {
        PathClass::AwsInternal => "a service of AWS on its behalf",
        PathClass::Vpc => "inside the network",
        PathClass::Peering => "peering connection",
        PathClass::TransitGateway => "transit gateway",
        PathClass::OnPremises => "network outside of AWS",
        _ => "not known",
    };
    let title = if edge.path_evidence.is_empty() { kind } else { edge.path_evidence.as_str() };
    let step = Step::new(Part::Network, "path", kind, title);
    if edge.path == PathClass::Unknown { step.in_doubt() } else { step }
}
