//! What the controls of an edge are judged by.

use std::collections::BTreeSet;

use sightline_model::edge::PathClass;

use crate::calls::Plane;

/// An edge, as far as its controls need it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Subject {
    /// account of the log, which is the model's
    pub(crate) account: String,
    pub(crate) region: String,
    /// what calls
    pub(crate) workload: String,
    pub(crate) identity: String,
    pub(crate) model_arn: String,
    pub(crate) planes: BTreeSet<Plane>,
    /// names of the calls; empty where connections alone tell of the edge
    pub(crate) apis: BTreeSet<String>,
    pub(crate) path: PathClass,
    pub(crate) path_evidence: BTreeSet<String>,
    pub(crate) events: i64,
    pub(crate) guarded: i64,
    pub(crate) unguarded: i64,
    pub(crate) guardrail_ids: BTreeSet<String>,
}

impl Subject {
    /// Whether models of Bedrock are called themselves.
    pub(super) fn calls_models(&self) -> bool {
        self.planes.contains(&Plane::Model)
    }

    /// Whether all calls are of this plane.
    pub(super) fn is_only(&self, plane: Plane) -> bool {
        !self.planes.is_empty() && self.planes.iter().all(|own| *own == plane)
    }

    /// The service's name in endpoints, such as `bedrock-runtime`; none of what AWS does not serve.
    pub(super) fn service(&self) -> Option<&'static str> {
        let named = |name: &str| self.apis.contains(name);
        Some(match self.planes.first()? {
            Plane::Model => "bedrock-runtime",
            Plane::Application if named("InvokeAgentRuntime") || self.model_arn.contains(":bedrock-agentcore:") => {
                "bedrock-agentcore"
            }
            Plane::Application => "bedrock-agent-runtime",
            Plane::Endpoint => "sagemaker.runtime",
            Plane::Mantle => "bedrock-mantle",
            Plane::Foreign => return None,
        })
    }

    /// The actions of IAM that such calls need.
    pub(super) fn actions(&self) -> &'static [&'static str] {
        let named = |name: &str| self.apis.contains(name);
        match self.planes.first() {
            Some(Plane::Model) => &["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
            Some(Plane::Application) if self.service() == Some("bedrock-agentcore") => {
                &["bedrock-agentcore:InvokeAgentRuntime"]
            }
            Some(Plane::Application) if named("InvokeFlow") || self.model_arn.contains(":flow/") => {
                &["bedrock:InvokeFlow"]
            }
            Some(Plane::Application) if self.model_arn.contains(":knowledge-base/") => &["bedrock:Retrieve"],
            Some(Plane::Application) => &["bedrock:InvokeAgent"],
            Some(Plane::Endpoint) => &["sagemaker:InvokeEndpoint"],
            Some(Plane::Mantle) => &["bedrock-mantle:CreateInference"],
            Some(Plane::Foreign) | None => &[],
        }
    }

    /// `aws`, `aws-cn`, …
    pub(super) fn partition(&self) -> &str {
        let arns = [&self.identity, &self.model_arn, &self.workload];
        arns.into_iter().find_map(|arn| arn.strip_prefix("arn:")?.split(':').next()).unwrap_or("aws")
    }
}
