//! `sightline completions SHELL`.

use crate::exit::Exit;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

/// Print a script that completes commands in your shell
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the script.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::Cli::command(), "sightline", &mut script);
        crate::print::line(String::from_utf8_lossy(&script).trim_end())?;
        Ok(Exit::Clean)
    }
}
