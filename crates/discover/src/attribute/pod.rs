//! Pods of EKS: the workload is the service account, `arn:…:eks:<region>:<account>:pod/<cluster>/<namespace>/<service account>`.
//!
//! A pod's keys were handed out by a call that names it: `AssumeRoleWithWebIdentity` by its subject (IRSA), the calls of Pod Identity
//! by session tags. The key of the model's call is the one that was issued.

use sightline_model::edge::{Confidence, WorkloadKind};

use super::{Attribution, shared};
use crate::caller::Caller;
use crate::estate::{Association, Estate};
use crate::issued::Issued;

/// What stands for a cluster that the inventory does not have.
const UNKNOWN_CLUSTER: &str = "unknown";

/// What takes roles for pods by Pod Identity.
const PODS: &[&str] = &["pods.eks.amazonaws.com"];

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

/// The pod as session tags tell it.
fn of_tags(issued: &Issued, estate: &Estate) -> Option<Attribution> {
    if issued.namespace.is_empty() || issued.service_account.is_empty() || issued.cluster.is_empty() {
        return None;
    }
    let pod = Pod { cluster: &issued.cluster, namespace: &issued.namespace, service_account: &issued.service_account };
    let name = if issued.pod.is_empty() { String::new() } else { format!(", pod {}", issued.pod) };
    let sentence = format!("the key was issued by {} with the pod's session tags{name}", issued.event_name);
    let pod = attribution(&pod, &issued.caller, estate, Confidence::Exact, sentence);
    Some(Attribution { place: issued.place.clone(), ..pod })
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
    let pod = attribution(&pod, &issued.caller, estate, Confidence::Exact, sentence);
    Some(Attribution { place: issued.place.clone(), ..pod })
}

/// The service accounts that Pod Identity gives the session's role, or whose annotation names it. Of several the session's name tells: Pod
/// Identity names sessions `eks-<cluster>-<pod>-<UUID>`, and pods are known by name over time.
pub(super) fn by_role(caller: &Caller, estate: &Estate) -> Option<Attribution> {
    let associations = estate.associations.get(&caller.issuer_arn).map(Vec::as_slice).unwrap_or_default();
    let fitting: Vec<&Association> = associations.iter().filter(|one| one.account_id == caller.account()).collect();
    if fitting.len() > 1
        && let Some(pod) = by_name(caller, &fitting, estate)
    {
        return Some(pod);
    }
    let candidates = fitting.into_iter().map(|one| {
        let sentence = match one.is_annotation {
            true => "the annotation of this service account alone names the session's role",
            false => "Pod Identity gives the session's role to this service account alone",
        };
        let found = attribution(&pod_of(one), caller, estate, Confidence::Session, sentence.to_owned());
        shared::unless_others(caller, estate, PODS, found)
    });
    shared::one_of(caller, estate, TABLES, candidates.collect())
}

/// The one of them whose pod the session is named after.
fn by_name(caller: &Caller, fitting: &[&Association], estate: &Estate) -> Option<Attribution> {
    let is_named = |one: &&&Association| {
        let mut accounts = estate.pod_names.of_session(&caller.session_name);
        accounts.any(|account| {
            account.account_id == one.account_id
                && account.cluster == one.cluster
                && account.namespace == one.namespace
                && account.service_account == one.service_account
        })
    };
    let mut named = fitting.iter().filter(is_named);
    let one = named.next()?;
    if named.next().is_some() {
        return None;
    }
    let sentence = "the session is named after a pod of this service account, which has the role";
    let found = attribution(&pod_of(one), caller, estate, Confidence::Session, sentence.to_owned());
    Some(shared::unless_others(caller, estate, PODS, found))
}

fn pod_of(one: &Association) -> Pod<'_> {
    Pod { cluster: &one.cluster, namespace: &one.namespace, service_account: &one.service_account }
}

fn attribution(pod: &Pod<'_>, seen: &Caller, estate: &Estate, confidence: Confidence, sentence: String) -> Attribution {
    let account = seen.account_id.as_str();
    let cluster = estate.clusters.iter().find(|cluster| cluster.name == pod.cluster && cluster.account_id == account);
    let region = cluster.map_or(seen.region.as_str(), |cluster| &cluster.region);
    let Pod { cluster, namespace, service_account } = pod;
    Attribution {
        arn: arn(&seen.partition(), region, account, cluster, [namespace, service_account]),
        kind: WorkloadKind::Pod,
        title: format!("{namespace}/{service_account}"),
        confidence,
        sentence,
        place: None,
    }
}

/// The ARN that stands for the pods of a service account, given with its namespace before it.
pub(crate) fn arn(partition: &str, region: &str, account: &str, cluster: &str, service_account: [&str; 2]) -> String {
    format!("arn:{partition}:eks:{region}:{account}:pod/{cluster}/{}", service_account.join("/"))
}
