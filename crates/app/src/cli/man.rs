//! `sightline man`: manual pages, made of the command line as it is.

use crate::exit::Exit;
use crate::print;
use anyhow::{Context as _, bail};
use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man as Page;
use std::fs;
use std::path::{Path, PathBuf};

/// Print a manual page, or write all of them into a folder
#[derive(Debug, Args)]
#[command(after_help = "Try: sightline man probe run | man -l -\n     sightline man --out ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// The command whose page is printed, such as `probe run` [default: that of `sightline` itself]
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    of: Vec<String>,
    /// Write the pages of all commands into this folder, a file each, such as `sightline-probe-run.1`
    #[arg(long, short, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Day of the release, as the pages tell it [default: none]
    #[arg(long, value_name = "DAY")]
    date: Option<jiff::civil::Date>,
}

impl Man {
    /// Prints or writes.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        let date = self.date.map(|day| day.to_string()).unwrap_or_default();
        let mut root = super::Cli::command().disable_help_subcommand(true);
        root.build();
        match &self.out {
            None => print::line(page(named(&root, &self.of)?, &date)?.trim_end())?,
            Some(folder) => {
                fs::create_dir_all(folder).with_context(|| format!("cannot make `{}`", folder.display()))?;
                write(&root, folder, &date)?;
            }
        }
        Ok(Exit::Clean)
    }
}

/// The command of these words.
fn named<'a>(root: &'a Command, words: &[String]) -> anyhow::Result<&'a Command> {
    let mut command = root;
    for word in words {
        let Some(found) = shown(command).find(|sub| sub.get_name() == word) else {
            bail!("`{}` has no command `{word}`: `sightline help` lists all", full_name(command));
        };
        command = found;
    }
    Ok(command)
}

/// The commands below it that its help lists.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|sub| !sub.is_hide_set())
}

/// `sightline-probe-run`; the name of the page, too.
fn full_name(command: &Command) -> &str {
    command.get_display_name().unwrap_or_else(|| command.get_name())
}

fn page(command: &Command, date: &str) -> anyhow::Result<String> {
    let page = Page::new(command.clone())
        .title(full_name(command).to_uppercase())
        .date(date)
        .source(concat!("sightline ", env!("CARGO_PKG_VERSION")))
        .manual("Sightline");
    let mut text = Vec::new();
    page.render(&mut text)?;
    Ok(String::from_utf8(text)?)
}

fn write(command: &Command, folder: &Path, date: &str) -> anyhow::Result<()> {
    let path = folder.join(format!("{}.1", full_name(command)));
    fs::write(&path, page(command, date)?).with_context(|| format!("cannot write `{}`", path.display()))?;
    shown(command).try_for_each(|sub| write(sub, folder, date))
}
