//! `-o FORMAT[=FILE]` of runs of probes.

use super::own_packs::OwnPacks;
use crate::{print, stage};
use anyhow::ensure;
use clap::Args;
use sightline_lake::Session;
use sightline_probe::GateReport;
use sightline_report::ProbeOutputSpec;
use std::path::{Path, PathBuf};

/// What is written beside what is shown.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// Write the run: `html=FILE`, `junit=FILE`, `sarif`, `garak`, `garak-hitlog`, `json`, `markdown`, `csv`; may be given several times
    #[arg(long, short, value_name = "FORMAT[=FILE]", conflicts_with = "json")]
    output: Vec<ProbeOutputSpec>,
}

impl Export {
    /// Whether standard output holds a file, and nothing else may be printed there.
    pub(super) fn takes_stdout(&self) -> bool {
        self.output.iter().any(|output| output.path.is_none())
    }

    /// Whether nothing is to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.output.is_empty()
    }

    /// Whether these outputs can hold so many runs.
    ///
    /// # Errors
    /// Several runs would stand in one stream.
    pub(super) fn check(&self, runs: usize) -> anyhow::Result<()> {
        ensure!(
            runs < 2 || !self.takes_stdout(),
            "{runs} runs are written to a file each: name it, such as `-o html=probes.html`; each run's id is added to it"
        );
        Ok(())
    }

    /// Writes a run that the lake holds; with its id in the files' names where there are several.
    ///
    /// # Errors
    /// The run cannot be read, a file cannot be written.
    pub(super) async fn write(
        &self,
        session: &Session,
        run_id: &str,
        gates: &[GateReport],
        own: &OwnPacks,
        is_one_of_several: bool,
    ) -> anyhow::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let packs = own.load(&[])?;
        let (run, attempts) = sightline_probe::recorded(session, run_id).await?;
        let summary = run.summary(&attempts);
        let report = stage::probed::report(&run, &attempts, &summary, gates, &packs)?;
        for output in &self.output {
            let path =
                output.path.as_ref().map(|path| if is_one_of_several { named(path, run_id) } else { path.clone() });
            let output = ProbeOutputSpec { format: output.format, path };
            output.write(&report, &mut std::io::stdout().lock())?;
            if let Some(path) = &output.path {
                print::note(&format!("wrote {}", path.display()));
            }
        }
        Ok(())
    }
}

/// `folder/probes.html` as `folder/probes-RUN.html`.
fn named(path: &Path, run_id: &str) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let named = match name.split_once('.') {
        Some((stem, extension)) => format!("{stem}-{run_id}.{extension}"),
        None => format!("{name}-{run_id}"),
    };
    path.with_file_name(named)
}

#[cfg(test)]
mod tests {
    use super::named;
    use std::path::Path;

    #[test]
    fn several_runs_have_a_file_each() {
        for (path, file) in [
            ("out/probes.html", "out/probes-r1.html"),
            ("garak.report.jsonl", "garak-r1.report.jsonl"),
            ("junit", "junit-r1"),
        ] {
            assert_eq!(named(Path::new(path), "r1"), Path::new(file));
        }
    }
}
