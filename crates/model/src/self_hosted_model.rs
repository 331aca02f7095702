//! A workload that serves a model itself, as its container tells.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

/// How sure it is that a model is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// the image or the program is one that does nothing else
    High,
    /// a label says so, or variables, ports and accelerators together
    Medium,
    /// an accelerator and a port, or a variable that names a model beside one of the two
    Low,
}

impl Certainty {
    /// The word used in the lake and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One row of `self_hosted_model`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SelfHostedModel {
    /// the discovery that made it
    pub run_id: String,
    /// twelve digits
    pub account_id: String,
    /// the region's name, or `global`
    pub region: String,
    /// the cluster's ARN; empty outside Kubernetes
    pub cluster_arn: String,
    /// the Deployment, task definition, SageMaker model …
    pub workload_arn: String,
    /// such as `Deployment`, `task_definition`, `sagemaker_model`
    pub workload_kind: String,
    /// `namespace/name`, or a name
    pub workload_title: String,
    /// the container's name
    pub container: String,
    /// the container's image
    pub image: String,
    /// what serves, such as `vllm`; empty where that is not told
    pub engine: String,
    /// the model's name, path or ARN; empty where that is not told
    pub model: String,
    /// how sure it is
    pub certainty: Certainty,
    /// pods that run; nothing where that is not known
    pub pods: Option<i64>,
    /// accelerator → how many, of one pod or task
    pub gpus: Value,
    /// the container's ports
    pub ports: Value,
    /// the AWS role that it runs as; empty where none is told
    pub role_arn: String,
    /// what tells it, in words
    pub evidence: Vec<String>,
}
