//! A cluster's endpoint, and whether the scanner can come in.

use crate::clusters::Found;
use crate::context::{is_true, texts};
use crate::parameters::{Cluster, Parameters};
use crate::render::comment;
use ipnet::IpNet;
use serde_json::json;

const EVERYWHERE: [&str; 2] = ["0.0.0.0/0", "::/0"];

/// Who may call a cluster's endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) is_public: bool,
    ranges: Vec<String>,
}

impl Endpoint {
    pub(crate) fn of(cluster: &Found) -> Self {
        let is_public = is_true(&cluster.described, "/resourcesVpcConfig/endpointPublicAccess");
        let ranges = texts(&cluster.described, "/resourcesVpcConfig/publicAccessCidrs");
        Self { is_public, ranges: ranges.into_iter().map(str::to_owned).collect() }
    }

    /// The ranges of ours that may not call it.
    pub(crate) fn left_out<'a>(&self, ours: &'a [String]) -> Vec<&'a str> {
        let open: Vec<IpNet> = self.ranges.iter().filter_map(|range| range.parse().ok()).collect();
        let is_in = |range: &&String| {
            let range: Option<IpNet> = range.parse().ok();
            self.is_public && range.is_some_and(|range| open.iter().any(|open| open.contains(&range)))
        };
        ours.iter().filter(|range| !is_in(range)).map(String::as_str).collect()
    }

    /// Whether the whole internet may call it.
    pub(crate) fn is_open_to_all(&self) -> bool {
        self.is_public && self.ranges.iter().any(|range| EVERYWHERE.contains(&range.as_str()))
    }

    /// For a person.
    pub(crate) fn told(&self) -> String {
        match (self.is_public, self.ranges.as_slice()) {
            (false, _) => "the public endpoint is off".to_owned(),
            (true, ranges) => {
                let shown = ranges.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
                format!("the public endpoint takes calls from {shown}")
            }
        }
    }

    /// Lets the scanner in, and those that may come in already.
    pub(crate) fn opened(&self, at: &Cluster, parameters: &Parameters) -> String {
        if parameters.scanner_cidrs.is_empty() {
            return "run the scanner inside the cluster's network (its private endpoint needs no change), or verify again with \
                    --scanner-cidr ADDRESS/32: the fix then lets that address in"
                .to_owned();
        }
        // While the public endpoint is off, its list is of no use, and mostly says that everybody may come in.
        let kept = self.ranges.iter().filter(|range| self.is_public || !EVERYWHERE.contains(&range.as_str()));
        let ours = parameters.scanner_cidrs.iter().filter(|range| !self.ranges.contains(range));
        let ranges: Vec<&String> = kept.chain(ours).collect();
        let config = json!({"endpointPublicAccess": true, "publicAccessCidrs": ranges});
        let update = at.own_step("", "update-cluster-config").option("resources-vpc-config", config.to_string());
        format!("{}\n{}", update.command(), at.wait().command())
    }
}

/// The change as a part of a script, which asks for the list that is there: an update replaces it.
// INVARIANT: names, regions and ranges are of their forms: no character of theirs means anything to a shell.
pub(crate) fn opening(at: &Cluster, parameters: &Parameters) -> String {
    let Cluster { region, name } = at;
    let ours = parameters.scanner_cidrs.join(",");
    let why = "The scanner is outside the cluster's network: its own addresses, and no others, are added to those that may call the public \
               endpoint. An update replaces the list, so the ranges that are there are read first and kept, all but 0.0.0.0/0: where \
               everybody may call already, nothing is changed. Inside the network leave this out: the private endpoint needs no change.";
    let ask = format!("aws eks describe-cluster --region {region} --name {name} --output text");
    let config = "cluster.resourcesVpcConfig";
    format!(
        "{}if [ \"$({ask} \\\n  --query \"{config}.endpointPublicAccess && contains({config}.publicAccessCidrs, '0.0.0.0/0')\")\" != True ]; then\n  \
         kept=$({ask} \\\n    --query \"[{config}.publicAccessCidrs][] | [?@ && @ != '0.0.0.0/0' && @ != '::/0'] | join(',', @)\")\n  \
         aws eks update-cluster-config --region {region} --name {name} \\\n    \
         --resources-vpc-config \"endpointPublicAccess=true,publicAccessCidrs=[${{kept:+$kept,}}{ours}]\"\n  \
         aws eks wait cluster-active --region {region} --name {name}\nfi\n",
        comment(why, "#", 0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(is_public: bool, ranges: &[&str]) -> Endpoint {
        Endpoint { is_public, ranges: ranges.iter().map(|&range| range.to_owned()).collect() }
    }

    #[test]
    fn who_is_let_in() {
        let ours = ["203.0.113.7/32".to_owned()];
        assert!(endpoint(true, &["0.0.0.0/0"]).left_out(&ours).is_empty());
        assert!(endpoint(true, &["203.0.113.0/24"]).left_out(&ours).is_empty());
        assert_eq!(endpoint(true, &["198.51.100.0/24"]).left_out(&ours), ["203.0.113.7/32"]);
        assert_eq!(endpoint(false, &["0.0.0.0/0"]).left_out(&ours), ["203.0.113.7/32"]);
    }

    #[test]
    fn opening_keeps_what_is_there_and_never_lets_everybody_in() {
        let scanner_cidrs = vec!["203.0.113.7/32".to_owned()];
        let given = crate::Given { account_id: "123456789012".into(), scanner_cidrs, ..crate::Given::default() };
        let parameters = Parameters::check(given).unwrap();
        let at = Cluster { region: "us-east-1".into(), name: "apps".into() };
        let opened = endpoint(true, &["198.51.100.0/24"]).opened(&at, &parameters);
        assert!(opened.contains(r#"["198.51.100.0/24","203.0.113.7/32"]"#), "{opened}");
        let opened = endpoint(false, &["0.0.0.0/0"]).opened(&at, &parameters);
        assert!(opened.contains(r#"["203.0.113.7/32"]"#), "{opened}");
    }
}
