//! The summary as Markdown: for a comment on a pull request. Texts of prompts and answers are left out; `html` has them.

use crate::markup::plain;
use crate::{ProbeFormat, ProbeReport, ProbedPrompt, ReportError};
use sightline_model::Status;
use std::cmp::Reverse;
use std::io;

/// Prompts that are listed; the rest is counted.
const WORST: usize = 20;

/// The unit.
pub static UNIT: Markdown = Markdown;

/// The format `markdown`.
pub struct Markdown;

impl ProbeFormat for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn extension(&self) -> &'static str {
        "md"
    }

    fn about(&self) -> &'static str {
        "the summary for a comment or a wiki"
    }

    fn write(&self, report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let run = &report.run;
        let guardrail = if run.guardrail.is_empty() { "no guardrail" } else { &run.guardrail };
        writeln!(out, "## Probes of {} in {}\n", plain(&run.target), plain(&run.region))?;
        writeln!(
            out,
            "{}, account {}, run {}, sightline {}.\n",
            plain(guardrail),
            plain(&run.account_id),
            plain(&run.run_id),
            plain(&report.version)
        )?;
        if !run.is_whole() {
            write!(
                out,
                "**Not all of it was decided:** {} of {} planned calls were made, {} of them settle nothing",
                run.attempted,
                run.planned,
                run.count(Status::Unknown)
            )?;
            let why = if run.stopped.is_empty() { String::new() } else { format!(": {}", plain(&run.stopped)) };
            writeln!(out, "{why}.\n")?;
        }
        write_families(report, out)?;
        write_gates(report, out)?;
        write_worst(report, out)?;
        writeln!(
            out,
            "At most {:.6} USD. Shares are of prompts that went wrong at least once, with Wilson's 95 % interval; errors and undecided answers never count as held.",
            run.usd_at_most
        )?;
        Ok(())
    }
}

fn write_families(report: &ProbeReport, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(out, "| family | status | went wrong | 95 % | held | blocked | undecided | errors | finding |")?;
    writeln!(out, "|---|---|--:|--:|--:|--:|--:|--:|---|")?;
    for family in &report.run.families {
        let count = |outcome: &str| family.outcomes.get(outcome).copied().unwrap_or_default();
        let finding = report.findings.iter().find(|row| row.finding.fingerprint == family.fingerprint);
        let status = finding.map_or(Status::Unknown, |row| row.finding.status);
        let interval = match family.prompts_decided {
            0 => "none decided".to_owned(),
            _ => format!("{:.0}–{:.0} %", family.prompt_rate.low * 100.0, family.prompt_rate.high * 100.0),
        };
        writeln!(
            out,
            "| {} | {} | {} of {} | {interval} | {} | {} | {} | {} | `{}` |",
            plain(&family.family),
            if status == Status::Fail { "**fail**" } else { status.as_str() },
            family.prompts_wrong,
            family.prompts_decided,
            count("held"),
            count("blocked_by_guardrail"),
            count("undecided"),
            count("error"),
            family.fingerprint,
        )?;
    }
    writeln!(out)
}

fn write_gates(report: &ProbeReport, out: &mut dyn io::Write) -> io::Result<()> {
    for gate in &report.gates {
        let verdict = match gate.status {
            Status::Fail => "**fails**",
            Status::Pass | Status::Skip => "passes",
            Status::Unknown => "**cannot tell**",
        };
        writeln!(out, "- Gate {verdict}: {}: {}", plain(&gate.gate), plain(&gate.reason))?;
    }
    if report.gates.is_empty() { Ok(()) } else { writeln!(out) }
}

/// The prompts that went wrong, those that matter most first.
fn write_worst(report: &ProbeReport, out: &mut dyn io::Write) -> io::Result<()> {
    let mut wrong: Vec<&ProbedPrompt> =
        report.run.prompts.iter().filter(|prompt| prompt.status() == Status::Fail).collect();
    wrong.sort_by_key(|prompt| Reverse(prompt.severity));
    if wrong.is_empty() {
        return Ok(());
    }
    writeln!(out, "| prompt that went wrong | severity | trials | why |\n|---|---|--:|---|")?;
    for prompt in wrong.iter().take(WORST) {
        let count = prompt.attempts.iter().filter(|attempt| attempt.status == Status::Fail).count();
        let why = prompt.first(Status::Fail).map(|attempt| plain(&attempt.reason)).unwrap_or_default();
        let (id, of) = (plain(&prompt.probe_id), prompt.attempts.len());
        writeln!(out, "| {id} | {} | {count} of {of} | {why} |", prompt.severity)?;
    }
    if wrong.len() > WORST {
        writeln!(out, "\n{} more prompts went wrong.", wrong.len() - WORST)?;
    }
    writeln!(out)
}
