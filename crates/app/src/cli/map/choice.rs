//! Which edges are meant.

use crate::config::Config;
use clap::{Args, ValueEnum};
use serde::Deserialize;
use sightline_discover::protected::Protected;
use sightline_model::edge::{CONTROLS, Edge, TrafficClass, Tri};
use sightline_model::pattern;
use utoipa::ToSchema;

/// A class of traffic, or all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Class {
    UserToApplication,
    #[default]
    ApplicationToModel,
    ApplicationToInternet,
    ApplicationToApplication,
    All,
}

/// Which edges are meant; all that call a model where nothing is said.
#[derive(Debug, Default, Args)]
pub(crate) struct Choice {
    /// Only edges from or to this application of `sightline.toml`
    #[arg(long, value_name = "NAME")]
    pub(crate) app: Option<String>,
    /// Only edges to this model: a part of its ARN or name, or a pattern with `*`
    #[arg(long, value_name = "TEXT")]
    pub(crate) model: Option<String>,
    /// Only edges of this workload: a part of its ARN or name, or a pattern with `*`
    #[arg(long, value_name = "TEXT")]
    pub(crate) workload: Option<String>,
    /// Traffic of this class
    #[arg(long, value_enum, default_value = "application-to-model")]
    pub(crate) class: Class,
    /// Only edges that are not known to be protected, as `[map] protected` of `sightline.toml` has it; exit status 1 where
    /// there are any, 3 where none is known to be unprotected
    #[arg(long)]
    pub(crate) unprotected: bool,
    /// Only edges that lack this control or of which it is unknown, such as `private_path`
    #[arg(long, value_name = "CONTROL")]
    pub(crate) without: Option<String>,
}

impl Choice {
    /// # Errors
    /// A control or an application that nobody knows.
    pub(crate) fn check(&self, config: &Config) -> anyhow::Result<()> {
        if let Some(name) = &self.without {
            let known = CONTROLS.contains(&name.as_str());
            anyhow::ensure!(known, "no control is named `{name}`; use one of: {}", CONTROLS.join(" "));
        }
        if let Some(name) = &self.app {
            let mut names: Vec<&str> = config.applications.iter().map(|one| one.name.as_str()).collect();
            names.dedup();
            let known = names.contains(&name.as_str());
            let place = config.name();
            anyhow::ensure!(
                known,
                "`{place}` declares no application `{name}`; {}",
                match names.is_empty() {
                    true => "it has none: add `[[application]]` with a name and what belongs to it".to_owned(),
                    false => format!("it has: {}", names.join(", ")),
                }
            );
        }
        Ok(())
    }

    pub(super) fn keep(&self, edges: &mut Vec<Edge>, protected: &Protected) {
        edges.retain(|edge| self.fits(edge, protected));
    }

    /// Whether the edge is meant.
    pub(crate) fn fits(&self, edge: &Edge, protected: &Protected) -> bool {
        let control = |name: &String| state(edge, name) != Some(Tri::Yes);
        self.class.has(edge.class)
            && self.app.as_ref().is_none_or(|app| edge.application == *app || edge.target_application == *app)
            && self.model.as_ref().is_none_or(|text| is_named(text, &edge.target_arn, &edge.target_title))
            && self.workload.as_ref().is_none_or(|text| is_named(text, &edge.workload_arn, &edge.workload_title))
            && self.without.as_ref().is_none_or(control)
            && (!self.unprotected || protected.of(edge) != Tri::Yes)
    }

    /// Whether nothing but calls of models is asked for, and all of them.
    pub(super) fn is_whole(&self) -> bool {
        let parts = [&self.app, &self.model, &self.workload, &self.without];
        self.class == Class::ApplicationToModel && !self.unprotected && parts.iter().all(|part| part.is_none())
    }

    /// Whether each edge that is shown is a task for somebody: then its id is shown.
    pub(super) fn asks_for_tasks(&self) -> bool {
        self.unprotected || self.without.is_some()
    }

    pub(super) fn asks_for_unprotected(&self) -> bool {
        self.unprotected
    }
}

impl Class {
    fn has(self, class: TrafficClass) -> bool {
        match self {
            Self::All => true,
            Self::UserToApplication => class == TrafficClass::UserToApplication,
            Self::ApplicationToModel => class == TrafficClass::ApplicationToModel,
            Self::ApplicationToInternet => class == TrafficClass::ApplicationToInternet,
            Self::ApplicationToApplication => class == TrafficClass::ApplicationToApplication,
        }
    }
}

/// The state of an edge's control.
pub(super) fn state(edge: &Edge, name: &str) -> Option<Tri> {
    edge.controls.iter().find(|control| control.name == name).map(|control| control.state)
}

fn is_named(text: &str, arn: &str, title: &str) -> bool {
    let text = text.to_lowercase();
    let has = |name: &str| {
        let name = name.to_lowercase();
        if text.contains('*') { pattern::matches(&text, &name) } else { name.contains(&text) }
    };
    has(arn) || has(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_parts_or_patterns() {
        let arn = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-opus";
        assert!(is_named("Claude-3", arn, ""));
        assert!(is_named("*claude*", arn, "") && is_named("Chat*", arn, "chat-frontend"));
        assert!(!is_named("claude*", arn, "chat-frontend") && !is_named("nova", arn, "chat-frontend"));
    }
}
