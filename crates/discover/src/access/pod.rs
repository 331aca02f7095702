//! Pods whose role an OIDC provider hands out (IRSA): the role's trust policy names the cluster's issuer and the service accounts.
//!
//! Source: <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>.

use serde::Deserialize;
use serde_json::Value;
use sightline_iam::document::Principal;
use sightline_iam::organization::Workload;
use sightline_iam::{Effect, PolicyDocument, Statement};
use sightline_lake::Session;

use crate::DiscoverError;
use crate::estate::Cluster;
use crate::query::query;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Role {
    account_id: String,
    arn: String,
    trust: Value,
}

/// The service accounts that roles are handed to: `*` stands where the trust policy leaves a part open.
pub(crate) async fn read(session: &Session) -> Result<Vec<Workload>, DiscoverError> {
    let clusters: Vec<Cluster> = query!("clusters").rows(session).await?;
    let roles: Vec<Role> = query!("access/workload/irsa").rows(session).await?;
    Ok(roles.iter().flat_map(|role| of_role(role, &clusters)).collect())
}

fn of_role(role: &Role, clusters: &[Cluster]) -> Vec<Workload> {
    let Ok(trust) = PolicyDocument::deserialize(&role.trust) else { return Vec::new() };
    let allows = trust.statement.iter().filter(|statement| statement.effect == Effect::Allow);
    let mut out = Vec::new();
    for statement in allows {
        for cluster in clusters.iter().filter(|cluster| !cluster.issuer.is_empty()) {
            let issuer = cluster.issuer.split_once("://").map_or(cluster.issuer.as_str(), |(_, rest)| rest);
            if is_trusted(statement, issuer) {
                out.extend(subjects(statement, issuer).iter().map(|subject| pod(role, cluster, subject)));
            }
        }
    }
    out
}

fn is_trusted(statement: &Statement, issuer: &str) -> bool {
    let Some(Principal::Named(named)) = &statement.principal else { return false };
    let provider = format!(":oidc-provider/{issuer}");
    named.get("Federated").into_iter().flatten().any(|arn| arn.ends_with(&provider))
}

/// The subjects that tokens must have: any where no condition says.
fn subjects(statement: &Statement, issuer: &str) -> Vec<String> {
    let key = format!("{issuer}:sub");
    let positive = statement.condition.iter().filter(|(operator, _)| !operator.contains("Not"));
    let values = positive.flat_map(|(_, keys)| keys).filter(|(own, _)| own.eq_ignore_ascii_case(&key));
    let found: Vec<String> = values.flat_map(|(_, values)| values.clone()).collect();
    if found.is_empty() { vec!["*".to_owned()] } else { found }
}

fn pod(role: &Role, cluster: &Cluster, subject: &str) -> Workload {
    let names = subject.strip_prefix("system:serviceaccount:").and_then(|names| names.split_once(':'));
    let (namespace, service_account) = names.unwrap_or(("*", "*"));
    let partition = role.arn.split(':').nth(1).unwrap_or("aws");
    let Cluster { account_id, region, name, .. } = cluster;
    Workload {
        id: format!("arn:{partition}:eks:{region}:{account_id}:pod/{name}/{namespace}/{service_account}"),
        kind: "pod".to_owned(),
        account: role.account_id.clone(),
        role: role.arn.clone(),
        invoked_by: Vec::new(),
        open_to: Vec::new(),
    }
}
