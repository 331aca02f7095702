//! What can be used as AI, for `sightline_iam::ai`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use sightline_iam::ai::{EnforcedGuardrail, Model, ModelKind, Models};
use sightline_lake::Session;
use sightline_model::resource::GLOBAL;

use super::document::Documents;
use super::inspected::Inspected;
use crate::DiscoverError;
use crate::query::{Query, query};

/// A kind of model, and the table that lists it.
struct Kind {
    /// The word for it in `model_access`.
    name: &'static str,
    table: &'static str,
    query: Query,
    /// What ARNs of the kind look like: service, and how the last part begins.
    arns: (&'static str, &'static str),
    make: fn(Vec<String>) -> ModelKind,
}

macro_rules! kind {
    ($name:literal, $table:literal, $query:literal, $service:literal, $prefix:literal, $make:expr) => {
        Kind { name: $name, table: $table, query: query!($query), arns: ($service, $prefix), make: $make }
    };
}

/// Closest to a model first.
fn kinds() -> [Kind; 15] {
    use ModelKind as K;
    [
        kind!(
            "foundation-model",
            "aws_bedrock_foundation_model",
            "access/model/foundation",
            "bedrock",
            "foundation-model/",
            |_| { K::Foundation }
        ),
        kind!(
            "inference-profile",
            "aws_bedrock_inference_profile",
            "access/model/inference_profile",
            "bedrock",
            "inference-profile/",
            |models| K::InferenceProfile { models }
        ),
        kind!(
            "prompt-router",
            "aws_bedrock_prompt_router",
            "access/model/prompt_router",
            "bedrock",
            "prompt-router/",
            |models| K::PromptRouter { models }
        ),
        kind!(
            "custom-model-deployment",
            "aws_bedrock_custom_model_deployment",
            "access/model/custom_deployment",
            "bedrock",
            "custom-model-deployment/",
            |_| K::CustomDeployment
        ),
        kind!(
            "imported-model",
            "aws_bedrock_imported_model",
            "access/model/imported",
            "bedrock",
            "imported-model/",
            |_| { K::Imported }
        ),
        kind!(
            "provisioned-model",
            "aws_bedrock_provisioned_model_throughput",
            "access/model/provisioned",
            "bedrock",
            "provisioned-model/",
            |_| K::Provisioned
        ),
        kind!(
            "marketplace-endpoint",
            "aws_bedrock_marketplace_model_endpoint",
            "access/model/marketplace",
            "sagemaker",
            "endpoint/",
            |_| K::Marketplace
        ),
        kind!("agent", "aws_bedrock_agent_alias", "access/model/agent_alias", "bedrock", "agent-alias/", |_| {
            K::AgentAlias
        }),
        kind!("flow", "aws_bedrock_flow", "access/model/flow_alias", "bedrock", "flow/", |_| K::FlowAlias),
        kind!(
            "knowledge-base",
            "aws_bedrock_knowledge_base",
            "access/model/knowledge_base",
            "bedrock",
            "knowledge-base/",
            |_| { K::KnowledgeBase }
        ),
        kind!(
            "agent-runtime",
            "aws_bedrock_agentcore_runtime",
            "access/model/runtime",
            "bedrock-agentcore",
            "runtime/",
            |endpoints| K::AgentRuntime { endpoints }
        ),
        kind!(
            "gateway",
            "aws_bedrock_agentcore_gateway",
            "access/model/gateway",
            "bedrock-agentcore",
            "gateway/",
            |_| K::Gateway
        ),
        kind!("memory", "aws_bedrock_agentcore_memory", "access/model/memory", "bedrock-agentcore", "memory/", |_| {
            K::Memory
        }),
        kind!("endpoint", "aws_sagemaker_endpoint", "access/model/endpoint", "sagemaker", "endpoint/", |components| {
            K::Endpoint { components }
        }),
        kind!("guardrail", "aws_bedrock_guardrail", "access/model/guardrail", "bedrock", "guardrail/", |_| {
            K::Guardrail
        }),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    region: String,
    arn: String,
    /// `[{modelArn}]`
    listed: Vec<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Part {
    whole: String,
    part: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Enforced {
    account_id: String,
    region: String,
    arn: String,
    is_partial: bool,
}

/// Models of a kind that could not be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnlistedModels {
    /// `inference-profile`, …
    pub kind: String,
    /// `arn:aws:bedrock:*:123456789012:inference-profile/*`
    pub arns: String,
    /// Whose they are.
    pub account: String,
    /// What they are used by.
    pub actions: Vec<String>,
    /// `denied: bedrock:ListInferenceProfiles`
    pub why: String,
}

/// Guardrails that may be enforced on the calls of an account, which nobody could tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownGuardrails {
    /// The callers' account.
    pub account: String,
    /// The region of the calls; none: any.
    pub region: Option<String>,
    /// What would have to hold: `no guardrail is enforced (denied: bedrock:ListEnforcedGuardrailsConfiguration)`.
    pub unless: String,
}

/// What can be used as AI, and what of it is not known.
#[derive(Debug, Default)]
pub(crate) struct Usable {
    pub(crate) models: Models,
    /// ARN → kind
    pub(crate) kinds: BTreeMap<String, &'static str>,
    pub(crate) unlisted: Vec<UnlistedModels>,
    pub(crate) guardrails: Vec<UnknownGuardrails>,
}

impl Usable {
    pub(crate) async fn read(
        session: &Session,
        inspected: &Inspected,
        documents: &mut Documents,
    ) -> Result<Self, DiscoverError> {
        let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for query in [query!("access/model/part"), query!("access/model/component")] {
            for row in query.rows::<Part>(session).await? {
                parts.entry(row.whole).or_default().push(row.part);
            }
        }
        let mut out = Self::default();
        for kind in kinds() {
            out.unlisted.extend(unlisted(&kind, inspected, documents));
            for row in kind.query.rows::<Row>(session).await? {
                let listed = row.listed.iter().filter_map(|one| Some(one.get("modelArn")?.as_str()?.to_owned()));
                let listed = listed.chain(parts.get(&row.arn).into_iter().flatten().cloned()).collect();
                out.add(&kind, row, listed);
            }
        }
        out.enforced(session, inspected, documents).await?;
        Ok(out)
    }

    /// What AWS owns is listed once for each account: it is one model.
    fn add(&mut self, kind: &Kind, row: Row, listed: Vec<String>) {
        if self.kinds.insert(row.arn.clone(), kind.name).is_some() {
            return;
        }
        let mut model = Model::new(&row.arn, (kind.make)(listed));
        // System-defined profiles may stand in an ARN without account; they are used on the caller's own.
        if model.region.is_empty() && row.region != GLOBAL {
            model.region = row.region;
        }
        self.models.models.push(model);
    }

    async fn enforced(
        &mut self,
        session: &Session,
        inspected: &Inspected,
        documents: &mut Documents,
    ) -> Result<(), DiscoverError> {
        let table = "aws_bedrock_enforced_guardrail_configuration";
        for account in inspected.accounts() {
            if let Some(why) = inspected.gap(account, table) {
                documents.problem(account, &format!("guardrails that are enforced could not be read ({why})"));
                let unless = format!(
                    "no guardrail that the caller may not apply is enforced in account {account}, which could not be read ({why})"
                );
                self.guardrails.push(UnknownGuardrails { account: account.to_owned(), region: None, unless });
            }
        }
        for row in query!("access/model/enforced_guardrail").rows::<Enforced>(session).await? {
            if row.is_partial {
                let unless = format!(
                    "the guardrail `{}`, which is enforced for some models, is not for this one or the caller may apply it",
                    row.arn
                );
                self.guardrails.push(UnknownGuardrails { account: row.account_id, region: Some(row.region), unless });
                continue;
            }
            let guardrail = EnforcedGuardrail::new(&row.arn, &[&row.account_id]);
            self.models.guardrails.push(EnforcedGuardrail { region: row.region, ..guardrail });
        }
        Ok(())
    }
}

fn unlisted(kind: &Kind, inspected: &Inspected, documents: &mut Documents) -> Vec<UnlistedModels> {
    let mut out = Vec::new();
    for account in inspected.accounts() {
        let Some(why) = inspected.any_gap(account, kind.table) else { continue };
        documents.problem(account, &format!("models of kind {} may be missing: {} ({why})", kind.name, kind.table));
        let (service, prefix) = kind.arns;
        let owner = if kind.name == "foundation-model" { "" } else { account };
        let arns = format!("arn:aws:{service}:*:{owner}:{prefix}*");
        let any = Models { models: vec![Model::new(&arns, (kind.make)(Vec::new()))], guardrails: Vec::new() };
        let actions: BTreeSet<String> = sightline_iam::ai::asks(&any).into_iter().map(|ask| ask.action).collect();
        out.push(UnlistedModels {
            kind: kind.name.to_owned(),
            arns,
            account: account.to_owned(),
            actions: actions.into_iter().collect(),
            why,
        });
    }
    out
}
