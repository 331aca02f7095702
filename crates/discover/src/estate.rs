//! The inventory as discovery needs it, read once.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;
use sightline_lake::Session;

use crate::DiscoverError;
use crate::address::Addresses;
use crate::caller::Caller;
use crate::calls;
use crate::coverage::Coverage;
use crate::model::Models;
use crate::query::{Query, query};

/// Something that runs, and the role that it runs as. A row of `sql/workload/`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Bound {
    pub(crate) arn: String,
    pub(crate) title: String,
    pub(crate) account_id: String,
    /// what sessions are named after
    pub(crate) name: String,
    /// empty where unknown
    pub(crate) role_arn: String,
}

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

/// A call that handed out a session: who asked, and for a pod, for which.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Issued {
    #[serde(flatten)]
    pub(crate) caller: Caller,
    pub(crate) event_name: String,
    pub(crate) issued_access_key_id: String,
    pub(crate) cluster: String,
    pub(crate) namespace: String,
    pub(crate) service_account: String,
    pub(crate) pod: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Endpoint {
    id: String,
    policy_document: Option<serde_json::Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Logging {
    account_id: String,
    region: String,
    logged: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AgentGuardrail {
    arn: String,
    guardrail_id: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GuardrailCalls {
    region: String,
    identity_arn: String,
    calls: i64,
}

/// Everything that is joined with the calls.
#[derive(Debug, Default)]
pub(crate) struct Estate {
    pub(crate) coverage: Coverage,
    pub(crate) models: Models,
    pub(crate) addresses: Addresses,
    pub(crate) instances: Vec<Bound>,
    pub(crate) functions: Vec<Bound>,
    pub(crate) notebooks: Vec<Bound>,
    pub(crate) endpoints: Vec<Bound>,
    pub(crate) agents: Vec<Bound>,
    pub(crate) flows: Vec<Bound>,
    pub(crate) knowledge_bases: Vec<Bound>,
    pub(crate) runtimes: Vec<Bound>,
    pub(crate) associations: Vec<Association>,
    pub(crate) clusters: Vec<Cluster>,
    /// issued access key id → the calls that issued it
    pub(crate) sessions: HashMap<String, Vec<Issued>>,
    /// VPC endpoint id → policy
    pub(crate) vpc_endpoints: BTreeMap<String, Option<serde_json::Value>>,
    /// account and region → whether invocations of models are logged
    pub(crate) invocation_logging: BTreeMap<(String, String), bool>,
    /// agent's ARN → its guardrail; empty where it has none
    pub(crate) agent_guardrails: BTreeMap<String, String>,
    /// region and identity → calls of `ApplyGuardrail`
    pub(crate) guardrail_calls: BTreeMap<(String, String), i64>,
}

impl Estate {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let bound = async |query: Query| query.rows::<Bound>(session).await;
        let endpoints: Vec<Endpoint> = query!("vpc_endpoints").rows(session).await?;
        let logging: Vec<Logging> = query!("invocation_logging").rows(session).await?;
        let guardrails: Vec<AgentGuardrail> = query!("agent_guardrails").rows(session).await?;
        let mut associations: Vec<Association> = query!("workload/pod").rows(session).await?;
        associations.extend(query!("workload/service_account").rows::<Association>(session).await?);
        let applied: Vec<GuardrailCalls> = query!("guardrail_calls").rows(session).await?;
        Ok(Self {
            coverage: Coverage::read(session).await?,
            models: Models::read(session).await?,
            addresses: Addresses::read(session).await?,
            instances: bound(query!("workload/instance")).await?,
            functions: bound(query!("workload/function")).await?,
            notebooks: bound(query!("workload/notebook")).await?,
            endpoints: bound(query!("workload/endpoint")).await?,
            agents: bound(query!("workload/agent")).await?,
            flows: bound(query!("workload/flow")).await?,
            knowledge_bases: bound(query!("workload/knowledge_base")).await?,
            runtimes: bound(query!("workload/runtime")).await?,
            associations,
            clusters: query!("clusters").rows(session).await?,
            sessions: sessions(session).await?,
            vpc_endpoints: endpoints.into_iter().map(|endpoint| (endpoint.id, endpoint.policy_document)).collect(),
            invocation_logging: logging.into_iter().map(|row| ((row.account_id, row.region), row.logged)).collect(),
            agent_guardrails: guardrails.into_iter().map(|row| (row.arn, row.guardrail_id)).collect(),
            guardrail_calls: applied.into_iter().map(|row| ((row.region, row.identity_arn), row.calls)).collect(),
        })
    }
}

async fn sessions(session: &Session) -> Result<HashMap<String, Vec<Issued>>, DiscoverError> {
    let query = query!("sessions");
    let issued: Vec<Issued> = query.rows_of(session, &query.sql.replace("$model_calls", &calls::condition())).await?;
    let mut by_key: HashMap<String, Vec<Issued>> = HashMap::new();
    for row in issued {
        by_key.entry(row.issued_access_key_id.clone()).or_default().push(row);
    }
    Ok(by_key)
}
