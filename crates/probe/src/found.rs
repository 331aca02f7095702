//! Targets that the lake tells of: what the inventory has, what the map saw called, what policies let somebody call. Nothing is probed
//! because it was found: whoever runs probes names it, or allows it beforehand.

mod bedrock;
mod endpoint;
mod hosted;
mod row;
mod service;
mod used;

use crate::ProbeError;
use row::{Row, Rows};
use serde::{Deserialize, Serialize};
use sightline_lake::{LakeError, Session};
use sightline_model::Arn;
use std::collections::BTreeSet;
use used::Used;

/// Something that could be probed, or could not and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// what a call names: a model, a profile, an alias, an endpoint, an inference component; the workload of a self-hosted model
    pub arn: String,
    /// a word of `edge.model_kind`
    pub kind: String,
    /// its name for people
    pub title: String,
    /// twelve digits
    pub account_id: String,
    /// where it is
    pub region: String,
    /// calls that the map saw
    pub calls: i64,
    /// applications that were seen to call it
    pub applications: BTreeSet<String>,
    /// policies let somebody call it, as the newest evaluation says
    pub is_accessible: bool,
    /// AWS offers it to everyone: it is no part of the account unless somebody calls it or may
    pub is_offered: bool,
    /// ARNs of the foundation models that answer
    pub models: Vec<String>,
    /// how its price is known
    pub pricing: Pricing,
    /// what serves it, such as `tgi`; empty where that is not known
    pub engine: String,
    /// the endpoint that an inference component is called through; empty for others
    pub endpoint: String,
    /// why it cannot be probed, and what to do instead; empty where it can
    pub obstacle: String,
    /// what of it could not be read: it is probed only where somebody names it
    pub doubt: String,
}

/// What stands in the way of a target.
enum Hindrance {
    /// it cannot be probed
    Sure(String),
    /// whether it can be is not known
    Doubt(String),
}

impl Hindrance {
    fn sure(why: impl Into<String>) -> Option<Self> {
        Some(Self::Sure(why.into()))
    }
}

/// How the price of a call is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pricing {
    /// by the target's own name
    #[default]
    ByName,
    /// the dearest of these models, for the target's name tells none
    LikeModels(Vec<String>),
    /// the capacity behind it is paid for whether it is called or not: only the number of calls is bounded
    Paid,
    /// nobody can tell it beforehand
    Unknown,
}

/// All that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FoundTargets {
    /// by kind, region and ARN; what AWS offers, once for each account
    pub targets: Vec<Found>,
    /// what could not be looked at: there may be more targets there
    pub unread: Vec<String>,
    /// what nobody looked at yet: whether targets are called, or could be
    pub unknown: Vec<String>,
}

/// Tables that targets are made of.
const TABLES: &[&str] = &[
    "aws_bedrock_agent",
    "aws_bedrock_agent_alias",
    "aws_bedrock_custom_model",
    "aws_bedrock_custom_model_deployment",
    "aws_bedrock_flow",
    "aws_bedrock_flow_alias",
    "aws_bedrock_foundation_model",
    "aws_bedrock_imported_model",
    "aws_bedrock_inference_profile",
    "aws_bedrock_knowledge_base",
    "aws_bedrock_prompt_router",
    "aws_bedrock_provisioned_model_throughput",
    "aws_sagemaker_endpoint",
    "aws_sagemaker_endpoint_config",
    "aws_sagemaker_inference_component",
    "kubernetes_service",
];

/// The targets of the newest scans.
///
/// # Errors
/// The lake cannot be read.
pub async fn found(session: &Session) -> Result<FoundTargets, ProbeError> {
    let failed = |source: LakeError| ProbeError::Inventory(Box::new(source));
    let rows = Rows::read(session, TABLES).await.map_err(failed)?;
    let used = Used::read(session).await.map_err(failed)?;
    let hosted = hosted::Hosted::read(session).await.map_err(failed)?;
    let mut targets = bedrock::targets(&rows);
    targets.extend(service::targets(&rows));
    targets.extend(endpoint::targets(&rows, &hosted));
    targets.extend(hosted.targets(&rows));
    let known: BTreeSet<String> = targets.iter().flat_map(|one| [one.arn.clone(), owner(one).to_owned()]).collect();
    targets.extend(used.of_others(&known));
    for target in &mut targets {
        used.mark(target);
    }
    targets
        .sort_by(|a, b| (&a.kind, &a.region, &a.arn, &a.account_id).cmp(&(&b.kind, &b.region, &b.arn, &b.account_id)));
    Ok(FoundTargets { targets, unread: row::unread(session, TABLES).await.map_err(failed)?, unknown: used.unknown })
}

/// The ARN that the map knows it by: an alias is called, and its agent is what was called.
fn owner(target: &Found) -> &str {
    if target.endpoint.is_empty() { &target.arn } else { &target.endpoint }
}

impl Found {
    fn of(row: &Row, kind: &str) -> Self {
        Self {
            arn: row.arn.clone(),
            kind: kind.to_owned(),
            title: row.title.clone(),
            account_id: row.account_id.clone(),
            region: row.region.clone(),
            ..Self::default()
        }
    }

    /// The first of each kind counts.
    fn hindered(mut self, hindrance: Option<Hindrance>) -> Self {
        let (place, why) = match hindrance {
            Some(Hindrance::Sure(why)) => (&mut self.obstacle, why),
            Some(Hindrance::Doubt(why)) => (&mut self.doubt, why),
            None => return self,
        };
        if place.is_empty() {
            *place = why;
        }
        self
    }

    /// Whether it is Amazon Bedrock's: a model, an agent, a knowledge base, a flow.
    pub fn is_bedrock(&self) -> bool {
        self.arn.parse::<Arn>().is_ok_and(|arn| arn.service() == "bedrock")
    }

    /// Whether it is the account's own, or somebody calls it or may.
    pub fn is_in_use(&self) -> bool {
        !self.is_offered || self.calls > 0 || self.is_accessible
    }

    /// Whether this name or ARN means it.
    pub fn is_named(&self, name: &str) -> bool {
        self.arn == name || owner(self) == name
    }
}
