//! Arguments of every command that asks who can do what.

use super::Global;
use crate::stage::{self, access, access::Asked};
use clap::{Args, ValueEnum};
use sightline_iam::reach::{Routes, Scope};
use std::path::PathBuf;

/// Whose organisation is asked, and which ways count.
#[derive(Debug, Args)]
#[command(next_help_heading = "Who is asked")]
pub(crate) struct Source {
    /// Ask the organisation in this file, taken as it stands: keys that it does not tell are absent [default: what the newest
    /// scans saw]
    #[arg(long, value_name = "FILE")]
    pub org: Option<PathBuf>,
    /// Account that the resource belongs to, where its ARN names none; for models of AWS the account that uses it
    #[arg(long, value_name = "DIGITS", value_parser = account_id)]
    pub account: Option<String>,
    /// Ways through others that count [default: all; of a file roles]
    #[arg(long, value_enum)]
    routes: Option<Ways>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Ways {
    /// Assuming roles
    Roles,
    /// Also handing roles to services, having workloads act, changing who may do what
    All,
}

impl Source {
    /// Reads the organisation.
    ///
    /// # Errors
    /// The file is none, there is no lake, or it cannot be read.
    pub(crate) async fn read(&self, global: &Global) -> anyhow::Result<Asked> {
        match &self.org {
            Some(file) => access::from_file(file),
            None => access::from_lake(&stage::open(&global.lake).await?).await,
        }
    }

    /// Which ways through others count.
    pub(crate) fn scope(&self) -> Scope {
        let default = if self.org.is_some() { Ways::Roles } else { Ways::All };
        let routes = match self.routes.unwrap_or(default) {
            Ways::Roles => Routes::Roles,
            Ways::All => Routes::All,
        };
        Scope { routes, ..Scope::default() }
    }
}

fn account_id(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("an account has twelve digits".to_owned())
    }
}
