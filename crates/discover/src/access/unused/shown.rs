//! Which calls the account's trails record.
//!
//! Management events are taken to be recorded: the calls of the logs that were read are such. Data events are recorded where a
//! selector asks for their type of resource and for nothing narrower.
//! Source: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html>.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use sightline_iam::catalogue::{Logged, catalogue, logged};
use sightline_lake::Session;

use super::grant::Grants;
use super::quoted;
use crate::DiscoverError;
use crate::access::inspected::Inspected;
use crate::query::query;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Trail {
    is_logging: bool,
    is_multi_region: bool,
    classic: Vec<Value>,
    advanced: Vec<Value>,
}

/// Data events by the type of resource that a selector must ask for.
const TYPES: &[(&str, &[&str])] = &[
    ("AWS::Bedrock::AgentAlias", &["bedrock:InvokeAgent"]),
    ("AWS::Bedrock::FlowAlias", &["bedrock:InvokeFlow"]),
    (
        "AWS::Bedrock::FlowExecution",
        &["bedrock:StartFlowExecution", "bedrock:StopFlowExecution", "bedrock:GetFlowExecution"],
    ),
    ("AWS::Bedrock::Guardrail", &["bedrock:ApplyGuardrail"]),
    ("AWS::Bedrock::InlineAgent", &["bedrock:InvokeInlineAgent"]),
    ("AWS::Bedrock::KnowledgeBase", &["bedrock:Retrieve", "bedrock:RetrieveAndGenerate"]),
    ("AWS::Bedrock::Prompt", &["bedrock:RenderPrompt"]),
    ("AWS::BedrockAgentCore::Gateway", &["bedrock-agentcore:InvokeGateway"]),
    ("AWS::BedrockAgentCore::Runtime", &["bedrock-agentcore:InvokeAgentRuntime"]),
    ("AWS::BedrockMantle::Project", &["bedrock-mantle:CreateInference"]),
    (
        "AWS::SageMaker::Endpoint",
        &["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync", "sagemaker:InvokeEndpointWithResponseStream"],
    ),
    ("AWS::Lambda::Function", &["lambda:InvokeFunction"]),
    ("AWS::S3::Object", &["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]),
];

/// What the trails of an account show.
#[derive(Debug, Default)]
pub(super) struct Shown {
    types: BTreeSet<String>,
    /// What that rests on.
    pub(super) words: Vec<String>,
}

impl Shown {
    pub(super) async fn read(session: &Session, inspected: &Inspected, account: &str) -> Result<Self, DiscoverError> {
        let query = query!("access/unused/trail");
        let known = session.table_names().contains(&"aws_cloudtrail_trail".to_owned());
        let sql = query.sql.replace("$account", &quoted(account));
        let trails: Vec<Trail> = if known { query.rows_of(session, &sql).await? } else { Vec::new() };
        let types: BTreeSet<String> =
            trails.iter().filter(|trail| trail.is_logging && trail.is_multi_region).flat_map(Trail::types).collect();
        let mut words = Vec::new();
        if let Some(gap) = inspected.any_gap(account, "aws_cloudtrail_trail") {
            words.push(format!(
                "which data events the trails of account {account} record could not all be read ({gap})"
            ));
        }
        words.push(match types.len() {
            0 => "no trail of all regions records data events, so calls that are data events are not shown".to_owned(),
            _ => format!("data events are recorded of {}", types.iter().cloned().collect::<Vec<_>>().join(", ")),
        });
        Ok(Self { types, words })
    }

    /// Whether a call that the action authorises would be seen.
    pub(super) fn shows(&self, action: &str) -> bool {
        match logged(action) {
            Logged::Management => true,
            Logged::Data => {
                let of = TYPES.iter().find(|(_, actions)| actions.contains(&action));
                of.is_some_and(|(kind, _)| self.types.contains(*kind))
            }
            Logged::Never | Logged::Unsettled => false,
        }
    }

    /// Whether all that is granted of a service would be seen.
    pub(super) fn shows_service(&self, service: &str, grants: &Grants) -> bool {
        let granted = catalogue()
            .actions_of(service)
            .iter()
            .map(|action| action.full_name())
            .filter(|action| grants.covers(action));
        catalogue().knows(service) && granted.into_iter().all(|action| self.shows(&action))
    }
}

impl Trail {
    /// Types of resource of which every data event is recorded.
    fn types(&self) -> Vec<String> {
        let advanced = self.advanced.iter().filter_map(advanced_type).flatten();
        let classic = self.classic.iter().filter(|selector| text(selector, "ReadWriteType") == Some("All"));
        let classic = classic.flat_map(|selector| selector.get("DataResources").and_then(Value::as_array)).flatten();
        let classic = classic.filter(|resource| {
            // A value that ends with the type's part alone is all of them: `arn:aws:s3`, `arn:aws:lambda`.
            let values = resource.get("Values").and_then(Value::as_array);
            values.into_iter().flatten().filter_map(Value::as_str).any(|arn| arn.split(':').count() <= 3)
        });
        advanced.chain(classic.filter_map(|resource| text(resource, "Type")).map(str::to_owned)).collect()
    }
}

/// The types of a selector of data events that asks for nothing narrower.
fn advanced_type(selector: &Value) -> Option<Vec<String>> {
    let fields = selector.get("FieldSelectors")?.as_array()?;
    let equals = |name: &str| {
        let field = fields.iter().find(|field| text(field, "Field") == Some(name))?;
        let values = field.get("Equals")?.as_array()?.iter();
        Some(values.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>())
    };
    let plain = fields.iter().all(|field| matches!(text(field, "Field"), Some("eventCategory" | "resources.type")));
    let is_data = equals("eventCategory")?.iter().any(|category| category == "Data");
    (plain && is_data).then(|| equals("resources.type")).flatten()
}

fn text<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    value.get(member)?.as_str()
}
