//! `private_path`: did the calls stay off the internet?

use sightline_model::edge::{PathClass, Tri};

use super::Subject;
use crate::estate::Estate;

pub(super) fn judge(subject: &Subject, _: &Estate) -> (Tri, String) {
    let evidence = || subject.path_evidence.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("; ");
    match subject.path {
        PathClass::InterfaceEndpoint => (Tri::Yes, format!("through the interface endpoint {}", evidence())),
        PathClass::Internet => (Tri::No, format!("from the public address {}", evidence())),
        PathClass::AwsInternal => {
            (Tri::Unknown, format!("{} called on behalf of the workload; the log shows no path of it", evidence()))
        }
        PathClass::Vpc | PathClass::Peering | PathClass::TransitGateway | PathClass::OnPremises => (Tri::Yes, evidence()),
        PathClass::Unknown => (Tri::Unknown, evidence()),
    }
}
