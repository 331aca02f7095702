//! `data/inference.toml`, read.

use serde::Deserialize;
use sightline_model::pattern::matches;

use crate::DiscoverError;

const FILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data/inference.toml"));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    pub(super) model_variables: Vec<String>,
    pub(super) model_flags: Vec<String>,
    pub(super) model_commands: Vec<String>,
    #[serde(rename = "engine")]
    pub(super) engines: Vec<Engine>,
    #[serde(rename = "label")]
    pub(super) labels: Vec<Label>,
}

/// Something that serves models.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Engine {
    pub(super) name: String,
    #[serde(default)]
    pub(super) images: Vec<String>,
    #[serde(default)]
    pub(super) programs: Vec<String>,
    #[serde(default)]
    pub(super) variables: Vec<String>,
    #[serde(default)]
    pub(super) ports: Vec<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Label {
    pub(super) key: String,
    /// any, where none is named
    pub(super) value: Option<String>,
    pub(super) engine: String,
}

impl Rules {
    pub(super) fn read() -> Result<Self, DiscoverError> {
        toml::from_str(FILE).map_err(|error| DiscoverError::Inference { reason: error.to_string() })
    }
}

/// Whether a text is one of the patterns, in which `*` is any text.
pub(super) fn is_one_of(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| matches(pattern, text))
}
