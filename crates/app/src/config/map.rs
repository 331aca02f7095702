//! What the map is told by the user: when an edge counts as protected, and which other hosts are public AI services.

use super::file::Fault;
use serde::Deserialize;
use sightline_discover::PublicAi;
use sightline_discover::protected::Protected;
use toml::Spanned;

/// `[map]`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Map {
    protected: Option<Spanned<String>>,
}

/// `[[public_ai]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    name: Spanned<String>,
    hosts: Spanned<Vec<String>>,
}

/// A public AI service that the built-in list does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicAiService {
    pub name: String,
    pub hosts: Vec<String>,
}

impl Map {
    pub(super) fn protected(&self) -> Result<Protected, Fault> {
        let Some(text) = &self.protected else { return Ok(Protected::default()) };
        Protected::parse(text.get_ref()).map_err(|error| Fault {
            span: text.span(),
            message: format!("`protected`: {error}"),
            help: Some("join names of controls with `and`, `or`, `not` and parentheses".to_owned()),
        })
    }
}

pub(super) fn public_ai(written: Written) -> Result<PublicAiService, Fault> {
    let fault = |span, message: String, help: &str| Fault { span, message, help: Some(help.to_owned()) };
    if written.name.get_ref().trim().is_empty() {
        return Err(fault(written.name.span(), "a service has a name".to_owned(), "such as `name = \"Acme AI\"`"));
    }
    if written.hosts.get_ref().is_empty() {
        let help = "such as `hosts = [\"api.example.com\", \"*.ai.example.com\"]`";
        return Err(fault(written.hosts.span(), "a service has hosts".to_owned(), help));
    }
    // Read now, so that a mistake is told with its place.
    PublicAi::default().add(written.name.get_ref(), written.hosts.get_ref()).map_err(|error| {
        fault(written.hosts.span(), error.to_string(), "a `*` stands for one label or several, before the last two")
    })?;
    Ok(PublicAiService { name: written.name.into_inner(), hosts: written.hosts.into_inner() })
}
