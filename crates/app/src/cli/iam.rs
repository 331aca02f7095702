//! `sightline iam`: the policy engine itself.

use crate::exit::Exit;
use crate::print;
use crate::table::{self, Tone};
use clap::{Args, Subcommand};
use serde::Serialize;
use sightline_iam::cases::{CaseResult, Tally, Unreadable, Verdict, run_file};
use sightline_model::untrusted::{for_terminal, shortened};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Where the text beside a verdict begins.
const INDENT: usize = 13;

/// Lines of a file that are no cases and named one by one.
const REFUSED: usize = 20;

/// The longest answer or residual that is shown, in characters.
const LONGEST: usize = 400;

/// Hold the policy engine against questions with known answers
#[derive(Debug, Args)]
pub(crate) struct Iam {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Test(Test),
}

/// Run cases: exits with 1 when an answer is wrong or unsound, with 2 when a part of a file is no case
#[derive(Debug, Args)]
#[command(
    after_help = "A file has one case a line, or is an organisation with what is expected of it. Both implementations of \
     the rules answer what both can express; that they disagree is a failure. An answer that says less than it could is imprecise, \
     and no failure."
)]
struct Test {
    /// Cases (JSON lines), or organisations (JSON)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print one JSON object a case and line; the totals go to standard error
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'r> {
    file: &'r str,
    #[serde(flatten)]
    result: &'r CaseResult,
}

impl Iam {
    /// Runs the action.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        match self.action {
            Action::Test(test) => test.run(),
        }
    }
}

impl Test {
    fn run(self) -> anyhow::Result<Exit> {
        let (mut total, mut exit) = (Tally::default(), Exit::Clean);
        for path in &self.files {
            let (tally, readable) = self.one(path)?;
            total.add(tally);
            if tally.failed + tally.unsound > 0 {
                exit = exit.or_worse(Exit::Findings);
            }
            if !readable {
                exit = exit.or_worse(Exit::CouldNotRun);
            }
        }
        self.total(&total.to_string())?;
        Ok(exit)
    }

    /// One file's count, and whether all of it could be read.
    fn one(&self, path: &Path) -> anyhow::Result<(Tally, bool)> {
        let name = path.display().to_string();
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) => {
                refused(&name, &Unreadable { line: None, error: error.to_string() });
                return Ok((Tally::default(), false));
            }
        };
        let (mut tally, mut wrong, mut written) = (Tally::default(), Vec::new(), Ok(()));
        let mut out = print::lines();
        let unreadable = run_file(&text, &mut |result| {
            tally.count(result.verdict);
            if self.json && written.is_ok() {
                let line = serde_json::to_writer(&mut out, &Line { file: &name, result: &result });
                written = line.map_err(anyhow::Error::from).and_then(|()| Ok(out.write_all(b"\n")?));
            } else if !self.json && result.verdict != Verdict::Passed {
                wrong.push(result);
            }
        });
        written?;
        out.flush()?;
        drop(out);
        self.total(&format!("{}: {tally}", for_terminal(&name)))?;
        for result in &wrong {
            show(result)?;
        }
        for part in unreadable.iter().take(REFUSED) {
            refused(&name, part);
        }
        if let Some(more) = unreadable.len().checked_sub(REFUSED).filter(|more| *more > 0) {
            print::note(&format!("error: {}: {more} more lines are not cases", for_terminal(&name)));
        }
        Ok((tally, unreadable.is_empty()))
    }

    fn total(&self, text: &str) -> anyhow::Result<()> {
        if self.json {
            print::note(text);
        } else {
            print::line(text)?;
        }
        Ok(())
    }
}

fn refused(file: &str, part: &Unreadable) {
    let line = part.line.map(|line| format!(":{line}")).unwrap_or_default();
    print::note(&format!("error: {}{line}: {}", for_terminal(file), for_terminal(&part.error)));
}

fn show(result: &CaseResult) -> anyhow::Result<()> {
    let (word, tone) = match result.verdict {
        Verdict::Passed => ("passed", Tone::Good),
        Verdict::Failed => ("failed", Tone::Bad),
        Verdict::Unsound => ("unsound", Tone::Bad),
        Verdict::Imprecise => ("imprecise", Tone::Doubt),
    };
    let of = |text: &str| shortened(text, LONGEST);
    let mut text = format!("{}: expected {}, got {}", of(&result.id), of(&result.expected), of(&result.actual));
    if let Some(detail) = &result.detail {
        text.push_str(&format!("; {}", of(detail)));
    }
    print::line(&table::entry(word, tone, INDENT, &text))?;
    Ok(())
}
