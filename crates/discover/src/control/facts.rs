//! What controls read of the inventory, beside the estate.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use sightline_iam::policy::Policy;
use sightline_lake::Session;
use sightline_model::edge::Tri;

use super::enforced::{Asked, Enforced};
use super::logging::Logging;
use super::memo::Memo;
use super::trail::Trails;
use crate::DiscoverError;
use crate::query::query;
use crate::route::Network;

/// Read once; answers that many edges share are kept.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) network: Network,
    pub(super) trails: Trails,
    pub(super) enforced: Enforced,
    pub(super) asked: Asked,
    /// account and region
    pub(super) logging: HashMap<(String, String), Logging>,
    /// foundation model's ARN → what it answers with
    pub(super) answers: HashMap<String, Vec<String>>,
    /// inference profile's ARN → ARNs of its models
    pub(super) profiles: HashMap<String, Vec<String>>,
    /// VPC endpoint's id
    pub(super) endpoints: HashMap<String, Endpoint>,
    /// account and region → guardrails
    pub(super) guardrails: BTreeMap<(String, String), Vec<String>>,
    /// endpoint, action and resource
    pub(super) restricted: Memo<(String, &'static str, String), (Tri, String)>,
}

/// A VPC endpoint of ours.
#[derive(Debug, Clone, Default)]
pub(super) struct Endpoint {
    pub(super) arn: String,
    /// none where it was not read
    pub(super) policy: Option<Arc<Policy>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EndpointRow {
    arn: String,
    id: String,
    policy: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answers {
    arn: String,
    answers: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Profile {
    arn: String,
    models: Vec<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Guardrail {
    account_id: String,
    region: String,
    arn: String,
}

impl Facts {
    pub(crate) async fn read(session: &Session) -> Result<Self, DiscoverError> {
        let logging: Vec<Logging> = query!("control/logging").rows(session).await?;
        let answers: Vec<Answers> = query!("control/modality").rows(session).await?;
        let profiles: Vec<Profile> = query!("control/profile").rows(session).await?;
        let endpoints: Vec<EndpointRow> = query!("control/endpoint").rows(session).await?;
        let mut guardrails: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for row in query!("control/guardrail").rows::<Guardrail>(session).await? {
            guardrails.entry((row.account_id, row.region)).or_default().push(row.arn);
        }
        Ok(Self {
            network: Network::read(session).await?,
            trails: Trails::read(session).await?,
            enforced: Enforced::read(session).await?,
            asked: Asked::read(session).await?,
            logging: logging.into_iter().map(|row| ((row.account_id.clone(), row.region.clone()), row)).collect(),
            answers: answers.into_iter().map(|row| (row.arn, row.answers)).collect(),
            profiles: profiles.into_iter().map(|row| (row.arn, listed(&row.models))).collect(),
            endpoints: endpoints.into_iter().map(endpoint).collect(),
            guardrails,
            ..Self::default()
        })
    }

    /// The model, and those behind it where it is an inference profile.
    pub(super) fn models(&self, arn: &str) -> Vec<String> {
        let behind = self.profiles.get(arn).into_iter().flatten().cloned();
        std::iter::once(arn.to_owned()).chain(behind).collect()
    }
}

fn listed(models: &[Value]) -> Vec<String> {
    models.iter().filter_map(|one| Some(one.get("modelArn")?.as_str()?.to_owned())).collect()
}

fn endpoint(row: EndpointRow) -> (String, Endpoint) {
    let id = format!("policy of {}", row.id);
    let policy = row.policy.filter(|policy| !policy.is_null()).map(|policy| Arc::new(Policy::read(&id, &policy)));
    (row.id, Endpoint { arn: row.arn, policy })
}
