//! `sightline checks test`: the literate tests of check files, and every fault, against the real tables.

use crate::exit::Exit;
use crate::{print, stage};
use anyhow::bail;
use clap::Args;
use jiff::Timestamp;
use sightline_check::trial::{Problem, trial};
use sightline_check::{CheckError, Shared, contract, fixture, folder, parse};
use sightline_model::TableSchema;
use sightline_model::untrusted::for_terminal;
use std::path::{Path, PathBuf};

/// The time at which tests run: ages in their rows are counted back from it.
pub(super) const NOW: Timestamp = Timestamp::constant(1_795_305_600, 0);

/// Try check files: run their tests over the real tables' columns, then let each call behind them fail
///
/// The rows of a test must fit the tables, its findings must be those that it expects, and nothing may pass when a table that the
/// query reads could not be read. Time stands still at 2026-11-22T00:00:00Z.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 all hold, 1 a test does not, 2 a file could not be read.")]
pub(crate) struct Test {
    /// Files, or folders with files `*.md`
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Folder of checks whose `shared/*.sql` the files may use, before those beside the files and those that ship
    #[arg(long, value_name = "FOLDER")]
    checks_dir: Vec<PathBuf>,
    /// Count what only the checks that ship must keep: pages of AWS, a `cli` and a `terraform` block, frameworks
    #[arg(long)]
    strict: bool,
}

/// What the summary counts.
#[derive(Default)]
struct Count {
    files: usize,
    unread: usize,
    tests: usize,
    faults: usize,
    problems: usize,
}

impl Test {
    /// Tries each file and tells what does not hold.
    pub(crate) async fn run(self) -> anyhow::Result<Exit> {
        let schemas = stage::catalogue()?.schemas();
        let mut count = Count::default();
        let mut files = Vec::new();
        for path in &self.paths {
            files.extend(folder::files(path)?);
        }
        if files.is_empty() {
            bail!("there is no file `*.md` in these folders");
        }
        for file in files {
            count.files += 1;
            match self.one(&file, &schemas).await {
                Ok((tests, faults, problems)) => {
                    count.tests += tests;
                    count.faults += faults;
                    count.problems += problems.len();
                    for problem in problems {
                        print::line(&lines(&problem.to_string()))?;
                    }
                }
                Err(error) => {
                    count.unread += 1;
                    print::line(&lines(&told(&error)))?;
                }
            }
        }
        let Count { files, unread, tests, faults, problems } = count;
        let unread_told = if unread > 0 { format!(", {unread} of them no check") } else { String::new() };
        print::line(&format!(
            "{}{unread_told}, {}, {}: {}",
            counted(files, "file"),
            counted(tests, "test"),
            counted(faults, "fault"),
            counted(problems, "problem")
        ))?;
        Ok(match (unread, problems) {
            (0, 0) => Exit::Clean,
            (0, _) => Exit::Findings,
            _ => Exit::CouldNotRun,
        })
    }

    async fn one(&self, file: &Path, schemas: &[TableSchema]) -> Result<(usize, usize, Vec<Problem>), CheckError> {
        let name = file.display().to_string();
        let check = parse(&name, &folder::read(file)?, &self.shared(file)?)?;
        let misfits = fixture::misfits(&check, schemas).into_iter();
        let mut problems: Vec<Problem> =
            misfits.map(|(line, what)| Problem { file: name.clone(), line, what, lines: Vec::new() }).collect();
        problems.extend(contract::of_every_check(&check));
        if self.strict {
            problems.extend(contract::of_ours(&check));
        }
        let tried = trial(&check, schemas, NOW).await;
        problems.extend(tried.problems);
        Ok((tried.tests, tried.faults, problems))
    }

    /// The queries that a file may use: those that ship, those of `../shared` beside it, those of `--checks-dir`.
    fn shared(&self, file: &Path) -> Result<Shared, CheckError> {
        let folder = match file.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let mut shared = Shared::embedded().with_folder(&folder.join("../shared"))?;
        for folder in &self.checks_dir {
            shared = shared.with_folder(&folder.join("shared"))?;
        }
        Ok(shared)
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn told(error: &CheckError) -> String {
    match error {
        CheckError::File { file, line, problem, help } => format!("{file}:{line}: {problem}\n  help: {help}"),
        other => other.to_string(),
    }
}

/// Line breaks are ours; what stands in a line may not be.
fn lines(text: &str) -> String {
    text.lines().map(for_terminal).collect::<Vec<_>>().join("\n")
}
