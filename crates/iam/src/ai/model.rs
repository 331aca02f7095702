//! What can be used as AI.

/// An inventory of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Models {
    /// In the order in which asks are made of them.
    pub models: Vec<Model>,
    /// Guardrails that callers cannot leave out.
    pub guardrails: Vec<EnforcedGuardrail>,
}

/// Something that infers, retrieves or acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its ARN.
    pub arn: String,
    /// Twelve digits; empty for foundation models, which belong to nobody: every caller uses them on his own account.
    pub account: String,
    /// Where it is called.
    pub region: String,
    /// What it is.
    pub kind: ModelKind,
}

/// Kinds of models and of what stands in front of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelKind {
    /// A foundation model, called by its own ARN.
    Foundation,
    /// An inference profile, of the system or of an application.
    InferenceProfile {
        /// ARNs of the foundation models that it leads to, one for each destination region; without a region where AWS chooses
        /// among all.
        models: Vec<String>,
    },
    /// A router between models.
    PromptRouter {
        /// ARNs of what it chooses from.
        models: Vec<String>,
    },
    /// A deployment of a custom model.
    CustomDeployment,
    /// An imported model.
    Imported,
    /// Provisioned throughput.
    Provisioned,
    /// A model endpoint of Bedrock Marketplace.
    Marketplace,
    /// An alias of an agent.
    AgentAlias,
    /// An alias of a flow.
    FlowAlias,
    /// A knowledge base.
    KnowledgeBase,
    /// A guardrail, which judges texts.
    Guardrail,
    /// A project of the Mantle endpoints.
    MantleProject {
        /// Ids of models, as `bedrock-mantle:Model` has them; empty: which model stays open.
        models: Vec<String>,
    },
    /// A runtime of AgentCore.
    AgentRuntime {
        /// ARNs of its endpoints; empty: the default one.
        endpoints: Vec<String>,
    },
    /// A gateway of AgentCore.
    Gateway,
    /// A harness of AgentCore.
    Harness {
        /// ARNs of its endpoints; empty: the default one.
        endpoints: Vec<String>,
    },
    /// A code interpreter of AgentCore.
    CodeInterpreter,
    /// A memory of AgentCore.
    Memory,
    /// An endpoint of SageMaker.
    Endpoint {
        /// ARNs of its inference components.
        components: Vec<String>,
    },
}

/// A guardrail that is applied to whatever is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnforcedGuardrail {
    /// Its ARN, with or without a version.
    pub arn: String,
    /// The account that it belongs to.
    pub account: String,
    /// The region of the calls.
    pub region: String,
    /// Accounts whose callers it binds; empty: all of the organization.
    pub callers: Vec<String>,
}

impl Model {
    /// A model whose ARN tells account and region.
    pub fn new(arn: &str, kind: ModelKind) -> Self {
        let mut parts = arn.splitn(6, ':').skip(3);
        let (region, account) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        Self { arn: arn.to_owned(), account: account.to_owned(), region: region.to_owned(), kind }
    }
}

impl EnforcedGuardrail {
    /// A guardrail whose ARN tells account and region, for the callers of these accounts.
    pub fn new(arn: &str, callers: &[&str]) -> Self {
        let Model { arn, account, region, .. } = Model::new(arn, ModelKind::Guardrail);
        Self { arn, account, region, callers: callers.iter().map(|&account| account.to_owned()).collect() }
    }

    /// Without a version, as policies name it.
    pub(super) fn resource(&self) -> &str {
        match self.arn.match_indices(':').nth(5) {
            Some((at, _)) => self.arn.get(..at).unwrap_or(&self.arn),
            None => &self.arn,
        }
    }
}
