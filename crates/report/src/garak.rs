//! A run as garak writes its own: `*.report.jsonl` and `*.hitlog.jsonl`, read by `garak.analyze`.
//!
//! One attempt of ours is one attempt of garak with one output, for every trial has secrets of its own in its prompt. A score of 1 is an
//! attempt that went wrong. What could not be decided has no score and is counted under `nones`; a call that failed was started and
//! never completed.
//!
//! The probes are none of garak's, so the report brings their descriptions and tags itself (`plugin_cache`), and asks to be grouped by
//! OWASP's list of 2025, which garak does not know (its `owasp` tags are those of 2023). Where garak groups by module all the same, a
//! family stands under the module that is nearest to it. Format: <https://reference.garak.ai/en/latest/reporting.html>, as of garak 0.17.1.

mod entry;
mod family;

use crate::{ProbeReport, ProbedAttempt, ProbedPrompt, ReportError, json_lines};
use entry::{Eval, Message, attempt, ended, head, hit, plugins, summary};
use family::Family;
use sightline_model::Status;
use std::collections::BTreeMap;
use std::io;
use uuid::Uuid;

const FORMAT: &str = "garak";
/// The version whose readers these files are made for.
const GARAK: &str = "0.17.1";
/// The one detector: what our judge decided.
const DETECTOR: &str = "sightline.Verdict";

/// Writes the report.
pub(crate) fn report(report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
    let families = by_family(report);
    for entry in head(report, &families) {
        json_lines::line(FORMAT, &entry, out)?;
    }
    json_lines::line(FORMAT, &plugins(report, &families), out)?;
    for (family, prompts) in &families {
        let mut eval = Eval::default();
        for (seq, (prompt, trial)) in trials(prompts).enumerate() {
            eval.add(trial);
            for entry in attempt(report, family, (prompt, trial), seq) {
                json_lines::line(FORMAT, &entry, out)?;
            }
        }
        json_lines::line(FORMAT, &eval.entry(report, family), out)?;
        json_lines::line(FORMAT, &summary(family, &eval), out)?;
    }
    json_lines::line(FORMAT, &ended(report), out)
}

/// Writes the attempts that went wrong.
pub(crate) fn hitlog(report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
    for (family, prompts) in &by_family(report) {
        for (seq, (prompt, trial)) in trials(prompts).enumerate() {
            if trial.status == Status::Fail {
                json_lines::line(FORMAT, &hit(report, family, (prompt, trial), seq), out)?;
            }
        }
    }
    Ok(())
}

fn by_family(report: &ProbeReport) -> BTreeMap<Family, Vec<&ProbedPrompt>> {
    let mut families: BTreeMap<Family, Vec<&ProbedPrompt>> = BTreeMap::new();
    for prompt in &report.run.prompts {
        families.entry(Family::of(&prompt.family)).or_default().push(prompt);
    }
    families
}

fn trials<'a>(prompts: &'a [&'a ProbedPrompt]) -> impl Iterator<Item = (&'a ProbedPrompt, &'a ProbedAttempt)> {
    prompts.iter().flat_map(|prompt| prompt.attempts.iter().map(move |attempt| (*prompt, attempt)))
}

/// The same of the same run, whenever it is written.
fn uuid(report: &ProbeReport, of: &str) -> String {
    let run = Uuid::new_v5(&Uuid::NAMESPACE_OID, report.run.run_id.as_bytes());
    match of {
        "" => run.to_string(),
        of => Uuid::new_v5(&run, of.as_bytes()).to_string(),
    }
}

fn text(kept: &str) -> Message<'_> {
    Message { text: (!kept.is_empty()).then_some(kept), ..Message::default() }
}
