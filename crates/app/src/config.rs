//! `sightline.toml`: what is the same for every run. A flag beats the environment, the environment beats the file, the file beats
//! the defaults. The file is looked for where `--config` says, then `SIGHTLINE_CONFIG`, then in the current folder; its schema is
//! [`SCHEMA`].

mod application;
mod cluster;
mod file;
mod map;
mod mute;
mod notification;
mod probe;
mod serve;

pub(crate) use file::{KeptText, Place, sources};
pub(crate) use map::PublicAiService;
pub(crate) use mute::MuteRule;
pub(crate) use notification::{Access, Address, Channel, Notification, Topic};
pub(crate) use serve::{Oidc, SecretFrom, Serve};

use crate::world;
use anyhow::{Context as _, bail};
use sightline_discover::Criteria;
use sightline_discover::protected::Protected;
use sightline_ingest::{Keep, Text};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The JSON schema of the file.
pub(crate) const SCHEMA: &str = include_str!("../schema/sightline.schema.json");

/// The file that is read where nothing else is said.
const NAME: &str = "sightline.toml";

/// The variable that names the file.
const VARIABLE: &str = "SIGHTLINE_CONFIG";

/// The largest file, in bytes.
const LARGEST: u64 = 1 << 20;

/// What a file says; nothing where there is none.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// The file, where there is one
    pub path: Option<PathBuf>,
    /// Its text
    pub text: String,
    /// The places of logs, in the file's order
    pub logs: Vec<Place>,
    /// Whether single flow records are kept
    pub raw_flows: Option<bool>,
    /// What is kept of prompts and completions
    pub kept_text: Option<KeptText>,
    /// Folders of the user's own checks, as seen from the file
    pub checks: Vec<PathBuf>,
    /// Who runs large queries
    pub cluster: cluster::Cluster,
    /// Findings that do not count, in the file's order
    pub mutes: Vec<MuteRule>,
    /// What belongs to which application, in the file's order
    pub applications: Vec<Criteria>,
    /// When an edge of the map counts as protected
    pub protected: Protected,
    /// Public AI services that the built-in list does not have
    pub public_ai: Vec<PublicAiService>,
    /// Patterns of the ARNs that may be probed without being named
    pub probe_allow: Vec<String>,
    /// What the server is told beside its flags
    pub serve: Serve,
    /// Who is told what is new, in the file's order
    pub notifications: Vec<Notification>,
}

impl Config {
    /// Reads the file that is in force.
    ///
    /// # Errors
    /// A file that was named is not there; it cannot be read, or says what is not understood.
    pub(crate) fn load(named: Option<&Path>) -> anyhow::Result<Self> {
        let path = Self::place_of(named);
        if named.is_none() && world::variable(VARIABLE).is_none() && !path.exists() {
            return Ok(Self::default());
        }
        let text = read(&path).with_context(|| format!("cannot read the configuration `{}`", path.display()))?;
        Self::of_text(&path, text)
    }

    /// Where the file is that is in force, or would be.
    pub(crate) fn place_of(named: Option<&Path>) -> PathBuf {
        match (named, world::variable(VARIABLE)) {
            (Some(path), _) => path.to_owned(),
            (None, Some(path)) => PathBuf::from(path),
            (None, None) => PathBuf::from(NAME),
        }
    }

    /// What a text says that stands, or is to stand, in this file.
    ///
    /// # Errors
    /// It says what is not understood.
    pub(crate) fn of_text(path: &Path, text: String) -> anyhow::Result<Self> {
        let config = file::parse(path, &text).map_err(|error| *error)?;
        Ok(Self { path: Some(path.to_owned()), text, ..config })
    }

    /// The place of this name.
    pub(crate) fn place(&self, name: &str) -> Option<&Place> {
        self.logs.iter().find(|place| place.name == name)
    }

    /// What is kept, given what flags and environment say.
    pub(crate) fn keep(&self, raw_flows: Option<bool>, text: Option<KeptText>) -> Keep {
        Keep {
            raw_flows: raw_flows.or(self.raw_flows).unwrap_or_default(),
            text: match text.or(self.kept_text).unwrap_or_default() {
                KeptText::None => Text::None,
                KeptText::Redacted => Text::Redacted,
                KeptText::Whole => Text::Whole,
            },
        }
    }

    /// How the file was found.
    pub(crate) fn found_by(&self, is_named: bool) -> &'static str {
        match &self.path {
            _ if is_named => "--config",
            Some(_) if world::has_variable(VARIABLE) => VARIABLE,
            Some(_) => "this folder",
            None => "default",
        }
    }

    /// What the file is called in output.
    pub(crate) fn name(&self) -> String {
        self.path.as_ref().map_or_else(|| NAME.to_owned(), |path| path.display().to_string())
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        bail!("it is larger than {LARGEST} bytes");
    }
    Ok(text)
}
