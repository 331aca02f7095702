//! What all ways of a workload come to.

use std::sync::Arc;

use sightline_model::edge::Tri;

use super::hop::{End, Hop, HopKind, Leg, Way};
use super::network::Network;
use super::place::Place;
use super::walk::{Target, Walk};

/// Whether something inspects what passes.
pub type Inspection = Tri;

/// Whether a workload's traffic to a target is inspected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// yes, no, unknown
    pub state: Inspection,
    /// one sentence
    pub reason: String,
    /// ARNs of the rows that it rests on
    pub proof: Vec<String>,
}

impl Network {
    /// Whether traffic from the place to the target is inspected. `through`: an id that the ways are known to pass, such as that of the
    /// NAT gateway whose address was seen; others do not count.
    pub fn inspected(&self, place: &Place, target: &Target, through: Option<&str>) -> Verdict {
        let subnets = match place {
            Place::Unknown(why) => return Verdict::unknown(why.clone()),
            Place::OfAws => return Verdict::of_aws(),
            Place::Subnets { internet_by_aws: true, .. } if !matches!(target, Target::Endpoint(_)) => {
                return Verdict::of_aws();
            }
            Place::Subnets { subnets, .. } => subnets,
        };
        let mut verdicts: Vec<Arc<Verdict>> =
            subnets.iter().map(|subnet| self.of_subnet(subnet, target, through)).collect();
        let rank = |state: Tri| match state {
            Tri::Unknown => 0,
            Tri::No => 1,
            Tri::Yes => 2,
        };
        verdicts.sort_by_key(|verdict| rank(verdict.state));
        // One that nobody can tell of, or that is not inspected, speaks for all: calls may have come from there.
        verdicts
            .first()
            .map_or_else(|| Verdict::unknown("its subnets are not known".to_owned()), |worst| (**worst).clone())
    }

    fn of_subnet(&self, subnet: &str, target: &Target, through: Option<&str>) -> Arc<Verdict> {
        let key = (subnet.to_owned(), format!("{target:?} {}", through.unwrap_or_default()));
        if let Some(known) = self.remembered(&key) {
            return known;
        }
        let verdict = Arc::new(self.judged(&self.walk(subnet, target), through));
        self.remember(key, &verdict);
        verdict
    }

    fn judged(&self, walk: &Walk, through: Option<&str>) -> Verdict {
        if walk.is_cut {
            return Verdict::unknown("there are too many ways to follow".to_owned());
        }
        if let Some(way) = walk.ways.iter().find(|way| matches!(way.end, End::Unknown(_))) {
            return Verdict::unknown(not_told(way));
        }
        let arriving = walk.ways.iter().filter(|way| way.arrives());
        let meant: Vec<&Way> = match through {
            Some(id) => arriving.filter(|way| way.passes(id)).collect(),
            None => arriving.collect(),
        };
        let Some(first) = meant.first() else {
            return match (through, walk.ways.first()) {
                (Some(id), Some(way)) if way.arrives() => {
                    Verdict::unknown(format!("the routes do not lead through {id}, as calls did: {}", way.shown()))
                }
                (_, way) => Verdict::unknown(way.map_or_else(|| "no way leads there".to_owned(), not_told)),
            };
        };
        let judged: Vec<Verdict> = meant.iter().map(|way| self.of_way(way)).collect();
        let agree = judged.iter().all(|verdict| judged.first().is_some_and(|first| verdict.state == first.state));
        match judged.into_iter().next() {
            Some(verdict) if agree => verdict,
            _ => Verdict::unknown(format!(
                "its ways differ: some are inspected and some are not, such as {}",
                first.shown()
            )),
        }
    }

    fn of_way(&self, way: &Way) -> Verdict {
        let (state, reason) = match way.hops.iter().find(|hop| hop.kind.inspects()) {
            Some(by) => self.both_ways(way, by),
            None => bare(way),
        };
        let proof = way.hops.iter().map(|hop| hop.arn.clone()).filter(|arn| !arn.is_empty()).collect();
        Verdict { state, reason, proof }
    }

    /// Addresses stay the same in a part of a way: one part whose requests and answers are inspected is enough.
    fn both_ways(&self, way: &Way, by: &Hop) -> (Tri, String) {
        let is_inspected = |leg: &&Leg| {
            let hops = way.hops.get(leg.first..leg.after).unwrap_or_default();
            hops.iter().any(|hop| hop.kind.inspects())
        };
        let answers = way.legs.iter().filter(is_inspected).map(|leg| self.answers_inspected(leg));
        let best = answers.max_by_key(|(state, _)| match state {
            Tri::No => 0,
            Tri::Unknown => 1,
            Tri::Yes => 2,
        });
        let what = format!("the {} {}", by.kind, by.id);
        match best {
            Some((Tri::Yes, _)) => (Tri::Yes, format!("{what} inspects it both ways: {}", way.shown())),
            Some((state, why)) => (state, format!("{what} sees requests; {why}")),
            None => (Tri::Unknown, format!("{what} sees requests; its answers were not followed")),
        }
    }
}

fn bare(way: &Way) -> (Tri, String) {
    if let Some(router) = way.hops.iter().find(|hop| hop.kind == HopKind::Router) {
        return (
            Tri::Unknown,
            format!("{} forwards it; whether it inspects cannot be told: {}", router.id, way.shown()),
        );
    }
    match way.end {
        End::OnPremises => (Tri::Unknown, format!("it leaves AWS, and what is behind cannot be told: {}", way.shown())),
        _ => (Tri::No, format!("nothing inspects it: {}", way.shown())),
    }
}

impl Verdict {
    fn unknown(reason: String) -> Self {
        Self { state: Tri::Unknown, reason, proof: vec![] }
    }

    fn of_aws() -> Self {
        let reason = "it runs in a network of AWS, through which no route of the account leads".to_owned();
        Self { state: Tri::No, reason, proof: vec![] }
    }
}

fn not_told(way: &Way) -> String {
    let (End::Unknown(why) | End::Nowhere(why)) = &way.end else { return way.shown() };
    if way.hops.is_empty() { why.clone() } else { format!("{} → ? {why}", way.shown()) }
}
