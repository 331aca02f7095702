//! What a run's findings are about: an asset with an ARN.

use crate::record::{ProbeRun, geography};
use crate::surface::Surface;
use sightline_model::partition;

impl Surface {
    /// The IAM action that asking takes; none for a server that is no service of AWS.
    fn action(&self) -> Option<&'static str> {
        match self {
            Self::Converse | Self::InvokeModel(_) => Some("bedrock:InvokeModel"),
            Self::ConverseStream | Self::InvokeModelStream(_) => Some("bedrock:InvokeModelWithResponseStream"),
            Self::ApplyGuardrail => Some("bedrock:ApplyGuardrail"),
            Self::Agent => Some("bedrock:InvokeAgent"),
            Self::KnowledgeBase(_) => Some("bedrock:RetrieveAndGenerate"),
            Self::Flow => Some("bedrock:InvokeFlow"),
            Self::SageMaker(_) => Some("sagemaker:InvokeEndpoint"),
            Self::OpenAi(_) => None,
        }
    }
}

impl ProbeRun {
    /// The action that whoever ran it lacks, where the service refused it.
    pub(crate) fn missing_action(&self, error_code: &str) -> Option<String> {
        let denied = error_code.starts_with("AccessDenied") || error_code.starts_with("Unauthorized");
        self.settings.surface.action().filter(|_| denied).map(str::to_owned)
    }

    /// The ARN of what was tried: the guardrail, where there was one on the calls, for it is there to stop what comes through; else what
    /// was called. A server that is no resource of AWS keeps its address.
    pub fn resource(&self) -> String {
        let (region, account) = (self.region.as_str(), self.account_id.as_str());
        let partition = partition::of_region(region);
        let bedrock = |account: &str, resource: &str| format!("arn:{partition}:bedrock:{region}:{account}:{resource}");
        let target = self.target.as_str();
        if self.guardrail_id.starts_with("arn:") {
            return self.guardrail_id.clone();
        }
        if !self.guardrail_id.is_empty() {
            return bedrock(account, &format!("guardrail/{}", self.guardrail_id));
        }
        if target.starts_with("arn:") {
            return target.to_owned();
        }
        match &self.settings.surface {
            Surface::OpenAi(_) => target.to_owned(),
            Surface::SageMaker(_) => format!("arn:{partition}:sagemaker:{region}:{account}:endpoint/{target}"),
            Surface::KnowledgeBase(_) => bedrock(account, &format!("knowledge-base/{target}")),
            Surface::ApplyGuardrail => bedrock(account, &format!("guardrail/{target}")),
            _ if geography(target).is_some() => bedrock(account, &format!("inference-profile/{target}")),
            _ => bedrock("", &format!("foundation-model/{target}")),
        }
    }
}
