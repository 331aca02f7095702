//! Arguments of every command that reads logs: what is kept of them.

use crate::config::{Config, KeptText};
use clap::Args;
use sightline_ingest::Keep;

/// The variable beside `--keep-raw`.
pub(crate) const RAW: &str = "SIGHTLINE_KEEP_RAW";
/// The variable beside `--keep-text`.
pub(crate) const TEXT: &str = "SIGHTLINE_KEEP_TEXT";

/// What is kept beyond who called what.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "What is kept")]
pub(crate) struct Kept {
    /// Keep each flow record as a row of `flow_record`, beside the hourly rollups: many times the space
    #[arg(long, env = RAW, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub keep_raw: Option<bool>,
    /// Keep the text of prompts and completions, which may hold anything that people and programs tell a model; without
    /// this, `model_invocation` has their sizes alone [default: none]
    #[arg(long, env = TEXT, value_enum, value_name = "WHAT")]
    pub keep_text: Option<KeptText>,
}

impl Kept {
    /// What flags, environment and file say together.
    pub(crate) fn over(self, config: &Config) -> Keep {
        config.keep(self.keep_raw, self.keep_text)
    }
}
