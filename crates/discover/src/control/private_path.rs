//! `private_path`: did the calls stay off the internet?

use sightline_model::edge::PathClass;

use super::{Judged, Subject};
use crate::estate::Estate;

pub(super) fn judge(subject: &Subject, estate: &Estate) -> Judged {
    let evidence = || subject.path_evidence.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("; ");
    match subject.path {
        PathClass::InterfaceEndpoint => {
            let arn = |id: &String| estate.controls.endpoints.get(id).map(|endpoint| endpoint.arn.clone());
            let proof = subject.path_evidence.iter().filter_map(arn).take(3).collect::<Vec<_>>();
            Judged::yes(format!("through the interface endpoint {}", evidence())).proved(proof)
        }
        PathClass::Internet => Judged::no(format!("from the public address {}", evidence())),
        PathClass::AwsInternal => {
            Judged::unknown(format!("{} called on behalf of the workload; the log shows no path of it", evidence()))
        }
        PathClass::Vpc | PathClass::Peering | PathClass::TransitGateway | PathClass::OnPremises => {
            Judged::yes(evidence())
        }
        PathClass::Unknown => Judged::unknown(evidence()),
    }
}
