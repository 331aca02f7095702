//! The provider of promptfoo that asks a target. <https://www.promptfoo.dev/docs/providers/aws-bedrock/> and `…/sagemaker/`.

use anyhow::bail;
use serde_json::{Map, Value, json};
use sightline_model::Arn;
use sightline_probe::{Found, Guardrail};
use sightline_report::promptfoo::PromptfooTarget;

/// `ID:VERSION`.
///
/// # Errors
/// There is no version.
pub(super) fn guardrail(text: &str) -> anyhow::Result<Guardrail> {
    match text.rsplit_once(':') {
        Some((id, version)) if !id.is_empty() && !version.is_empty() => {
            Ok(Guardrail { id: id.to_owned(), version: version.to_owned() })
        }
        _ => bail!("`{text}` names no version: write `ID:VERSION`, such as `{text}:1` or `{text}:DRAFT`"),
    }
}

/// The provider, or why there is none.
pub(super) fn of(
    target: &Found,
    guardrail: Option<&Guardrail>,
    kb_model: Option<&str>,
) -> Result<PromptfooTarget, String> {
    if !target.obstacle.is_empty() {
        return Err(target.obstacle.clone());
    }
    let arn: Arn = target.arn.parse().map_err(|_| "it has no ARN".to_owned())?;
    let (provider, mut config) = match (arn.service(), arn.resource_type()) {
        ("bedrock", "foundation-model") => (format!("bedrock:converse:{}", id(&arn)), Map::new()),
        ("bedrock", "agent-alias") => agent(&arn)?,
        ("bedrock", "knowledge-base") => knowledge_base(kb_model, &arn)?,
        ("bedrock", "flow") => return Err("promptfoo has no provider that asks flows".to_owned()),
        ("bedrock", _) => (format!("bedrock:converse:{}", target.arn), Map::new()),
        ("sagemaker", "endpoint") => endpoint(target, &arn),
        ("sagemaker", _) => return Err("promptfoo has no provider that asks inference components".to_owned()),
        _ => return Err("promptfoo asks it by its address: use its provider `http` or `openai:chat`".to_owned()),
    };
    config.insert("region".to_owned(), json!(target.region));
    if let Some(guardrail) = guardrail.filter(|_| provider.starts_with("bedrock:converse:")) {
        config.insert("guardrailIdentifier".to_owned(), json!(guardrail.id));
        config.insert("guardrailVersion".to_owned(), json!(guardrail.version));
    }
    let title = if target.title.is_empty() { id(&arn) } else { &target.title };
    Ok(PromptfooTarget { provider, label: format!("{title} ({}, {})", target.kind, target.region), config })
}

/// What stands behind the type: ids of models have a `:` of their own.
fn id(arn: &Arn) -> &str {
    arn.resource().split_once('/').map_or(arn.resource(), |(_, id)| id)
}

type Provider = (String, Map<String, Value>);

/// `agent-alias/AGENT/ALIAS`.
fn agent(arn: &Arn) -> Result<Provider, String> {
    let mut parts = arn.resource().split('/').skip(1);
    let (Some(agent), Some(alias)) = (parts.next(), parts.next()) else {
        return Err("its ARN names no agent and alias".to_owned());
    };
    let config = [("agentId", agent), ("agentAliasId", alias)].map(|(name, id)| (name.to_owned(), json!(id)));
    Ok((format!("bedrock-agent:{agent}"), config.into_iter().collect()))
}

fn knowledge_base(model: Option<&str>, arn: &Arn) -> Result<Provider, String> {
    let Some(model) = model else {
        return Err("which model answers out of it has to be said: add `--kb-model ARN`".to_owned());
    };
    let config = [("knowledgeBaseId", id(arn)), ("modelArn", model)].map(|(name, id)| (name.to_owned(), json!(id)));
    let model = model.rsplit('/').next().unwrap_or(model);
    Ok((format!("bedrock:kb:{model}"), config.into_iter().collect()))
}

/// What the container wants is told by the engine, where that is known; where its answer stands, promptfoo knows of each kind.
fn endpoint(target: &Found, arn: &Arn) -> Provider {
    let kind = match target.engine.as_str() {
        "tgi" | "djl-serving" => "huggingface",
        "vllm" | "sglang" | "nim" | "lmdeploy" => "openai",
        _ => "custom",
    };
    (format!("sagemaker:{kind}:{}", id(arn)), Map::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(arn: &str, kb_model: Option<&str>) -> Result<(String, Value), String> {
        let target = Found { arn: arn.to_owned(), region: "us-east-1".to_owned(), ..Found::default() };
        let guardrail = guardrail("gr1:2").unwrap();
        of(&target, Some(&guardrail), kb_model).map(|made| (made.provider, Value::Object(made.config)))
    }

    #[test]
    fn each_kind_has_its_provider() {
        let account = "us-east-1:123456789012";
        let guarded = json!({"region": "us-east-1", "guardrailIdentifier": "gr1", "guardrailVersion": "2"});
        let model = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0";
        assert_eq!(
            provider(model, None).unwrap(),
            ("bedrock:converse:amazon.nova-micro-v1:0".to_owned(), guarded.clone())
        );
        let imported = format!("arn:aws:bedrock:{account}:imported-model/abc");
        assert_eq!(provider(&imported, None).unwrap(), (format!("bedrock:converse:{imported}"), guarded));
        assert_eq!(
            provider(&format!("arn:aws:bedrock:{account}:agent-alias/AG1/AL1"), None).unwrap(),
            ("bedrock-agent:AG1".to_owned(), json!({"agentId": "AG1", "agentAliasId": "AL1", "region": "us-east-1"}))
        );
        let base = format!("arn:aws:bedrock:{account}:knowledge-base/KB1");
        assert!(provider(&base, None).unwrap_err().contains("which model answers"));
        assert_eq!(
            provider(&base, Some(model)).unwrap(),
            (
                "bedrock:kb:amazon.nova-micro-v1:0".to_owned(),
                json!({"knowledgeBaseId": "KB1", "modelArn": model, "region": "us-east-1"})
            )
        );
        let (endpoint, config) = provider(&format!("arn:aws:sagemaker:{account}:endpoint/chat"), None).unwrap();
        assert_eq!((endpoint.as_str(), config.get("guardrailIdentifier")), ("sagemaker:custom:chat", None));
        assert!(provider(&format!("arn:aws:bedrock:{account}:flow/F1/alias/A1"), None).unwrap_err().contains("flows"));
    }
}
