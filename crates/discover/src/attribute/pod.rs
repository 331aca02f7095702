//! Pods of EKS: the workload is the service account, `arn:…:eks:<region>:<account>:pod/<cluster>/<namespace>/<service account>`.
//!
//! A pod's keys were handed out by a call that names it: `AssumeRoleWithWebIdentity` by its subject (IRSA), the calls of Pod Identity
//! by session tags. The key of the model's call is the one that was issued.

use sightline_model::edge::{Confidence, WorkloadKind};

use super::{Attribution, shared};
use crate::caller::Caller;
use crate::estate::{Estate, Issued};

/// What stands for a cluster that the inventory does not have.
const UNKNOWN_CLUSTER: &str = "unknown";

/// What tells which service accounts have a role.
const TABLES: &[&str] = &["aws_eks_cluster", "aws_eks_pod_identity_association", "kubernetes_service_account"];

/// A service account of a cluster.
struct Pod<'a> {
    cluster: &'a str,
    namespace: &'a str,
    service_account: &'a str,
}

/// The pod whose key made the call.
pub(super) fn by_session(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let issued = estate.sessions.get(&caller.access_key_id)?;
    issued.iter().find_map(|issued| of_tags(issued, estate).or_else(|| of_subject(issued, estate)))
}

fn of_tags(issued: &Issued, estate: &Estate) -> Option<Attribution> {
    if issued.namespace.is_empty() || issued.service_account.is_empty() || issued.cluster.is_empty() {
        return None;
    }
    let pod = Pod { cluster: &issued.cluster, namespace: &issued.namespace, service_account: &issued.service_account };
    let name = if issued.pod.is_empty() { String::new() } else { format!(", pod {}", issued.pod) };
    let sentence = format!("the key was issued by {} with the pod's session tags{name}", issued.event_name);
    Some(attribution(&pod, &issued.caller, estate, Confidence::Exact, sentence))
}

fn of_subject(issued: &Issued, estate: &Estate) -> Option<Attribution> {
    if issued.event_name != "AssumeRoleWithWebIdentity" {
        return None;
    }
    let (namespace, service_account) =
        issued.caller.user_name.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    // The principal's id begins with the provider's ARN, which ends with the issuer's URL.
    let issuer_of = |issuer: &str| issuer.split_once("://").map_or(issuer, |(_, rest)| rest).to_owned();
    let cluster = estate.clusters.iter().find(|cluster| {
        let issuer = issuer_of(&cluster.issuer);
        !issuer.is_empty() && issued.caller.principal_id.contains(&format!("oidc-provider/{issuer}:"))
    });
    let name = cluster.map_or(UNKNOWN_CLUSTER, |cluster| &cluster.name);
    let pod = Pod { cluster: name, namespace, service_account };
    let doubt = if cluster.is_none() { "; no cluster of the inventory has this issuer" } else { "" };
    let sentence = format!("the key was issued by AssumeRoleWithWebIdentity to {}{doubt}", issued.caller.user_name);
    Some(attribution(&pod, &issued.caller, estate, Confidence::Exact, sentence))
}

/// The service accounts that Pod Identity gives the session's role, or whose annotation names it. The agent names sessions `eks-<cluster>-<pod>-…`.
pub(super) fn by_role(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let fitting =
        estate.associations.iter().filter(|one| caller.has_role(&one.role_arn) && one.account_id == caller.account());
    let candidates = fitting.map(|one| {
        let pod = Pod { cluster: &one.cluster, namespace: &one.namespace, service_account: &one.service_account };
        let sentence = match one.is_annotation {
            true => "the annotation of this service account alone names the session's role",
            false => "Pod Identity gives the session's role to this service account alone",
        };
        attribution(&pod, caller, estate, Confidence::Session, sentence.to_owned())
    });
    shared::one_of(caller, estate, TABLES, candidates.collect())
}

fn attribution(pod: &Pod<'_>, seen: &Caller, estate: &Estate, confidence: Confidence, sentence: String) -> Attribution {
    let account = seen.account_id.as_str();
    let cluster = estate.clusters.iter().find(|cluster| cluster.name == pod.cluster && cluster.account_id == account);
    let region = cluster.map_or(seen.region.as_str(), |cluster| &cluster.region);
    let Pod { cluster, namespace, service_account } = pod;
    Attribution {
        arn: format!("arn:{}:eks:{region}:{account}:pod/{cluster}/{namespace}/{service_account}", seen.partition()),
        kind: WorkloadKind::Pod,
        title: format!("{namespace}/{service_account}"),
        confidence,
        sentence,
    }
}
