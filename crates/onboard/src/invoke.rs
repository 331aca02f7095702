//! What it takes to invoke the listed models and endpoints, and nothing else.
//!
//! Sources: <https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html>,
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-id.html>, and the service authorization reference.

pub(crate) mod application;

use crate::error::OnboardError;
use crate::parameters::Parameters;
use crate::render::policy::Reasoned;
use sightline_iam::Statement;
use sightline_model::Arn;

/// Both ways of invoking a model: `Converse` and `ConverseStream` are allowed by the same two actions.
pub(crate) const BEDROCK: [&str; 2] = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];

/// Both ways of invoking an endpoint.
pub(crate) const SAGEMAKER: [&str; 2] = ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"];

const WHY_MODELS: &str = "Calls these models, whole or streamed (Converse is allowed by the same two actions), and no other. Not `*`: a model that \
                          is not listed may be dearer, in another region, or nobody's decision.";
const WHY_DESTINATIONS: &str = "An inference profile forwards a call to its foundation model in the regions that AWS has fixed for it, and the caller must be \
                                allowed to invoke the model there too. The condition binds this to the listed profiles: the model cannot be called \
                                directly.";
const WHY_ANY_MODEL: &str = " The id of an application inference profile does not tell its model, hence the `*`: each profile has one model, and the condition admits no other.";
const WHY_ROUTERS: &str = "A prompt router forwards a call to one of its models, and the caller must be allowed to invoke it. The condition \
                           binds this to the listed routers.";
const WHY_ENDPOINTS: &str = "Calls these SageMaker endpoints, whole or streamed, and no other.";
const WHY_GUARDRAIL: &str = "A call that names the guardrail applies it, which is an action of its own.";
const WHY_GUARDED: &str = " Only with the guardrail: a call without it is refused.";

/// Fails where no model is listed: there is then nothing that a policy could be made of.
pub(crate) fn needs_models(parameters: &Parameters, prerequisite: &'static str) -> Result<(), OnboardError> {
    if !parameters.models.is_empty() {
        return Ok(());
    }
    let about = "what may be invoked: ARNs of models, inference profiles, deployments, SageMaker endpoints, agents, flows, knowledge bases or guardrails";
    Err(OnboardError::Needed { prerequisite, parameter: "model", about })
}

/// Statements that allow the listed models and endpoints to be invoked; with `guarded`, Bedrock's only under the guardrail, if one is
/// given.
pub(crate) fn statements(parameters: &Parameters, guarded: bool) -> Vec<Reasoned> {
    let guardrail = parameters.guardrail.as_deref().filter(|_| guarded);
    let targets = Targets::of(parameters);
    let mut statements = Vec::new();
    let mut bedrock = |sid: &str, why: &str, resources: Vec<String>, through: Option<(&str, &Vec<String>)>| {
        if resources.is_empty() {
            return;
        }
        let mut statement = Statement::allow(sid, words(BEDROCK), resources);
        if let Some((key, arns)) = through {
            statement = statement.when("ArnLike", key, arns.iter().cloned());
        }
        let guarding = if guardrail.is_some() { WHY_GUARDED } else { "" };
        statements.push(Reasoned::new(format!("{why}{guarding}"), under(statement, guardrail)));
    };
    bedrock("InvokeModels", WHY_MODELS, targets.models, None);
    let key = "bedrock:InferenceProfileArn";
    let has_application = targets.profiles.iter().any(|arn| arn.contains(":application-inference-profile/"));
    let why = format!("{WHY_DESTINATIONS}{}", if has_application { WHY_ANY_MODEL } else { "" });
    bedrock("InvokeThroughProfiles", &why, targets.destinations, Some((key, &targets.profiles)));
    let key = "bedrock:PromptRouterArn";
    bedrock("InvokeThroughRouters", WHY_ROUTERS, targets.routed, Some((key, &targets.routers)));
    if let Some(guardrail) = guardrail {
        let statement =
            Statement::allow("ApplyGuardrail", words(["bedrock:ApplyGuardrail"]), vec![unversioned(guardrail)]);
        statements.push(Reasoned::new(WHY_GUARDRAIL, statement));
    }
    if !targets.endpoints.is_empty() {
        let statement = Statement::allow("InvokeEndpoints", words(SAGEMAKER), targets.endpoints);
        statements.push(Reasoned::new(WHY_ENDPOINTS, statement));
    }
    statements.extend(application::statements(&targets.applications));
    statements
}

/// What calls a listed ARN.
pub(crate) fn actions(listed: &str) -> &'static [&'static str] {
    let arn: Option<Arn> = listed.parse().ok();
    match arn {
        Some(arn) if arn.service() == "sagemaker" => &SAGEMAKER,
        Some(arn) => application::actions(arn.resource()).unwrap_or(&BEDROCK),
        None => &BEDROCK,
    }
}

/// The listed ARNs by what they take.
#[derive(Default)]
struct Targets {
    /// all that Bedrock invokes
    models: Vec<String>,
    profiles: Vec<String>,
    /// the foundation models of the profiles, wherever they are
    destinations: Vec<String>,
    routers: Vec<String>,
    /// what the routers may choose among
    routed: Vec<String>,
    endpoints: Vec<String>,
    /// agents, flows, knowledge bases and guardrails, with the last parts of their ARNs
    applications: Vec<(String, String)>,
}

impl Targets {
    fn of(parameters: &Parameters) -> Self {
        let mut targets = Self::default();
        for text in &parameters.models {
            let Ok(arn) = text.parse::<Arn>() else {
                // Left open: what it will stand for is not known here.
                targets.models.push(text.clone());
                continue;
            };
            if arn.service() == "sagemaker" {
                targets.endpoints.push(text.clone());
                continue;
            }
            if application::actions(arn.resource()).is_some() {
                targets.applications.push((text.clone(), arn.resource().to_owned()));
                continue;
            }
            targets.models.push(text.clone());
            let (kind, id) = arn.resource().split_once('/').unwrap_or_default();
            let anywhere = |model: &str| format!("arn:{}:bedrock:*::foundation-model/{model}", arn.partition());
            match kind {
                "inference-profile" => {
                    targets.profiles.push(text.clone());
                    add(&mut targets.destinations, anywhere(id.split_once('.').map_or(id, |(_, model)| model)));
                }
                // Its id does not tell the model; it has one, and the condition admits no other.
                "application-inference-profile" => {
                    targets.profiles.push(text.clone());
                    add(&mut targets.destinations, anywhere("*"));
                }
                "default-prompt-router" | "prompt-router" => {
                    targets.routers.push(text.clone());
                    add(&mut targets.routed, anywhere("*"));
                    let profiles =
                        format!("arn:{}:bedrock:*:{}:inference-profile/*", arn.partition(), parameters.account_id);
                    add(&mut targets.routed, profiles);
                }
                _ => {}
            }
        }
        targets
    }
}

/// A guardrail's own ARN is its draft; with a number behind it, it is that version.
fn under(statement: Statement, guardrail: Option<&str>) -> Statement {
    const KEY: &str = "bedrock:GuardrailIdentifier";
    match guardrail {
        None => statement,
        Some(guardrail) if unversioned(guardrail) != guardrail => {
            statement.when("StringEquals", KEY, [guardrail.to_owned()])
        }
        Some(guardrail) => statement.when("StringLike", KEY, [guardrail.to_owned(), format!("{guardrail}:*")]),
    }
}

/// The ARN without a version behind it.
fn unversioned(guardrail: &str) -> String {
    guardrail.splitn(7, ':').take(6).collect::<Vec<_>>().join(":")
}

fn add(all: &mut Vec<String>, one: String) {
    if !all.contains(&one) {
        all.push(one);
    }
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Given;

    fn made(models: &[&str], guardrail: Option<&str>) -> String {
        let models = models.iter().map(|&arn| arn.to_owned()).collect();
        let guardrail = guardrail.map(str::to_owned);
        let given = Given { account_id: "123456789012".into(), models, guardrail, ..Given::default() };
        let statements = statements(&Parameters::check(given).unwrap(), true);
        let line = |one: &Reasoned| {
            let Statement { action, resource, condition, .. } = &one.statement;
            format!("{} {} {} {condition:?}", one.sid(), action.len(), resource.join(" "))
        };
        statements.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_profile_takes_its_model_and_no_other_way_to_it() {
        let profile = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0";
        insta::assert_snapshot!(made(&[profile], None), @r#"
        InvokeModels 2 arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0 {}
        InvokeThroughProfiles 2 arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0 {"ArnLike": {"bedrock:InferenceProfileArn": ["arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0"]}}
        "#);
    }

    #[test]
    fn each_kind_takes_what_it_takes() {
        let models = [
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
            "arn:aws:bedrock:us-east-1:123456789012:imported-model/abc",
            "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc",
            "arn:aws:bedrock:us-east-1:123456789012:prompt-router/abc",
            "arn:aws:sagemaker:us-east-1:123456789012:endpoint/ranker",
            "arn:aws:bedrock:us-east-1:123456789012:agent-alias/A1/B2",
            "arn:aws:bedrock:us-east-1:123456789012:flow/F1/alias/B2",
            "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/K1",
            "arn:aws:bedrock:us-east-1:123456789012:guardrail/g1",
        ];
        insta::assert_snapshot!(made(&models, None), @r#"
        InvokeModels 2 arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0 arn:aws:bedrock:us-east-1:123456789012:imported-model/abc arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc arn:aws:bedrock:us-east-1:123456789012:prompt-router/abc {}
        InvokeThroughProfiles 2 arn:aws:bedrock:*::foundation-model/* {"ArnLike": {"bedrock:InferenceProfileArn": ["arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"]}}
        InvokeThroughRouters 2 arn:aws:bedrock:*::foundation-model/* arn:aws:bedrock:*:123456789012:inference-profile/* {"ArnLike": {"bedrock:PromptRouterArn": ["arn:aws:bedrock:us-east-1:123456789012:prompt-router/abc"]}}
        InvokeEndpoints 2 arn:aws:sagemaker:us-east-1:123456789012:endpoint/ranker {}
        InvokeAgents 1 arn:aws:bedrock:us-east-1:123456789012:agent-alias/A1/B2 {}
        InvokeFlows 1 arn:aws:bedrock:us-east-1:123456789012:flow/F1/alias/B2 {}
        RetrieveFromKnowledgeBases 1 arn:aws:bedrock:us-east-1:123456789012:knowledge-base/K1 {}
        ApplyGuardrails 1 arn:aws:bedrock:us-east-1:123456789012:guardrail/g1 {}
        AnswerFromKnowledgeBases 1 * {}
        "#);
    }

    #[test]
    fn a_guardrail_is_asked_for_in_any_version_or_in_one() {
        let model = ["arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"];
        let guardrail = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc";
        insta::assert_snapshot!(made(&model, Some(guardrail)), @r#"
        InvokeModels 2 arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0 {"StringLike": {"bedrock:GuardrailIdentifier": ["arn:aws:bedrock:us-east-1:123456789012:guardrail/abc", "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc:*"]}}
        ApplyGuardrail 1 arn:aws:bedrock:us-east-1:123456789012:guardrail/abc {}
        "#);
        insta::assert_snapshot!(made(&model, Some(&format!("{guardrail}:7"))), @r#"
        InvokeModels 2 arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0 {"StringEquals": {"bedrock:GuardrailIdentifier": ["arn:aws:bedrock:us-east-1:123456789012:guardrail/abc:7"]}}
        ApplyGuardrail 1 arn:aws:bedrock:us-east-1:123456789012:guardrail/abc {}
        "#);
    }
}
