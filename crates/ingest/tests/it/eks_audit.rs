//! Audit logs of EKS control planes: events in the shapes that API servers write, on every way that CloudWatch Logs has.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::support::{gzip, of, read};
use proptest::prelude::*;
use serde_json::{Value, json};

const KEY: &str = "logs/aws/eks/prod/cluster/kube-apiserver-audit-0a1b/2026-11-22T03:00:00Z..2026-11-22T03:15:00Z";
const NODE_ARN: &str = "arn:aws:sts::123456789012:assumed-role/node/i-0a";

/// An event with what every event has, and more.
fn event(more: Value) -> Value {
    let mut event = json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request", "auditID": "a-1", "stage": "ResponseComplete",
        "requestURI": "/api/v1/namespaces/ai/configmaps/c", "verb": "get",
        "user": {
            "username": "platform-admin", "uid": "aws-iam-authenticator:123456789012:AROAX", "groups": ["system:masters", "system:authenticated"],
            "extra": {
                "accessKeyId": ["ASIAX"], "arn": ["arn:aws:sts::210987654321:assumed-role/Admin/alice"],
                "canonicalArn": ["arn:aws:iam::210987654321:role/Admin"], "principalId": ["AROAX"], "sessionName": ["alice"],
            },
        },
        "sourceIPs": ["203.0.113.9"], "userAgent": "kubectl/v1.31.0",
        "objectRef": {"resource": "configmaps", "namespace": "ai", "name": "c", "apiVersion": "v1"},
        "responseStatus": {"metadata": {}, "code": 200},
        "requestReceivedTimestamp": "2026-11-22T03:04:05.123456Z", "stageTimestamp": "2026-11-22T03:04:05.223456Z",
        "annotations": {"authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": ""},
    });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

/// A pod as the API server answers with it.
fn pod() -> Value {
    json!({
        "kind": "Pod", "apiVersion": "v1",
        "metadata": {
            "name": "agent-7f9-x2k", "generateName": "agent-7f9-", "namespace": "ai", "uid": "11-22",
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "CANARY"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "agent-7f9", "uid": "33", "controller": true}],
        },
        "spec": {
            "nodeName": "ip-10-0-0-1.eu-west-1.compute.internal", "serviceAccountName": "agent",
            "initContainers": [{"name": "i", "image": "init:1"}],
            "containers": [
                {"name": "a", "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent:1", "args": ["CANARY"], "command": ["CANARY"],
                 "env": [{"name": "CANARY", "value": "CANARY"}],
                 "resources": {"limits": {"cpu": "1", "nvidia.com/gpu": "2"}, "requests": {"nvidia.com/gpu": "2"}}},
                {"name": "b", "image": "vllm:2", "resources": {"limits": {"aws.amazon.com/neuron": 1, "nvidia.com/gpu": "1"}}},
            ],
        },
        "status": {"phase": "Running", "podIP": "10.0.1.9", "hostIP": "10.0.0.1", "podIPs": [{"ip": "10.0.1.9"}]},
    })
}

fn lines(events: &[Value]) -> Vec<u8> {
    events.iter().map(|event| format!("{event}\n")).collect::<String>().into_bytes()
}

/// A whole object: the source's name, its key, its bytes. Each record is one row.
pub(crate) fn sample() -> (&'static str, &'static str, Vec<u8>) {
    let events = ["a-1", "a-2", "a-3"].map(|id| event(json!({"auditID": id, "requestObject": {"}": "\\\"{"}})));
    ("eks_audit", KEY, lines(&events))
}

fn rows(events: &[Value]) -> Vec<Value> {
    let (decoded, rows) = read(KEY, &lines(events));
    assert_eq!((decoded.source, decoded.stats.rejects), ("eks_audit", 0));
    of(&rows, "kubernetes_call").to_vec()
}

fn pods(verb: &str, more: Value) -> Value {
    let mut event = event(json!({
        "verb": verb, "requestURI": "/api/v1/namespaces/ai/pods", "level": "RequestResponse",
        "objectRef": {"resource": "pods", "namespace": "ai", "apiVersion": "v1"},
        "user": {"username": "system:serviceaccount:kube-system:replicaset-controller", "groups": ["system:serviceaccounts"]},
    }));
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

#[test]
fn a_call_of_a_person() {
    insta::assert_json_snapshot!(rows(&[event(json!({}))]), @r#"
    [
      {
        "audit_id": "a-1",
        "event_time": "2026-11-22T03:04:05.123456Z",
        "cluster_name": "prod",
        "stage": "ResponseComplete",
        "level": "Request",
        "verb": "get",
        "request_uri": "/api/v1/namespaces/ai/configmaps/c",
        "resource": "configmaps",
        "namespace": "ai",
        "name": "c",
        "user_name": "platform-admin",
        "user_groups": [
          "system:masters",
          "system:authenticated"
        ],
        "identity_arn": "arn:aws:sts::210987654321:assumed-role/Admin/alice",
        "session_name": "alice",
        "access_key_id": "ASIAX",
        "impersonated_groups": [],
        "source_ips": [
          "203.0.113.9"
        ],
        "user_agent": "kubectl/v1.31.0",
        "response_code": 200,
        "decision": "allow",
        "object": "test",
        "line": 1
      }
    ]
    "#);
}

#[test]
fn a_pod_of_a_controller() {
    let rows =
        rows(&[pods("create", json!({"responseObject": pod(), "requestObject": {"spec": {"nodeName": "none"}}}))]);
    assert_eq!(rows[0]["name"], "agent-7f9-x2k");
    insta::assert_json_snapshot!(rows[0]["pod"], @r#"
    {
      "uid": "11-22",
      "node": "ip-10-0-0-1.eu-west-1.compute.internal",
      "service_account": "agent",
      "pod_ip": "10.0.1.9",
      "host_ip": "10.0.0.1",
      "phase": "Running",
      "owner_kind": "ReplicaSet",
      "owner_name": "agent-7f9",
      "accelerators": {
        "nvidia.com/gpu": 3,
        "aws.amazon.com/neuron": 1
      },
      "images": [
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/agent:1",
        "vllm:2",
        "init:1"
      ]
    }
    "#);
}

#[test]
fn a_pod_on_its_way() {
    let at = |subresource: &str| json!({"resource": "pods", "namespace": "ai", "name": "p", "uid": "11-22", "apiVersion": "v1", "subresource": subresource});
    let node = json!({"username": "system:node:n", "groups": ["system:nodes"]});
    let rows = rows(&[
        pods(
            "create",
            json!({"objectRef": at("binding"), "requestObject": {"kind": "Binding", "target": {"kind": "Node", "name": "n-1"}},
            "responseObject": {"kind": "Status", "status": "Success", "code": 201}}),
        ),
        pods(
            "patch",
            json!({"objectRef": at("status"), "user": node, "requestObject": {"metadata": {"uid": "11-22"}, "status": {"podIP": "10.0.1.9", "phase": "Running"}}}),
        ),
        pods(
            "patch",
            json!({"objectRef": at(""), "user": {"username": "alice"}, "requestObject": [{"op": "add", "path": "/spec", "value": "CANARY"}]}),
        ),
        pods("delete", json!({"objectRef": at(""), "user": node, "level": "Metadata"})),
        pods(
            "create",
            json!({"objectRef": at("exec"), "user": {"username": "alice"},
            "requestURI": "/api/v1/namespaces/ai/pods/p/exec?command=sh&command=-c&command=CANARY&container=a&stdin=true"}),
        ),
    ]);
    insta::assert_json_snapshot!(rows.iter().map(|row| &row["pod"]).collect::<Vec<_>>(), @r#"
    [
      {
        "uid": "11-22",
        "node": "n-1"
      },
      {
        "uid": "11-22",
        "pod_ip": "10.0.1.9",
        "phase": "Running"
      },
      {
        "uid": "11-22"
      },
      {
        "uid": "11-22"
      },
      {
        "uid": "11-22"
      }
    ]
    "#);
    assert_eq!(
        rows[4]["request_uri"],
        "/api/v1/namespaces/ai/pods/p/exec?command=sh&command=…&command=…&container=a&stdin=true"
    );
}

#[test]
fn a_token_is_told_without_the_token() {
    let rows = rows(&[event(json!({
        "verb": "create", "requestURI": "/api/v1/namespaces/ai/serviceaccounts/agent/token",
        "user": {"username": "system:node:ip-10-0-0-1.eu-west-1.compute.internal", "groups": ["system:nodes"], "extra": {"arn": [NODE_ARN]}},
        "objectRef": {"resource": "serviceaccounts", "namespace": "ai", "name": "agent", "apiVersion": "v1", "subresource": "token"},
        "requestObject": {"kind": "TokenRequest", "spec": {"audiences": ["pods.eks.amazonaws.com"], "expirationSeconds": 86400,
            "boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "agent-7f9-x2k", "uid": "11-22"}}, "status": {"token": ""}},
        "responseObject": {"kind": "TokenRequest", "spec": {"audiences": ["pods.eks.amazonaws.com"],
            "boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "agent-7f9-x2k", "uid": "11-22"}}, "status": {"token": "CANARY"}},
    }))]);
    insta::assert_json_snapshot!(rows[0]["pod"], @r#"
    {
      "name": "agent-7f9-x2k",
      "uid": "11-22",
      "audiences": [
        "pods.eks.amazonaws.com"
      ]
    }
    "#);
    assert!(!format!("{rows:?}").contains("CANARY"));
}

#[test]
fn the_pod_behind_a_service_account() {
    let rows = rows(&[event(json!({
        "user": {"username": "system:serviceaccount:ai:agent", "groups": ["system:serviceaccounts"], "extra": {
            "authentication.kubernetes.io/pod-name": ["agent-7f9-x2k"], "authentication.kubernetes.io/pod-uid": ["11-22"],
            "authentication.kubernetes.io/credential-id": ["JTI=1"]}},
        "impersonatedUser": {"username": "root", "groups": ["system:masters"]},
    }))]);
    assert_eq!((&rows[0]["caller_pod_name"], &rows[0]["caller_pod_uid"]), (&json!("agent-7f9-x2k"), &json!("11-22")));
    assert_eq!(
        (&rows[0]["impersonated_user"], &rows[0]["impersonated_groups"]),
        (&json!("root"), &json!(["system:masters"]))
    );
}

#[test]
fn the_flood_is_counted() {
    let node = json!({"username": "system:node:ip-10-0-0-1.eu-west-1.compute.internal", "groups": ["system:nodes"], "extra": {"arn": [NODE_ARN]}});
    let lease =
        json!({"resource": "leases", "namespace": "kube-node-lease", "name": "n", "apiGroup": "coordination.k8s.io"});
    let events = [
        event(json!({"stage": "RequestReceived"})),
        event(json!({"stage": "ResponseStarted"})),
        event(json!({"user": node})),
        event(json!({"user": node, "verb": "update", "objectRef": lease})),
        event(json!({"user": node, "responseStatus": {"code": 403}})),
        event(json!({"stage": "Panic"})),
    ];
    let (decoded, rows) = read("copied/elsewhere", &lines(&events));
    assert_eq!((decoded.stats.records, decoded.stats.passed_over, decoded.stats.rejects), (2, 4, 0));
    // The nodes' events told whose the cluster is, those of a visitor did not.
    assert_eq!((decoded.stats.account_id.as_str(), decoded.stats.region.as_str()), ("123456789012", "eu-west-1"));
    let rows = of(&rows, "kubernetes_call");
    assert_eq!(
        (&rows[0]["account_id"], &rows[0]["region"], rows[0].get("cluster_name")),
        (&json!("123456789012"), &json!("eu-west-1"), None)
    );
}

#[test]
fn every_way_of_cloudwatch() {
    let text = event(json!({})).to_string();
    let subscription = |stream: &str, messages: &[&str]| {
        let events: Vec<Value> =
            messages.iter().map(|message| json!({"id": "1", "timestamp": 1, "message": message})).collect();
        json!({"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "/aws/eks/prod/cluster", "logStream": stream,
            "subscriptionFilters": ["f"], "logEvents": events})
        .to_string()
    };
    let line = |stream: &str, message: &str| {
        json!({"timestamp": 1, "ingestionTime": 2, "logStream": stream, "message": message}).to_string() + "\n"
    };
    let (audit, other) = ("kube-apiserver-audit-1", "authenticator-1");
    for (key, object, passed_over) in [
        (
            "stream/2026/11/22/03/x",
            subscription(other, &["time=1 level=info", "x"]) + &subscription(audit, &[&text, &text]),
            2,
        ),
        (KEY, line(other, "time=1 level=info") + &line(audit, &text) + &line(audit, &text), 1),
        (
            "aws/eks/prod/cluster/kube-apiserver-audit-1/000000.gz",
            format!("2026-11-22T03:04:05.000Z {text}\n2026-11-22T03:04:06.000Z {text}\n"),
            0,
        ),
    ] {
        let (decoded, rows) = read(key, &gzip(object.as_bytes()));
        assert_eq!(
            (decoded.source, decoded.stats.records, decoded.stats.passed_over, decoded.stats.rejects),
            ("eks_audit", 2, passed_over, 0)
        );
        assert!(of(&rows, "kubernetes_call").iter().all(|row| row["cluster_name"] == "prod"), "{key}: {rows:?}");
    }
}

#[test]
fn a_bad_record_costs_itself() {
    let text = [
        event(json!({})).to_string(),
        event(json!({})).to_string().replace("\"verb\":", "\"verb\" CANARY "),
        event(json!({"requestReceivedTimestamp": "CANARY", "stageTimestamp": 5})).to_string(),
        event(json!({"apiVersion": "v1"})).to_string(),
        "CANARY".to_owned(),
        // What is written twice counts as it stands last; what has another shape reads as nothing.
        event(json!({"user": ["x"], "sourceIPs": "x", "objectRef": 5, "responseStatus": null}))
            .to_string()
            .replace("\"verb\":", "\"verb\":\"list\",\"verb\":"),
    ]
    .join("\n");
    let (decoded, rows) = read(KEY, text.as_bytes());
    insta::assert_json_snapshot!(decoded.stats.reject_reasons, @r#"
    {
      "the event has no time": 1,
      "the record is no JSON: expected `…` at line … column …": 1,
      "the record is no JSON: expected value at line … column …": 1,
      "the record is no audit event: it lacks `…` or `…`": 1
    }
    "#);
    let rows = of(&rows, "kubernetes_call");
    assert_eq!((rows.len(), &rows[1]["verb"]), (2, &json!("get")));
    assert!(!format!("{:?}", decoded.stats.reject_samples).contains("CANARY"));
}

#[test]
fn large_events_are_bounded() {
    let images: Vec<Value> = (0..500)
        .map(|n| json!({"image": format!("{n}{}", "i".repeat(400)), "env": [{"value": "x".repeat(5000)}]}))
        .collect();
    let mut large = pod();
    large["spec"]["containers"] = images.into();
    let rows = rows(&[pods(
        "create",
        json!({"responseObject": large, "userAgent": "u".repeat(9000), "requestURI": "/".repeat(9000)}),
    )]);
    assert!(rows[0]["pod"].to_string().len() <= 4096);
    assert_eq!(
        rows[0]["pod"]["images"].as_array().unwrap().len() as u64 + rows[0]["pod"]["images_left_out"].as_u64().unwrap(),
        33
    );
    assert!(rows[0].to_string().len() < 8192);
}

/// Places where content stands: of secrets, configuration, tokens, variables, arguments, commands, patches, proxied requests.
const PLACES: &[&str] = &[
    "/responseObject/data/key",
    "/responseObject/stringData/key",
    "/requestObject/data/key",
    "/responseObject/status/token",
    "/requestObject/spec/containers/0/env/0/value",
    "/requestObject/spec/containers/0/env/0/name",
    "/responseObject/spec/containers/0/args/0",
    "/responseObject/spec/containers/0/command/0",
    "/responseObject/metadata/annotations/note",
    "/requestObject/0/value",
    "/responseObject/items/0/data/key",
    "/responseObject/spec/token",
    "/responseStatus/message",
    "/user/extra/other/0",
    "/annotations/other",
];

const RESOURCES: &[(&str, &str)] = &[
    ("secrets", ""),
    ("configmaps", ""),
    ("serviceaccounts", "token"),
    ("pods", ""),
    ("pods", "exec"),
    ("pods", "status"),
    ("deployments", ""),
];

/// Puts the value at the place; numbers are elements of arrays.
fn put(target: &mut Value, place: &str, value: Value) {
    let Some((name, rest)) =
        place.trim_start_matches('/').split_once('/').or(Some((place.trim_start_matches('/'), "")))
    else {
        return;
    };
    if name == "0" {
        if !target.is_array() {
            *target = json!([{}]);
        }
        if rest.is_empty() { target[0] = value } else { put(&mut target[0], rest, value) }
    } else {
        if !target.is_object() {
            *target = json!({});
        }
        if rest.is_empty() { target[name] = value } else { put(&mut target[name], rest, value) }
    }
}

proptest! {
    /// Content of secrets, tokens, variables and arguments never becomes part of a row or of a reject's sample.
    #[test]
    fn no_content_is_kept(
        places in prop::collection::vec(prop::sample::select(PLACES), 1..6),
        (resource, subresource) in prop::sample::select(RESOURCES),
        verb in prop::sample::select(&["get", "create", "patch", "delete", "list"][..]),
        with_pod in any::<bool>(),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let mut record = event(json!({
            "verb": verb, "objectRef": {"resource": resource, "subresource": subresource, "name": "n"},
            "requestURI": format!("/api/v1/namespaces/ai/{resource}/n/{subresource}?command=sh&command=CANARY&token=CANARY"),
        }));
        if with_pod {
            record["responseObject"] = pod();
        }
        for place in places {
            put(&mut record, place, "CANARY".into());
        }
        let mut text = record.to_string();
        if let Some(cut) = cut {
            text.truncate(cut.index(text.len()));
        }
        let (decoded, rows) = read(KEY, text.as_bytes());
        let all = format!("{rows:?} {:?}", decoded.stats);
        prop_assert!(!all.contains("CANARY"), "{}", all);
    }

    #[test]
    fn arbitrary_members_do_not_panic(place in prop::sample::select(SHAPES), value in json_value()) {
        let mut record = pods("create", json!({"responseObject": pod(), "requestObject": pod()}));
        put(&mut record, place, value);
        let (decoded, rows) = read(KEY, &lines(&[record]));
        prop_assert_eq!(decoded.stats.records + decoded.stats.rejects + decoded.stats.passed_over, 1);
        prop_assert!(of(&rows, "kubernetes_call").iter().all(|row| row["pod"].to_string().len() <= 4096));
    }
}

const SHAPES: &[&str] = &[
    "/user",
    "/user/username",
    "/user/groups",
    "/user/extra",
    "/user/extra/arn",
    "/objectRef",
    "/objectRef/resource",
    "/sourceIPs",
    "/responseStatus",
    "/responseStatus/code",
    "/responseObject",
    "/responseObject/metadata",
    "/responseObject/metadata/ownerReferences",
    "/responseObject/spec",
    "/responseObject/spec/containers",
    "/responseObject/spec/containers/0/resources",
    "/responseObject/status",
    "/requestURI",
    "/annotations",
    "/impersonatedUser",
    "/requestReceivedTimestamp",
    "/auditID",
    "/stage",
    "/verb",
];

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("(image|limits|kind|name|nvidia.com/gpu|\\PC{0,4})", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}
