//! The way into clusters, lent to verification.

use crate::world;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::Value;
use sightline_aws::Aws;
use sightline_collect::kubernetes::{self, EksApi, Refused};
use sightline_onboard::{Cause, ClusterApi, ListPods, NotListed, Pod};

/// Clusters of EKS, asked as whoever the credentials belong to.
#[derive(Debug)]
pub(super) struct OfClusters;

impl ListPods for OfClusters {
    fn list<'a>(&'a self, aws: &'a Aws, cluster: &'a ClusterApi) -> BoxFuture<'a, Result<Vec<Pod>, NotListed>> {
        list(aws, cluster).boxed()
    }
}

async fn list(aws: &Aws, cluster: &ClusterApi) -> Result<Vec<Pod>, NotListed> {
    let ClusterApi { region, name, endpoint, certificate_authority } = cluster;
    let api = EksApi { region, name, endpoint, certificate_authority };
    match kubernetes::pods(aws, &world::now, api).await {
        Ok(pods) => Ok(pods.iter().map(pod).collect()),
        Err(Refused { code, message }) => Err(NotListed { cause: cause(code), message }),
    }
}

fn cause(code: &str) -> Cause {
    match code {
        "Unreachable" | "TimedOut" => Cause::Unreachable,
        "Unauthorized" => Cause::Unknown,
        "Forbidden" => Cause::Forbidden,
        _ => Cause::Other,
    }
}

fn pod(pod: &Value) -> Pod {
    let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let items =
        |pod: &Value, pointer: &str| pod.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    let variables = items(pod, "/spec/containers").into_iter().flat_map(|container| items(&container, "/env"));
    let role = variables.into_iter().find(|variable| variable.get("name").is_some_and(|name| name == "AWS_ROLE_ARN"));
    Pod {
        namespace: text("/metadata/namespace"),
        name: text("/metadata/name"),
        service_account: text("/spec/serviceAccountName"),
        host_network: pod.pointer("/spec/hostNetwork").and_then(Value::as_bool).unwrap_or_default(),
        irsa_role: role.and_then(|role| role.get("value")?.as_str().map(str::to_owned)).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_kept_of_a_pod() {
        let arn = "arn:aws:iam::123456789012:role/models";
        let env = json!([{"name": "PASSWORD", "value": "x"}, {"name": "AWS_ROLE_ARN", "value": arn}]);
        let told = pod(&json!({
            "metadata": {"namespace": "shop", "name": "a-1"},
            "spec": {"serviceAccountName": "assistant", "hostNetwork": true, "containers": [{"name": "main"}, {"env": env}]},
        }));
        let expected = Pod {
            namespace: "shop".into(),
            name: "a-1".into(),
            service_account: "assistant".into(),
            host_network: true,
            irsa_role: arn.into(),
        };
        assert_eq!(told, expected);
        assert_eq!(pod(&json!({"spec": "hostile"})), Pod::default());
    }
}
