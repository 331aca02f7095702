//! Which calls are calls of a model, as data.
//!
//! Sources: <https://docs.aws.amazon.com/bedrock/latest/userguide/logging-using-cloudtrail.html> and the CloudTrail pages of
//! SageMaker, Bedrock AgentCore and Bedrock Mantle. Left out: `ApplyGuardrail`, which is evidence of a guardrail; `RenderPrompt` and
//! `CountTokens`, which answer without inference; `OptimizePrompt`, whose text is made by a model that no log names, and not by the one
//! that the request does; `ListAsyncInvokes` and `GetAsyncInvoke`, which ask about a call that was counted when it began.

/// Calls of one service that answer with what a model made, or with what it was given to answer from.
#[derive(Debug)]
pub(crate) struct ModelCalls {
    source: &'static str,
    names: &'static [&'static str],
    plane: Plane,
}

/// What the calls have in common beside their service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Plane {
    /// a model itself: takes a guardrail, and is what model invocation logging sees
    Model,
    /// an agent, a flow, a knowledge base, which call models themselves
    Application,
    /// an endpoint of SageMaker
    Endpoint,
    /// the second plane of Bedrock, which model invocation logging does not see
    Mantle,
    /// a model that AWS does not serve, or that a workload serves itself
    Foreign,
}

/// Where calls of models are counted, whichever host was called.
pub(crate) const BEDROCK: &str = "bedrock.amazonaws.com";

const ALL: &[ModelCalls] = &[
    ModelCalls {
        source: BEDROCK,
        names: &[
            "InvokeModel",
            "InvokeModelWithResponseStream",
            "InvokeModelWithBidirectionalStream",
            "Converse",
            "ConverseStream",
            "StartAsyncInvoke",
            "ChatCompletions",
        ],
        plane: Plane::Model,
    },
    ModelCalls {
        source: BEDROCK,
        names: &[
            "InvokeAgent",
            "InvokeInlineAgent",
            "InvokeFlow",
            "StartFlowExecution",
            "Retrieve",
            "RetrieveAndGenerate",
            "RetrieveAndGenerateStream",
            "Rerank",
        ],
        plane: Plane::Application,
    },
    ModelCalls { source: "bedrock-agentcore.amazonaws.com", names: &["InvokeAgentRuntime"], plane: Plane::Application },
    ModelCalls {
        source: "sagemaker.amazonaws.com",
        names: &["InvokeEndpoint", "InvokeEndpointAsync", "InvokeEndpointWithResponseStream"],
        plane: Plane::Endpoint,
    },
    ModelCalls { source: "bedrock-mantle.amazonaws.com", names: &["CreateInference"], plane: Plane::Mantle },
];

/// The condition on `api_call` that holds for calls of models. The names are constants of this file.
pub(crate) fn condition() -> String {
    let one = |calls: &ModelCalls| {
        let names: Vec<String> = calls.names.iter().map(|name| format!("'{name}'")).collect();
        format!("(event_source = '{}' AND event_name IN ({}))", calls.source, names.join(", "))
    };
    let any = ALL.iter().map(one).collect::<Vec<_>>().join(" OR ");
    // An Insight tells of many calls, and is none.
    format!("coalesce(event_category, '') <> 'Insight' AND ({any})")
}

/// The plane of a call that [`condition`] let through.
pub(crate) fn plane(source: &str, name: &str) -> Plane {
    let found = ALL.iter().find(|calls| calls.source == source && calls.names.contains(&name));
    found.map_or(Plane::Application, |calls| calls.plane)
}

impl Plane {
    /// The plane that `traffic` names so.
    pub(crate) fn of_service(plane: &str) -> Option<Self> {
        match plane {
            "bedrock-runtime" => Some(Self::Model),
            "bedrock-agent-runtime" | "bedrock-agentcore" => Some(Self::Application),
            "bedrock-mantle" => Some(Self::Mantle),
            "runtime.sagemaker" => Some(Self::Endpoint),
            _ => None,
        }
    }
}
