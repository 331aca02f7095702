//! What calls models on somebody's behalf: agents, knowledge bases, flows. Their own prompts, and how often they ask a model, are
//! theirs to choose: no price of a call is known beforehand.

use super::row::{Row, Rows};
use super::{Found, Hindrance, Pricing};
use serde_json::Value;

pub(super) fn targets(rows: &Rows) -> Vec<Found> {
    let agents = rows.of("aws_bedrock_agent");
    let flows = rows.of("aws_bedrock_flow");
    let mut targets = Vec::new();
    for agent in agents {
        let aliases = rows.of("aws_bedrock_agent_alias").iter().filter(|alias| alias.text("agent_arn") == agent.arn);
        let models = texts([agent.value("foundation_model")]);
        targets.extend(aliased(agent, aliases, "agent", models, |alias| {
            agent.unless("agent_status", "PREPARED").or_else(|| alias.unless("agent_alias_status", "PREPARED"))
        }));
    }
    for flow in flows {
        let aliases = rows.of("aws_bedrock_flow_alias").iter().filter(|alias| alias.text("flow_arn") == flow.arn);
        let inline = "/configuration/prompt/sourceConfiguration/inline/modelId";
        let places = [inline, "/configuration/knowledgeBase/modelId"];
        let nodes = flow.list("definition/nodes").flat_map(|node| places.map(|place| node.pointer(place)));
        let models = texts(nodes);
        targets.extend(aliased(flow, aliases, "flow", models, |_| flow.unless("status", "Prepared")));
    }
    targets.extend(rows.of("aws_bedrock_knowledge_base").iter().map(base));
    targets
}

/// Ids and ARNs of models.
fn texts<'v>(values: impl IntoIterator<Item = Option<&'v Value>>) -> Vec<String> {
    let mut texts: Vec<String> = values
        .into_iter()
        .filter_map(|value| value?.as_str())
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect();
    texts.sort();
    texts.dedup();
    texts
}

/// A target for each alias; where there is none, the owner, which cannot be called.
fn aliased<'r>(
    owner: &Row,
    aliases: impl Iterator<Item = &'r Row>,
    kind: &str,
    models: Vec<String>,
    hindrance: impl Fn(&Row) -> Option<Hindrance>,
) -> Vec<Found> {
    let target = |alias: &Row| {
        let found = Found {
            title: format!("{}:{}", owner.title, alias.title),
            endpoint: owner.arn.clone(),
            models: models.clone(),
            pricing: Pricing::Unknown,
            ..Found::of(alias, kind)
        };
        found.hindered(hindrance(alias))
    };
    let targets: Vec<Found> = aliases.map(target).collect();
    if !targets.is_empty() {
        return targets;
    }
    let why = "it has no alias to be called by, or its aliases could not be read";
    vec![Found { pricing: Pricing::Unknown, ..Found::of(owner, kind) }.hindered(Hindrance::sure(why))]
}

fn base(row: &Row) -> Found {
    let found = Found { pricing: Pricing::Unknown, ..Found::of(row, "knowledge-base") };
    found.hindered(row.unless("status", "ACTIVE"))
}
