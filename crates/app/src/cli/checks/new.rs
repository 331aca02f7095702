//! `sightline checks new`: a check of one's own, to begin with.

use crate::cli::Global;
use crate::cli::own_checks::OwnChecks;
use crate::config::Config;
use crate::exit::Exit;
use crate::{print, stage};
use anyhow::{Context as _, bail};
use clap::Args;
use sightline_check::{Shared, parse};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

const TEMPLATE: &str = include_str!("template.md");

/// Where checks are written when nothing is said.
const FOLDER: &str = "checks";

/// Write a check to begin with: a working example whose parts you replace; it overwrites nothing
#[derive(Debug, Args)]
pub(crate) struct New {
    /// Its id in kebab-case, which names the bad pattern (`s3-bucket-without-owner`)
    id: String,
    /// The table whose rows it judges
    #[arg(long, value_name = "TABLE", default_value = "aws_s3_bucket")]
    table: String,
    /// The folder to write it to [default: the first of `[checks] dirs` in `sightline.toml`, else `checks`]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl New {
    /// Writes the file.
    pub(crate) fn run(self, global: &Global) -> anyhow::Result<Exit> {
        let config = Config::load(global.config.as_deref())?;
        let folder =
            self.folder.clone().or_else(|| config.checks.first().cloned()).unwrap_or_else(|| PathBuf::from(FOLDER));
        let text = self.text()?;
        let path = folder.join(format!("{}.md", self.id));
        let name = path.display().to_string();
        parse(&name, &text, &Shared::embedded()).map_err(stage::checks::shown)?;
        if OwnChecks::default().load(&config)?.iter().any(|check| check.id == self.id) {
            bail!("there is a check `{}` already: choose another id", self.id);
        }
        fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder `{}`", folder.display()))?;
        write(&path, &text)?;
        print::line(&name)?;
        print::note(&format!(
            "try it with `sightline checks test {name}`, run it with `sightline findings --checks-dir {}`",
            folder.display()
        ));
        Ok(Exit::Clean)
    }

    fn text(&self) -> anyhow::Result<String> {
        if !stage::catalogue()?.schemas().iter().any(|schema| schema.name == self.table) {
            bail!("there is no table `{}`: `sightline query \"show tables\"` has all", self.table);
        }
        let service = self.table.split('_').nth(1).unwrap_or("aws");
        Ok(TEMPLATE.replace("{table}", &self.table).replace("{service}", service))
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let name = path.display();
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).with_context(|| format!("cannot write `{name}`")),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("`{name}` is there already, and stays as it is")
        }
        Err(error) => Err(error).with_context(|| format!("cannot write `{name}`")),
    }
}
