//! JUnit XML, see [`crate::junit`]: a suite a family, a case a prompt, and a suite of the run itself with its gates.

use crate::junit::{self, Case, End, Suite};
use crate::{ProbeFormat, ProbeReport, ProbedPrompt, ReportError};
use sightline_model::Status;
use std::collections::BTreeMap;
use std::io;

/// The unit.
pub static UNIT: Junit = Junit;

/// The format `junit`.
pub struct Junit;

impl ProbeFormat for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn extension(&self) -> &'static str {
        "xml"
    }

    fn about(&self) -> &'static str {
        "a test suite a family and a test case a prompt (JUnit XML), for CI servers"
    }

    fn write(&self, report: &ProbeReport, out: &mut dyn io::Write) -> Result<(), ReportError> {
        let mut suites = vec![whole(report)];
        let mut families: BTreeMap<&str, Suite> = BTreeMap::new();
        for prompt in &report.run.prompts {
            families.entry(&prompt.family).or_insert_with(|| family(report, &prompt.family)).cases.push(case(prompt));
        }
        suites.extend(families.into_values());
        junit::write(&format!("sightline probe {}", report.run.run_id), &suites, out)
    }
}

/// The run: whether all of it was made, and its gates.
fn whole(report: &ProbeReport) -> Suite {
    let run = &report.run;
    let case = |name: &str, end| Case { name: name.to_owned(), class: "sightline.run".to_owned(), took: 0, end };
    let made = if run.attempted < run.planned {
        let message = format!("{} of {} planned calls were made", run.attempted, run.planned);
        End::Undecided { kind: "incomplete", message, more: run.stopped.clone() }
    } else {
        End::Passed
    };
    let gates = report.gates.iter().map(|gate| {
        let (message, more) = (gate.reason.clone(), String::new());
        let end = match gate.status {
            Status::Fail => End::Failed { kind: "gate", message, more },
            Status::Pass | Status::Skip => End::Passed,
            Status::Unknown => End::Undecided { kind: "gate", message, more },
        };
        case(&gate.gate, end)
    });
    Suite {
        name: "run".to_owned(),
        timestamp: run.started_at.to_string(),
        properties: vec![
            ("target", run.target.clone()),
            ("region", run.region.clone()),
            ("guardrail", run.guardrail.clone()),
            ("usd_at_most", format!("{:.6}", run.usd_at_most)),
        ],
        cases: [case("every planned call was made", made)].into_iter().chain(gates).collect(),
    }
}

fn family(report: &ProbeReport, name: &str) -> Suite {
    let known = report.run.families.iter().find(|family| family.family == name);
    let properties = known.map(|family| {
        vec![
            ("check", family.check_id.clone()),
            ("fingerprint", family.fingerprint.clone()),
            ("resource", report.run.resource.clone()),
        ]
    });
    Suite {
        name: name.to_owned(),
        timestamp: report.run.started_at.to_string(),
        properties: properties.unwrap_or_default(),
        cases: Vec::new(),
    }
}

fn case(prompt: &ProbedPrompt) -> Case {
    let count = |status| prompt.attempts.iter().filter(|attempt| attempt.status == status).count();
    let of = prompt.attempts.len();
    let reason = |status| prompt.first(status).map(|attempt| attempt.reason.clone()).unwrap_or_default();
    let end = match prompt.status() {
        Status::Pass | Status::Skip => End::Passed,
        Status::Fail => End::Failed {
            kind: prompt.severity.as_str(),
            message: format!("{} of {of} went wrong: {}", count(Status::Fail), reason(Status::Fail)),
            more: told(prompt),
        },
        Status::Unknown => End::Undecided {
            kind: "undecided",
            message: format!("{} of {of} settle nothing: {}", count(Status::Unknown), reason(Status::Unknown)),
            more: told(prompt),
        },
    };
    Case {
        name: prompt.probe_id.clone(),
        class: format!("{}.{}", prompt.pack, prompt.family),
        took: prompt.attempts.iter().map(|attempt| attempt.latency_ms).sum(),
        end,
    }
}

/// A line a trial, and what the probe answers to.
fn told(prompt: &ProbedPrompt) -> String {
    let trials = prompt
        .attempts
        .iter()
        .map(|attempt| format!("trial {}: {} ({}) {}", attempt.trial, attempt.outcome, attempt.oracle, attempt.reason));
    let frameworks = prompt.frameworks.iter().map(|(name, ids)| format!("{name}: {}", ids.join(" ")));
    let title = (!prompt.title.is_empty()).then(|| prompt.title.clone());
    title.into_iter().chain(trials).chain(frameworks).collect::<Vec<_>>().join("\n")
}
