//! `inspected_path`: do the calls pass a gateway load balancer or a network firewall, and their answers too?
//!
//! The way is walked through the route tables as the newest scan saw them, from the subnets of the workload to what was called: see
//! [`crate::route`].

use std::net::IpAddr;

use sightline_model::edge::{PathClass, Tri};

use super::{Judged, Subject};
use crate::estate::Estate;
use crate::route::{Target, Verdict};

/// Places that are judged one by one.
const MOST: usize = 8;

pub(super) fn judge(subject: &Subject, estate: &Estate) -> Judged {
    let network = &estate.controls.network;
    match subject.path {
        PathClass::AwsInternal => {
            Judged::unknown("a service called on behalf of the workload; no route table of the account leads there")
        }
        PathClass::Vpc | PathClass::Peering | PathClass::TransitGateway | PathClass::OnPremises => {
            Judged::unknown("which addresses inside the networks were called is not followed")
        }
        PathClass::Unknown => Judged::unknown("which way the calls took is not known"),
        PathClass::InterfaceEndpoint | PathClass::Internet => {
            let place = network.place(&subject.workload);
            let told = subject.path_evidence.iter().take(MOST).map(|evidence| {
                let (target, through) = Target::called(subject.path, evidence);
                doubted(of(network.inspected(&place, &target, through)), evidence)
            });
            Judged::worst(told).unwrap_or_else(|| Judged::unknown("which way the calls took is not known"))
        }
    }
}

/// What came from an address that nobody of ours has, came perhaps from elsewhere: keys are used wherever they are carried.
fn doubted(judged: Judged, evidence: &str) -> Judged {
    if judged.state == Tri::Yes && evidence.parse::<IpAddr>().is_ok() {
        return Judged::unknown(format!(
            "{evidence} is no address of ours: these calls may not have come from the workload's network"
        ));
    }
    judged
}

fn of(verdict: Verdict) -> Judged {
    let judged = match verdict.state {
        Tri::Yes => Judged::yes(verdict.reason),
        Tri::No => Judged::no(verdict.reason),
        Tri::Unknown => Judged::unknown(verdict.reason),
    };
    judged.proved(verdict.proof)
}
