//! The inventory as discovery needs it, read once.

use std::collections::BTreeMap;

use serde::Deserialize;
use sightline_lake::Session;

use crate::DiscoverError;
use crate::address::Addresses;
use crate::binding::Bindings;
use crate::control;
use crate::coverage::Coverage;
use crate::issued::Sessions;
use crate::model::Models;
use crate::pod_name::PodNames;
use crate::query::query;
use crate::task::Tasks;
use crate::trust::Trusts;

/// A service account that Pod Identity gives a role, or whose annotation names one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Association {
    pub(crate) account_id: String,
    pub(crate) cluster: String,
    pub(crate) namespace: String,
    pub(crate) service_account: String,
    pub(crate) role_arn: String,
    /// IRSA's annotation says so, in the cluster
    pub(crate) is_annotation: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Cluster {
    pub(crate) account_id: String,
    pub(crate) region: String,
    pub(crate) name: String,
    /// URL of its OpenID Connect issuer
    pub(crate) issuer: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Endpoint {
    id: String,
    policy_document: Option<serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AgentGuardrail {
    arn: String,
    guardrail_id: String,
}

/// Everything that is joined with the calls.
#[derive(Debug, Default)]
pub(crate) struct Estate {
    pub(crate) coverage: Coverage,
    pub(crate) models: Models,
    pub(crate) addresses: Addresses,
    pub(crate) bindings: Bindings,
    pub(crate) trusts: Trusts,
    pub(crate) tasks: Tasks,
    /// role → service accounts
    pub(crate) associations: BTreeMap<String, Vec<Association>>,
    pub(crate) clusters: Vec<Cluster>,
    /// of the day that is looked at
    pub(crate) sessions: Sessions,
    /// of the sessions whose issuing no log tells
    pub(crate) pod_names: PodNames,
    /// VPC endpoint id → policy
    pub(crate) vpc_endpoints: BTreeMap<String, Option<serde_json::Value>>,
    /// agent's ARN → its guardrail; empty where it has none
    pub(crate) agent_guardrails: BTreeMap<String, String>,
    /// what controls alone read
    pub(crate) controls: control::Facts,
    /// region and identity → calls of `ApplyGuardrail`
    pub(crate) guardrail_calls: BTreeMap<(String, String), i64>,
}

impl Estate {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let endpoints: Vec<Endpoint> = query!("vpc_endpoints").rows(session).await?;
        let guardrails: Vec<AgentGuardrail> = query!("agent_guardrails").rows(session).await?;
        let mut associations: BTreeMap<String, Vec<Association>> = BTreeMap::new();
        for query in [query!("workload/pod"), query!("workload/service_account")] {
            for row in query.rows::<Association>(session).await? {
                associations.entry(row.role_arn.clone()).or_default().push(row);
            }
        }
        Ok(Self {
            coverage: Coverage::read(session).await?,
            controls: control::Facts::read(session).await?,
            models: Models::read(session).await?,
            addresses: Addresses::read(session).await?,
            bindings: Bindings::read(session).await?,
            trusts: Trusts::read(session).await?,
            tasks: Tasks::read(session).await?,
            associations,
            clusters: query!("clusters").rows(session).await?,
            vpc_endpoints: endpoints.into_iter().map(|endpoint| (endpoint.id, endpoint.policy_document)).collect(),
            agent_guardrails: guardrails.into_iter().map(|row| (row.arn, row.guardrail_id)).collect(),
            ..Self::default()
        })
    }
}
