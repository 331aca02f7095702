//! EC2 instances, as far as verification asks about them.

use crate::context::{Asked, Context, list, text};
use serde_json::{Value, json};

/// What lets instances be listed.
pub(crate) const ACTION: &str = "ec2:DescribeInstances";

/// An instance that is not terminated.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    pub(crate) id: String,
    /// the ARN of its instance profile, or empty
    pub(crate) profile: String,
    /// whether a pod on it can get the instance's role from the metadata service
    pub(crate) lends_its_role: bool,
    tags: Vec<(String, String)>,
}

/// The instances of a region.
pub(crate) async fn all(context: &Context, region: &str) -> Asked<Vec<Instance>> {
    let found = context.ask_all(region, "ec2", "DescribeInstances", json!({}), ("Reservations", ACTION)).await?;
    let instances = found.iter().flat_map(|reservation| list(reservation, "/Instances"));
    let gone = ["terminated", "shutting-down"];
    Ok(instances.filter(|one| !gone.contains(&text(one, "/State/Name"))).map(Instance::read).collect())
}

/// The first few, for a person.
pub(crate) fn some(ids: &[&str]) -> String {
    let shown = ids.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    let more = ids.len().saturating_sub(5);
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

impl Instance {
    fn read(value: &Value) -> Self {
        let tag = |tag: &Value| (text(tag, "/Key").to_owned(), text(tag, "/Value").to_owned());
        Self {
            id: text(value, "/InstanceId").to_owned(),
            profile: text(value, "/IamInstanceProfile/Arn").to_owned(),
            lends_its_role: lends(value),
            tags: list(value, "/Tags").map(tag).collect(),
        }
    }

    /// Whether it is a node of this EKS cluster.
    pub(crate) fn is_node_of(&self, cluster: &str) -> bool {
        let by_key = format!("kubernetes.io/cluster/{cluster}");
        self.tags.iter().any(|(key, value)| {
            *key == by_key || (matches!(key.as_str(), "eks:cluster-name" | "aws:eks:cluster-name") && value == cluster)
        })
    }
}

/// The limit holds for answers to requests for a token alone: a metadata service that takes requests without one (version 1) answers at
/// any distance. An instance that does not say is taken for one that lends.
fn lends(value: &Value) -> bool {
    let options = |name: &str| value.pointer(&format!("/MetadataOptions/{name}"));
    let is = |name: &str, wanted: &str| options(name).and_then(Value::as_str) == Some(wanted);
    let hops = options("HttpPutResponseHopLimit").and_then(Value::as_i64).unwrap_or(2);
    !is("HttpEndpoint", "disabled") && (hops > 1 || !is("HttpTokens", "required"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_is_one_hop_further() {
        let lent = |options: Value| lends(&json!({"MetadataOptions": options}));
        assert!(!lent(json!({"HttpTokens": "required", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"})));
        assert!(lent(json!({"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"})));
        assert!(lent(json!({"HttpTokens": "optional", "HttpPutResponseHopLimit": 1, "HttpEndpoint": "enabled"})));
        assert!(!lent(json!({"HttpTokens": "optional", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "disabled"})));
        assert!(lends(&json!({})));
    }
}
