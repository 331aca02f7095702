//! `sightline generate`: the files under `docs/` and `deploy/` that are made of the code. Hidden: it is for those who change the code.

mod tables;

use crate::exit::Exit;
use crate::{print, stage};
use anyhow::Context as _;
use clap::{Args, CommandFactory as _};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// Write the generated files under docs/ and deploy/ anew
#[derive(Debug, Args)]
#[command(hide = true)]
pub(crate) struct Generate {
    /// Only say which differ; exits with 1 if any does
    #[arg(long)]
    check: bool,
    /// The repository's root
    #[arg(long, default_value = ".")]
    root: PathBuf,
}

impl Generate {
    /// Writes the files, or compares them.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let mut exit = Exit::Clean;
        for (name, text) in files()? {
            let path = self.root.join(&name);
            if fs::read_to_string(&path).is_ok_and(|old| old == text) {
                continue;
            }
            if self.check {
                print::line(&format!("{name} is stale: run `make generate`"))?;
                exit = Exit::Findings;
            } else {
                if let Some(folder) = path.parent() {
                    fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
                }
                fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
                print::line(&format!("wrote {name}"))?;
            }
        }
        Ok(exit)
    }
}

fn files() -> anyhow::Result<Vec<(String, String)>> {
    let own = [
        ("cli.md", command_line()),
        ("openapi.json", crate::serve::document()?),
        ("onboarding.md", sightline_onboard::guide_markdown()),
        ("permissions.json", permissions()?),
        ("probes.md", sightline_probe::cards(&sightline_probe::packs()?)),
        ("tables.md", tables::page(&stage::catalogue()?)),
    ];
    let own = own.into_iter().map(|(name, text): (&str, String)| (name.to_owned(), text));
    let pages = sightline_check::pages()?.into_iter().chain([sightline_check::detect::page()?]).chain(own);
    let mut files: Vec<(String, String)> = pages.map(|(name, text)| (format!("docs/{name}"), text)).collect();
    files.extend(sightline_onboard::modules(stage::catalogue()?.actions())?);
    Ok(files)
}

fn command_line() -> String {
    let mut text = String::from("# The command line\n\nMade by `make generate`.\n");
    let mut root = super::Cli::command().term_width(100);
    root.build();
    help(&mut text, &mut root, "sightline");
    text
}

fn help(text: &mut String, command: &mut clap::Command, name: &str) {
    // Writing to a string cannot fail.
    let _ = write!(text, "\n## {name}\n\n```text\n{}\n```\n", command.render_long_help().to_string().trim_end());
    for sub in command.get_subcommands_mut().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help") {
        let name = format!("{name} {}", sub.get_name());
        help(text, sub, &name);
    }
}

fn permissions() -> anyhow::Result<String> {
    let policies = sightline_collect::permissions::policies(&stage::catalogue()?.actions());
    Ok(serde_json::to_string_pretty(&policies)? + "\n")
}
