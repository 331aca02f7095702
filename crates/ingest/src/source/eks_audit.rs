//! Audit logs of EKS control planes. EKS writes them only to CloudWatch Logs (`/aws/eks/<cluster>/cluster`, streams
//! `kube-apiserver-audit-*`); they are read from there, from export tasks, or from what a subscription has put into S3.
//!
//! Format: <https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/>, log group:
//! <https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>.

use super::Source;
use crate::kubernetes::{cluster, decode};
use crate::peek::Peek;
use crate::{Batch, Content, ObjectRef, Stats};
use memchr::memmem;
use sightline_model::LakeTable;
use sightline_model::lake_table::KUBERNETES_CALL;

/// The unit.
pub static UNIT: EksAudit = EksAudit;

/// Audit events of Kubernetes API servers that EKS runs.
#[derive(Debug)]
pub struct EksAudit;

impl Source for EksAudit {
    fn name(&self) -> &'static str {
        "eks_audit"
    }

    fn about(&self) -> &'static str {
        "Kubernetes audit logs of EKS clusters"
    }

    fn tables(&self) -> &'static [&'static LakeTable] {
        &[KUBERNETES_CALL]
    }

    fn layouts(&self) -> &'static [&'static str] {
        &[
            "logs:///aws/eks/<cluster>/cluster, streams kube-apiserver-audit-*",
            "<prefix>/<task>/kube-apiserver-audit-<id>/*.gz, exported from it",
        ]
    }

    fn detect(&self, key: &str, head: &[u8]) -> bool {
        cluster::is_of_cluster(key) || is_event(&Peek::at(head)) || is_of_group(head)
    }

    fn decode(&self, object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats {
        decode::decode(object, content, batch)
    }
}

fn is_event(first: &Peek) -> bool {
    first.text("apiVersion").starts_with("audit.k8s.io/") && first.has("auditID")
}

/// A subscription to a cluster's log group: its first messages may be of another stream than the audit log's.
fn is_of_group(head: &[u8]) -> bool {
    let head = head.trim_ascii_start();
    let begin = head.get(..head.len().min(1024)).unwrap_or_default();
    begin.starts_with(b"{\"messageType\"") && memmem::find(begin, b"\"logGroup\":\"/aws/eks/").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn recognised_by_key_or_by_content() {
        assert!(UNIT.detect("exports/1a2b/kube-apiserver-audit-0a1b2c/000000.gz", b""));
        let record =
            json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request", "auditID": "1"}).to_string();
        assert!(UNIT.detect("a", record.as_bytes()));
        assert!(UNIT.detect("a", format!("2026-11-22T03:04:05.000Z {record}\n").as_bytes()));
        assert!(UNIT.detect("a", json!({"timestamp": 1, "message": record}).to_string().as_bytes()));
        let other = json!({"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "/aws/eks/c/cluster", "logStream": "authenticator-1",
            "logEvents": [{"id": "1", "timestamp": 1, "message": "time=x"}]});
        assert!(UNIT.detect("a", other.to_string().as_bytes()));
        assert!(!UNIT.detect("a", br#"{"kind":"Event","apiVersion":"v1","note":"audit.k8s.io/v1 auditID"}"#));
        assert!(!UNIT.detect("exports/1a2b/kube-apiserver-0a1b2c/000000.gz", b"I1122 03:04:05.000000 1 x.go:1] hello"));
    }
}
