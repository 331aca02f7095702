//! `sightline generate`: the files under `docs/` that are made of the code. Hidden: it is for those who change the code.

use crate::exit::Exit;
use crate::{print, stage};
use anyhow::Context as _;
use clap::{Args, CommandFactory as _};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// Write the generated files under docs/ anew
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
            let path = self.root.join("docs").join(name);
            if fs::read_to_string(&path).is_ok_and(|old| old == text) {
                continue;
            }
            if self.check {
                print::line(&format!("docs/{name} is stale: run `make generate`"))?;
                exit = Exit::Findings;
            } else {
                fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
                print::line(&format!("wrote docs/{name}"))?;
            }
        }
        Ok(exit)
    }
}

fn files() -> anyhow::Result<Vec<(&'static str, String)>> {
    Ok(vec![
        ("checks.md", sightline_check::catalogue_markdown()?),
        ("cli.md", command_line()),
        ("onboarding.md", sightline_onboard::guide_markdown()),
        ("permissions.json", permissions()?),
        ("probes.md", sightline_probe::cards(&sightline_probe::packs()?)),
        ("tables.md", tables()?),
    ])
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
    let documents = sightline_collect::permissions::documents(&stage::catalogue()?.actions());
    Ok(serde_json::to_string_pretty(&documents)? + "\n")
}

fn tables() -> anyhow::Result<String> {
    let catalogue = stage::catalogue()?;
    let mut text = String::from(
        "# Tables\n\nMade by `make generate`. Every inventory table has the columns `arn account_id partition region title tags collected_at` \
         before its own.\n\n## The lake\n\n| table | what it holds |\n|---|---|\n",
    );
    for table in sightline_model::lake_table::ALL {
        let _ = writeln!(text, "| `{}` | {} |", table.name, table.about);
    }
    text.push_str("\n## The inventory\n");
    for schema in catalogue.schemas() {
        let actions = catalogue
            .actions_of(&schema.name)
            .into_iter()
            .map(|action| format!("`{action}`"))
            .collect::<Vec<_>>()
            .join(" ");
        let columns = schema.columns.iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(" ");
        let _ = write!(text, "\n### {}\n\nRead with {actions}.\n\n{columns}\n", schema.name);
    }
    Ok(text)
}
