//! How what is no model of Amazon Bedrock is asked: endpoints, knowledge bases, servers inside the network.

use super::targets::Chosen;
use crate::world;
use anyhow::{Context as _, anyhow, ensure};
use clap::Args;
use sightline_model::Arn;
use sightline_probe::{Dialect, Form, Found, Pricing, Surface, Template, Token};
use std::fs;
use std::path::{Path, PathBuf};

/// The largest template, in bytes.
const LARGEST: u64 = 16 << 10;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Endpoints, knowledge bases, servers")]
pub(crate) struct Served {
    /// Address of a server that speaks as OpenAI does, before `/chat/completions`: `http://vllm.llm.svc:8000/v1`
    #[arg(long, value_name = "URL", requires = "url_model", conflicts_with = "model")]
    pub(crate) url: Option<String>,
    /// What the server calls the model
    #[arg(long, value_name = "NAME", requires = "url")]
    pub(crate) url_model: Option<String>,
    /// Environment variable that holds the server's token; the token is kept nowhere
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) token_env: Option<String>,
    /// What endpoints of SageMaker want to be asked with: `text-generation` (TGI, DJL), `chat` (OpenAI's messages), `jsonlines` [default: by
    /// the container, where it is known]
    #[arg(long, value_name = "FORM", value_parser = clap::builder::PossibleValuesParser::new(Dialect::WORDS))]
    preset: Option<String>,
    /// File with the request's body for an endpoint of another form, a Jinja template with `text`, `system`, `user`, `messages`, `max_tokens`:
    /// `{"prompt": {{ text | tojson }}}`
    #[arg(long, value_name = "FILE", requires = "answer_at", conflicts_with = "preset")]
    pub(crate) request_template: Option<PathBuf>,
    /// Where the text stands in that endpoint's answer: a JSON pointer, `*` for each element of a list
    #[arg(long, value_name = "POINTER", requires = "request_template")]
    pub(crate) answer_at: Option<String>,
    /// Where the answer says why it ended
    #[arg(long, value_name = "POINTER", requires = "request_template")]
    pub(crate) stop_at: Option<String>,
    /// Content type of the template's request
    #[arg(long, value_name = "TYPE", requires = "request_template", default_value = "application/json")]
    pub(crate) content_type: String,
    /// Model that answers out of knowledge bases: a model's or an inference profile's ARN
    #[arg(long, value_name = "ARN")]
    kb_model: Option<String>,
}

impl Served {
    /// What endpoints and knowledge bases are asked with, where no server, file or variable is named.
    pub(crate) fn of(preset: Option<String>, kb_model: Option<String>) -> Self {
        Self { preset, kb_model, ..Self::default() }
    }

    /// The server, where one is named.
    pub(super) fn server(&self) -> Option<Chosen> {
        let url = self.url.as_ref()?;
        let found =
            Found { arn: url.clone(), kind: "self-hosted".to_owned(), pricing: Pricing::Paid, ..Found::default() };
        Some(Chosen { name: url.clone(), region: None, found, is_named: true, may_run: true })
    }

    /// The surface of what is no model of Bedrock; nothing for one.
    ///
    /// # Errors
    /// What it needs is not said.
    pub(super) fn surface(&self, chosen: &Chosen) -> anyhow::Result<Option<Surface>> {
        if let Some(model) = self.url_model.as_ref().filter(|_| self.url.as_ref() == Some(&chosen.name)) {
            return Ok(Some(Surface::OpenAi(model.clone())));
        }
        let Ok(arn) = chosen.name.parse::<Arn>() else { return Ok(None) };
        Ok(match (arn.service(), arn.resource_type()) {
            ("sagemaker", _) => Some(Surface::SageMaker(self.dialect(&chosen.found)?)),
            // An agent itself is refused by that surface, which says what to name.
            ("bedrock", "agent" | "agent-alias") => Some(Surface::Agent),
            ("bedrock", "flow") => Some(Surface::Flow),
            ("bedrock", "knowledge-base") => Some(Surface::KnowledgeBase(
                self.kb_model.clone().context("which model answers out of it is not known: add `--kb-model ARN`")?,
            )),
            _ => None,
        })
    }

    /// What the server wants to be shown.
    ///
    /// # Errors
    /// The variable is not set.
    pub(super) fn token(&self) -> anyhow::Result<Option<Token>> {
        let Some(variable) = &self.token_env else { return Ok(None) };
        let token = world::variable(variable).with_context(|| format!("`--token-env`: `{variable}` is not set"))?;
        Ok(Some(Token::new(token.trim().to_owned())))
    }

    fn dialect(&self, found: &Found) -> anyhow::Result<Dialect> {
        let said = match (&self.request_template, &self.preset) {
            (Some(file), _) => Some(self.template(file)?),
            (None, Some(preset)) => Some(preset.parse().map_err(|reason: String| anyhow!("`--preset`: {reason}"))?),
            (None, None) => Dialect::of_engine(&found.engine),
        };
        let known = said.with_context(|| {
            format!("what its container wants to be asked with is not known: add `--preset` ({}) or `--request-template FILE`", Dialect::WORDS.join(", "))
        })?;
        let is_component = found.kind == "inference-component";
        Ok(if is_component { known.behind(&found.endpoint) } else { known })
    }

    fn template(&self, file: &Path) -> anyhow::Result<Dialect> {
        let told = || format!("cannot use the template `{}`", file.display());
        let size = fs::metadata(file).with_context(told)?.len();
        ensure!(size <= LARGEST, "{}: it has more than {LARGEST} bytes", told());
        let template = Template {
            request: fs::read_to_string(file).with_context(told)?,
            content_type: self.content_type.clone(),
            answer: self.answer_at.clone().unwrap_or_default(),
            stop: self.stop_at.clone().unwrap_or_default(),
        };
        // Read again as it is kept, for that is what checks it.
        let dialect = Dialect::new(Form::Template(template));
        dialect.to_string().parse().map_err(|reason: String| anyhow!("{}: {reason}", told()))
    }
}
