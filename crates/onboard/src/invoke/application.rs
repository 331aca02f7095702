//! What Bedrock makes of models, and what it takes to call it: agents, flows, knowledge bases, and guardrails by themselves.
//!
//! Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html>.

use crate::render::policy::Reasoned;
use sightline_iam::Statement;

/// One kind of what is made of models.
struct Kind {
    sid: &'static str,
    /// what the resource of its ARNs begins with
    prefix: &'static str,
    actions: &'static [&'static str],
    why: &'static str,
}

const KINDS: [Kind; 4] = [
    Kind {
        sid: "InvokeAgents",
        prefix: "agent-alias/",
        actions: &["bedrock:InvokeAgent"],
        why: "Calls these agents by their aliases, and no other. What an agent then calls, it calls with its own role.",
    },
    Kind {
        sid: "InvokeFlows",
        prefix: "flow/",
        actions: &["bedrock:InvokeFlow"],
        why: "Calls these flows by their aliases, and no other. What a flow then calls, it calls with its own role.",
    },
    Kind {
        sid: "RetrieveFromKnowledgeBases",
        prefix: "knowledge-base/",
        actions: &["bedrock:Retrieve"],
        why: "Reads from these knowledge bases, and no other. The model that answers from them is listed by itself.",
    },
    Kind {
        sid: "ApplyGuardrails",
        prefix: "guardrail/",
        actions: &["bedrock:ApplyGuardrail"],
        why: "Asks these guardrails about a text, without a model.",
    },
];
const GENERATE: &str = "bedrock:RetrieveAndGenerate";
const WHY_GENERATE: &str = "Lets a model answer from what was retrieved. The action has no resources to be restricted to: `Retrieve` and `InvokeModel` say \
                            from which knowledge bases, and by which models.";
const KNOWLEDGE_BASE: &str = "knowledge-base/";

/// What calls the ARN, if it is one of these; `resource` is the ARN's last part.
pub(crate) fn actions(resource: &str) -> Option<&'static [&'static str]> {
    KINDS.iter().find(|kind| resource.starts_with(kind.prefix)).map(|kind| kind.actions)
}

/// Statements that allow the ARNs to be called; `listed` are ARNs with their last parts.
pub(super) fn statements(listed: &[(String, String)]) -> Vec<Reasoned> {
    let of = |prefix: &str| -> Vec<String> {
        listed.iter().filter(|(_, resource)| resource.starts_with(prefix)).map(|(arn, _)| arn.clone()).collect()
    };
    let owned = |actions: &[&str]| actions.iter().map(|&action| action.to_owned()).collect::<Vec<_>>();
    let kinds = KINDS.iter().filter_map(|kind| {
        let arns = of(kind.prefix);
        let statement = || Statement::allow(kind.sid, owned(kind.actions), arns.clone());
        (!arns.is_empty()).then(|| Reasoned::new(kind.why, statement()))
    });
    let mut statements: Vec<Reasoned> = kinds.collect();
    if !of(KNOWLEDGE_BASE).is_empty() {
        let statement = Statement::allow("AnswerFromKnowledgeBases", owned(&[GENERATE]), owned(&["*"]));
        statements.push(Reasoned::new(WHY_GENERATE, statement));
    }
    statements
}
