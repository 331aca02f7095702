//! The containers of a pod, or of the template that pods are made of, as columns.

use super::environment;
use super::object::Object;
use serde_json::{Map, Value, json};
use sightline_model::ColumnType;
use sightline_model::ColumnType::{Bool, Json, Text};
use sightline_model::untrusted::shortened;
use std::collections::BTreeSet;

/// Columns of everything that has containers.
pub(crate) const CONTAINER_COLUMNS: &[(&str, ColumnType)] = &[
    ("service_account", Text),
    ("host_network", Bool),
    ("container_names", Json),
    ("images", Json),
    ("ports", Json),
    ("gpus", Json),
    ("role_arn", Text),
    ("pod_identity", Bool),
    ("containers", Json),
];

/// Lists of a pod's specification that hold containers, and what they are called here.
const LISTS: &[(&str, &str)] =
    &[("containers", "main"), ("initContainers", "init"), ("ephemeralContainers", "ephemeral")];

/// Containers that are kept of one pod.
const CONTAINERS: usize = 50;

/// Starts of names of resources that are accelerators.
/// <https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/>, <https://docs.aws.amazon.com/eks/latest/userguide/device-management.html>
const ACCELERATORS: &[&str] = &[
    "amd.com/gpu",
    "aws.amazon.com/neuron",
    "gpu.intel.com/",
    "google.com/tpu",
    "habana.ai/gaudi",
    "nvidia.com/gpu",
    "nvidia.com/mig-",
    "vpc.amazonaws.com/efa-gpu",
];

/// The columns of a pod's specification.
pub(crate) fn containers(spec: Object<'_>) -> Map<String, Value> {
    let all: Vec<(&str, Object<'_>)> = LISTS
        .iter()
        .flat_map(|(list, kind)| spec.items(&[list]).map(move |container| (*kind, container)))
        .take(CONTAINERS)
        .collect();
    let main = || all.iter().filter(|(kind, _)| *kind == "main").map(|(_, container)| *container);
    let texts = |name| -> BTreeSet<String> {
        main()
            .map(|container| shortened(container.at(&[name]).as_str(), 1_000))
            .filter(|text| !text.is_empty())
            .collect()
    };
    let variable = |name: &'static str| {
        let variables = all.iter().flat_map(|(_, container)| container.items(&["env"]));
        variables
            .filter(move |variable| variable.at(&["name"]).as_str() == name)
            .map(|variable| variable.text(&["value"]))
    };
    let service_account = match spec.text(&["serviceAccountName"]) {
        Value::Null => spec.text(&["serviceAccount"]),
        name => name,
    };
    let ports: Vec<Value> =
        main().flat_map(|container| container.items(&["ports"])).take(CONTAINERS).map(port).collect();
    super::object::columns([
        ("service_account", if service_account.is_null() { "default".into() } else { service_account }),
        ("host_network", (spec.at(&["hostNetwork"]).0 == &Value::Bool(true)).into()),
        ("container_names", json!(texts("name"))),
        ("images", json!(texts("image"))),
        ("ports", ports.into()),
        ("gpus", sum(main().map(accelerators))),
        ("role_arn", variable("AWS_ROLE_ARN").next().unwrap_or_default()),
        ("pod_identity", variable("AWS_CONTAINER_CREDENTIALS_FULL_URI").any(|uri| is_agent(&uri)).into()),
        ("containers", all.iter().map(|(kind, container)| described(kind, *container)).collect()),
    ])
}

/// The addresses of EKS's Pod Identity agent.
fn is_agent(uri: &Value) -> bool {
    uri.as_str().is_some_and(|uri| uri.contains("169.254.170.23") || uri.contains("fd00:ec2::23"))
}

fn port(port: Object<'_>) -> Value {
    json!({ "name": port.text(&["name"]), "port": port.int(&["containerPort"]), "protocol": port.text(&["protocol"]) })
}

fn described(kind: &str, container: Object<'_>) -> Value {
    let words = |list: &'static str| container.items(&[list]).map(Object::as_str);
    json!({
        "name": container.text(&["name"]),
        "kind": kind,
        "image": container.text(&["image"]),
        "arguments": environment::arguments(words("command"), words("args")),
        "ports": container.items(&["ports"]).map(port).collect::<Vec<_>>(),
        "gpus": accelerators(container),
        "env": variables(container),
    })
}

/// Name → value, null where the value is not kept.
fn variables(container: Object<'_>) -> Map<String, Value> {
    let variables = container.items(&["env"]).map(|variable| {
        let name = variable.at(&["name"]).as_str();
        let value = environment::value(name, variable.at(&["value"]).as_str()).filter(|value| !value.is_empty());
        (shortened(name, 200), value.map_or(Value::Null, Value::from))
    });
    variables.filter(|(name, _)| !name.is_empty()).collect()
}

/// Resource → how many, of the accelerators that a container asks for.
fn accelerators(container: Object<'_>) -> Map<String, Value> {
    let of = |list: &'static str| container.at(&["resources", list]);
    let count = |value: &Value| match value {
        Value::String(text) => text.parse::<i64>().ok(),
        other => other.as_i64(),
    };
    let asked = ["requests", "limits"].into_iter().flat_map(|list| of(list).0.as_object().into_iter().flatten());
    let known = asked.filter(|(name, _)| ACCELERATORS.iter().any(|start| name.starts_with(start)));
    known
        .filter_map(|(name, value)| Some((shortened(name, 200), count(value).filter(|count| *count > 0)?.into())))
        .collect()
}

fn sum(parts: impl Iterator<Item = Map<String, Value>>) -> Value {
    let mut whole: Map<String, Value> = Map::new();
    for (name, count) in parts.flatten() {
        let before = whole.get(&name).and_then(Value::as_i64).unwrap_or_default();
        whole.insert(name, before.saturating_add(count.as_i64().unwrap_or_default()).into());
    }
    Value::Object(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_server_of_models() {
        let spec = json!({
            "serviceAccountName": "llm",
            "containers": [{
                "name": "vllm", "image": "vllm/vllm-openai:v0.11.0", "args": ["--model", "org/name", "--api-key", "secret"],
                "ports": [{"containerPort": 8000, "protocol": "TCP"}],
                "resources": {"limits": {"nvidia.com/gpu": "2", "memory": "8Gi"}, "requests": {"nvidia.com/gpu": "2"}},
                "env": [
                    {"name": "HF_TOKEN", "valueFrom": {"secretKeyRef": {"name": "hf", "key": "token"}}},
                    {"name": "PASSWORD", "value": "secret"},
                    {"name": "AWS_ROLE_ARN", "value": "arn:aws:iam::123456789012:role/llm"}
                ]
            }],
            "initContainers": [{"name": "warm", "image": "busybox"}]
        });
        let main = json!({
            "name": "vllm", "kind": "main", "image": "vllm/vllm-openai:v0.11.0", "arguments": ["--model", "org/name", "--api-key"],
            "ports": [{"name": null, "port": 8000, "protocol": "TCP"}], "gpus": {"nvidia.com/gpu": 2},
            "env": {"HF_TOKEN": null, "PASSWORD": null, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/llm"},
        });
        let init = json!({"name": "warm", "kind": "init", "image": "busybox", "arguments": [], "ports": [], "gpus": {}, "env": {}});
        let expected = json!({
            "service_account": "llm", "host_network": false, "container_names": ["vllm"], "images": ["vllm/vllm-openai:v0.11.0"],
            "ports": main["ports"], "gpus": main["gpus"], "role_arn": "arn:aws:iam::123456789012:role/llm", "pod_identity": false,
            "containers": [main, init],
        });
        assert_eq!(Value::Object(containers(Object(&spec))), expected);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-z/:.=-]{0,20}".prop_map(Value::from),
        ];
        let names = prop_oneof![
            Just("containers"),
            Just("initContainers"),
            Just("env"),
            Just("name"),
            Just("value"),
            Just("image"),
            Just("args"),
            Just("ports"),
            Just("containerPort"),
            Just("resources"),
            Just("limits"),
            Just("nvidia.com/gpu"),
            Just("other"),
        ];
        leaf.prop_recursive(5, 64, 6, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::vec((names.clone(), inner), 0..6)
                    .prop_map(|members| members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_shape_is_too_odd(spec in any_json()) {
            let columns = containers(Object(&spec));
            prop_assert!(columns.len() <= CONTAINER_COLUMNS.len());
        }
    }
}
