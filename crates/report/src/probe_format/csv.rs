//! Attempts as CSV, one row each.

use crate::cells::Cells;
use crate::{ProbeFormat, ProbeReport, ProbedAttempt, ProbedPrompt, ReportError};
use std::io;

/// The unit.
pub static UNIT: Csv = Csv;

/// The format `csv`.
pub struct Csv;

const HEADER: &[&str] = &[
    "run_id",
    "account_id",
    "region",
    "target",
    "guardrail",
    "pack",
    "pack_version",
    "family",
    "probe_id",
    "severity",
    "owasp",
    "atlas",
    "nist_ai_rmf",
    "trial",
    "outcome",
    "status",
    "oracle",
    "reason",
    "stop_reason",
    "error_code",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "attempted_at",
];

impl ProbeFormat for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn extension(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "every attempt for a spreadsheet, one row each"
    }

    fn write(&self, report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let mut cells = Cells::new(self.name(), HEADER, out)?;
        for prompt in &report.run.prompts {
            for attempt in &prompt.attempts {
                cells.row(row(report, prompt, attempt))?;
            }
        }
        cells.finish()
    }
}

fn row(report: &ProbeReport, prompt: &ProbedPrompt, attempt: &ProbedAttempt) -> [String; 24] {
    let run = &report.run;
    let of = |framework: &str| prompt.frameworks.get(framework).map(|ids| ids.join(" ")).unwrap_or_default();
    [
        run.run_id.clone(),
        run.account_id.clone(),
        run.region.clone(),
        run.target.clone(),
        run.guardrail.clone(),
        prompt.pack.clone(),
        prompt.pack_version.clone(),
        prompt.family.clone(),
        prompt.probe_id.clone(),
        prompt.severity.to_string(),
        of("owasp-llm-2025"),
        of("mitre-atlas"),
        of("nist-ai-rmf"),
        attempt.trial.to_string(),
        attempt.outcome.clone(),
        attempt.status.to_string(),
        attempt.oracle.clone(),
        attempt.reason.clone(),
        attempt.stop_reason.clone(),
        attempt.error_code.clone(),
        attempt.input_tokens.to_string(),
        attempt.output_tokens.to_string(),
        format!("{:.9}", attempt.cost_usd),
        attempt.attempted_at.to_string(),
    ]
}
