//! Pods whose role an OIDC provider hands out (IRSA): the role's trust policy names the cluster's issuer and the service accounts.
//! Where it leaves these open, those are named whose annotation asks for the role, beside any that could.
//!
//! Source: <https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html>.

use sightline_model::pattern::matches;
use std::collections::BTreeSet;

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

/// A service account whose annotation names a role.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Annotated {
    account_id: String,
    region: String,
    cluster_name: String,
    namespace: String,
    name: String,
    role_arn: String,
}

/// The service accounts that roles are handed to: `*` stands where the trust policy leaves a part open.
pub(crate) async fn read(session: &Session) -> Result<Vec<Workload>, DiscoverError> {
    let clusters: Vec<Cluster> = query!("clusters").rows(session).await?;
    let roles: Vec<Role> = query!("access/workload/irsa").rows(session).await?;
    let annotated: Vec<Annotated> = query!("access/workload/service_account").rows(session).await?;
    Ok(roles.iter().flat_map(|role| of_role(role, &clusters, &annotated)).collect())
}

fn of_role(role: &Role, clusters: &[Cluster], annotated: &[Annotated]) -> Vec<Workload> {
    let Ok(trust) = PolicyDocument::deserialize(&role.trust) else { return Vec::new() };
    let allows = trust.statement.iter().filter(|statement| statement.effect == Effect::Allow);
    let mut out = Vec::new();
    for statement in allows {
        for cluster in clusters.iter().filter(|cluster| !cluster.issuer.is_empty()) {
            let issuer = cluster.issuer.split_once("://").map_or(cluster.issuer.as_str(), |(_, rest)| rest);
            if is_trusted(statement, issuer) {
                let subjects = subjects(statement, issuer);
                let asking = annotated.iter().filter(|account| account.is_of(role, cluster)).map(Annotated::subject);
                let named =
                    asking.filter(|own| subjects.iter().any(|subject| subject.contains('*') && matches(subject, own)));
                let named: BTreeSet<String> = named.collect();
                out.extend(subjects.iter().chain(&named).map(|subject| pod(role, cluster, subject)));
            }
        }
    }
    out
}

impl Annotated {
    fn is_of(&self, role: &Role, cluster: &Cluster) -> bool {
        self.role_arn == role.arn
            && self.cluster_name == cluster.name
            && self.region == cluster.region
            && self.account_id == cluster.account_id
    }

    fn subject(&self) -> String {
        format!("system:serviceaccount:{}:{}", self.namespace, self.name)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn subjects_of(pattern: &str) -> Vec<String> {
        let issuer = "oidc.eks.us-east-1.amazonaws.com/id/ABC";
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": format!("arn:aws:iam::123456789012:oidc-provider/{issuer}")},
            "Condition": {"StringLike": {format!("{issuer}:sub"): pattern}},
        }]});
        let role =
            Role { account_id: "123456789012".to_owned(), arn: "arn:aws:iam::123456789012:role/llm".to_owned(), trust };
        let cluster = Cluster {
            account_id: role.account_id.clone(),
            region: "us-east-1".to_owned(),
            name: "main".to_owned(),
            issuer: format!("https://{issuer}"),
        };
        let account = |namespace: &str, name: &str, role_arn: &str| Annotated {
            account_id: cluster.account_id.clone(),
            region: cluster.region.clone(),
            cluster_name: cluster.name.clone(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            role_arn: role_arn.to_owned(),
        };
        let annotated = [
            account("ai", "llm", &role.arn),
            account("web", "llm", &role.arn),
            account("ai", "other", "arn:aws:iam::123456789012:role/other"),
        ];
        let found = of_role(&role, &[cluster], &annotated);
        found.iter().filter_map(|pod| Some(pod.id.split_once("pod/main/")?.1.to_owned())).collect()
    }

    #[test]
    fn an_open_trust_policy_names_whoever_asks_beside_anyone() {
        assert_eq!(subjects_of("system:serviceaccount:ai:*"), ["ai/*", "ai/llm"]);
        assert_eq!(subjects_of("system:serviceaccount:*:*"), ["*/*", "ai/llm", "web/llm"]);
        assert_eq!(subjects_of("system:serviceaccount:ai:llm"), ["ai/llm"], "once");
    }
}
