//! `sightline probe import`: prompts of another tool as a pack of one's own.

use crate::exit::Exit;
use crate::print;
use anyhow::{Context as _, ensure};
use clap::Args;
use sightline_model::untrusted::for_terminal;
use sightline_probe::{ImportOptions, Imported};
use std::fs;
use std::path::PathBuf;

/// The arguments.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// A garak report (`*.report.jsonl`), PyRIT seeds (`*.yaml`, `*.prompt`), or a table with a column `goal` or `prompt`
    /// (`*.csv`, `*.jsonl`)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The new pack's id
    #[arg(long = "as", value_name = "ID")]
    id: String,
    /// Folder that gets the pack's folder; give it to `--packs-dir` later
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// The prompts are plain ones: a refusal is what breaks them
    #[arg(long)]
    benign: bool,
}

impl Import {
    /// Writes the pack.
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let shown = self.file.display().to_string();
        let size = fs::metadata(&self.file).with_context(|| format!("cannot read `{shown}`"))?.len();
        let most = sightline_probe::LARGEST_FILE;
        ensure!(size <= most, "`{shown}` has {size} bytes, and {most} at most can be imported: split it");
        let text = fs::read_to_string(&self.file).with_context(|| format!("cannot read `{shown}`"))?;
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let imported = sightline_probe::import(&name, &text, &ImportOptions { id: self.id, benign: self.benign })?;
        sightline_probe::write(&imported.pack, &self.out)?;
        print::line(&told(&imported, &self.out.display().to_string()))?;
        Ok(Exit::Clean)
    }
}

fn told(imported: &Imported, out: &str) -> String {
    let mut text = format!(
        "{} probes in {out}/{}, {} of them judged by the refusal detector alone: what it cannot tell stays undecided.",
        imported.pack.probes.len(),
        imported.pack.about.id,
        imported.judged_by_refusal
    );
    if imported.doubles > 0 {
        text.push_str(&format!("\n{} prompts were there twice.", imported.doubles));
    }
    if imported.left_out > 0 {
        text.push_str(&format!("\n{} prompts were left out:", imported.left_out));
        for reason in &imported.reasons {
            text.push_str(&format!("\n  {}", for_terminal(reason)));
        }
    }
    text.push_str(&format!(
        "\nNext: sightline probe plan --packs-dir {out} --pack {} --model ID",
        imported.pack.about.id
    ));
    text
}
