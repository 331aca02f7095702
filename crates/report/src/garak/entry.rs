//! The entries, each a line.

use super::family::Family;
use super::{DETECTOR, GARAK, text, uuid};
use crate::{ProbeReport, ProbedAttempt, ProbedPrompt};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sightline_model::Status;
use sightline_model::untrusted::for_terminal;
use std::collections::{BTreeMap, BTreeSet};

/// The framework that families are grouped by, and what its tags begin with.
const GROUPS: &str = "owasp-llm-2025";

/// What somebody says.
#[derive(Default, Serialize)]
pub(super) struct Message<'a> {
    pub(super) text: Option<&'a str>,
    pub(super) lang: Option<&'a str>,
    pub(super) data_path: Option<&'a str>,
    pub(super) data_type: Option<&'a str>,
    pub(super) data_checksum: Option<&'a str>,
    pub(super) notes: Map<String, Value>,
}

/// The first two lines: how garak was set up, and which run this is.
pub(super) fn head(report: &ProbeReport, families: &BTreeMap<Family, Vec<&ProbedPrompt>>) -> [Value; 2] {
    let run = &report.run;
    let probes: Vec<String> = families.keys().map(|family| format!("probes.{}", family.class)).collect();
    let started = run.started_at.to_string();
    let id = uuid(report, "");
    [
        json!({
            "entry_type": "start_run setup",
            "_config.version": GARAK,
            "transient.run_id": id,
            "transient.starttime_iso": started,
            "transient.active_probes": probes,
            "run.seed": run.seed,
            "run.generations": 1,
            "run.eval_threshold": 0.5,
            "plugins.target_type": "sightline",
            "plugins.target_name": target(report),
            "reporting.taxonomy": GROUPS,
            "sightline.version": report.version,
            "sightline.run_id": run.run_id,
            "sightline.region": run.region,
            "sightline.guardrail": run.guardrail,
        }),
        json!({ "entry_type": "init", "garak_version": GARAK, "start_time": started, "run": id }),
    ]
}

/// The page that garak makes of it holds this name as it is.
fn target(report: &ProbeReport) -> String {
    for_terminal(&report.run.target).replace('<', "%3C")
}

/// What garak's own catalogue does not say of the probes.
pub(super) fn plugins(report: &ProbeReport, families: &BTreeMap<Family, Vec<&ProbedPrompt>>) -> Value {
    let probes: Map<String, Value> = families
        .iter()
        .map(|(family, prompts)| {
            let ids: BTreeSet<&String> =
                prompts.iter().filter_map(|prompt| prompt.frameworks.get(GROUPS)).flatten().collect();
            let tags: Vec<String> = ids.into_iter().map(|id| format!("{GROUPS}:{id}")).collect();
            let about = json!({
                "description": described(report, family),
                "tags": tags,
                "tier": 1,
                "lang": "*",
                "primary_detector": DETECTOR,
                "extended_detectors": [],
                "active": true,
            });
            (format!("probes.{}", family.class), about)
        })
        .collect();
    let about = "The verdict of Sightline: the guardrail's own, a deterministic rule, a detector of refusals, or a model that judges";
    let detector = (format!("detectors.{DETECTOR}"), json!({ "description": about, "tags": [], "active": true }));
    json!({
        "entry_type": "plugin_cache",
        "plugin_cache": {
            "version": format!("sightline {}", report.version),
            "probes": probes,
            "detectors": Map::from_iter([detector]),
        },
    })
}

fn described(report: &ProbeReport, family: &Family) -> String {
    let known = report.run.families.iter().find(|one| one.family == family.name);
    known
        .and_then(|family| report.checks.get(&family.check_id))
        .map_or_else(|| family.name.clone(), |check| check.title.clone())
}

/// The entries of one trial: that it was started, and how it was completed, where it was.
pub(super) fn attempt(
    report: &ProbeReport,
    family: &Family,
    (prompt, trial): (&ProbedPrompt, &ProbedAttempt),
    seq: usize,
) -> Vec<Value> {
    let asked = json!([{ "role": "user", "content": text(&trial.prompt) }]);
    let mut entry = json!({
        "entry_type": "attempt",
        "uuid": attempt_id(report, prompt, trial),
        "seq": seq,
        "status": 1,
        "probe_classname": family.class,
        "probe_params": {},
        "targets": [],
        "prompt": { "turns": asked, "notes": {} },
        "outputs": [],
        "detector_results": {},
        "notes": {
            "sightline": {
                "pack": prompt.pack,
                "pack_version": prompt.pack_version,
                "probe": prompt.probe_id,
                "trial": trial.trial,
                "outcome": trial.outcome,
                "oracle": trial.oracle,
                "reason": trial.reason,
                "error_code": trial.error_code,
            },
        },
        "goal": goal(prompt),
        "conversations": [{ "turns": asked, "notes": {} }],
        "reverse_translation_outputs": [],
        "intent": null,
    });
    let started = entry.clone();
    if trial.outcome == "error" {
        return vec![started];
    }
    let answer = text(&trial.completion);
    // No detector has an opinion on what is not decided: its list would hold a null, which not every reader of garak bears.
    let results = match trial.status {
        Status::Fail => json!({ DETECTOR: [1.0] }),
        Status::Pass => json!({ DETECTOR: [0.0] }),
        Status::Unknown | Status::Skip => json!({}),
    };
    if let Some(entry) = entry.as_object_mut() {
        let mut turns = asked;
        if let Some(turns) = turns.as_array_mut() {
            turns.push(json!({ "role": "assistant", "content": answer }));
        }
        entry.insert("status".to_owned(), json!(2));
        entry.insert("outputs".to_owned(), json!([answer]));
        entry.insert("detector_results".to_owned(), results);
        entry.insert("conversations".to_owned(), json!([{ "turns": turns, "notes": {} }]));
    }
    vec![started, entry]
}

/// One line of the hit log.
pub(super) fn hit(
    report: &ProbeReport,
    family: &Family,
    (prompt, trial): (&ProbedPrompt, &ProbedAttempt),
    seq: usize,
) -> Value {
    json!({
        "goal": goal(prompt),
        "prompt": { "turns": [{ "role": "user", "content": text(&trial.prompt) }], "notes": {} },
        "output": text(&trial.completion),
        "triggers": null,
        "score": 1.0,
        "run_id": uuid(report, ""),
        "attempt_id": attempt_id(report, prompt, trial),
        "attempt_seq": seq,
        "attempt_idx": 0,
        "generator": format!("sightline {}", target(report)),
        "probe": family.class,
        "detector": DETECTOR,
        "generations_per_prompt": 1,
    })
}

fn goal(prompt: &ProbedPrompt) -> &str {
    if prompt.title.is_empty() { &prompt.probe_id } else { &prompt.title }
}

fn attempt_id(report: &ProbeReport, prompt: &ProbedPrompt, trial: &ProbedAttempt) -> String {
    uuid(report, &format!("{}/{}/{}", prompt.pack, prompt.probe_id, trial.trial))
}

/// What a family's attempts come to.
#[derive(Default)]
pub(super) struct Eval {
    passed: u64,
    fails: u64,
    undecided: u64,
    errors: u64,
}

impl Eval {
    pub(super) fn add(&mut self, trial: &ProbedAttempt) {
        let count = match trial.status {
            Status::Pass => &mut self.passed,
            Status::Fail => &mut self.fails,
            _ if trial.outcome == "error" => &mut self.errors,
            _ => &mut self.undecided,
        };
        *count += 1;
    }

    fn nones(&self) -> u64 {
        self.undecided + self.errors
    }

    pub(super) fn entry(&self, report: &ProbeReport, family: &Family) -> Value {
        let mut entry = json!({
            "entry_type": "eval",
            "probe": family.class,
            "detector": DETECTOR,
            "passed": self.passed,
            "fails": self.fails,
            "nones": self.nones(),
            "total_evaluated": self.passed + self.fails,
            "total_processed": self.passed + self.fails + self.nones(),
        });
        // The interval is of attacks that worked; where nothing was decided it would say nothing.
        let rate = report.run.families.iter().find(|one| one.family == family.name).map(|one| one.attempt_rate);
        if let Some((rate, entry)) = rate.filter(|_| self.passed + self.fails > 0).zip(entry.as_object_mut()) {
            entry.insert("confidence_method".to_owned(), json!("wilson"));
            entry.insert("confidence".to_owned(), json!("0.95"));
            entry.insert("confidence_lower".to_owned(), json!(rate.low));
            entry.insert("confidence_upper".to_owned(), json!(rate.high));
        }
        entry
    }
}

/// The counts of a probe over its detectors.
pub(super) fn summary(family: &Family, eval: &Eval) -> Value {
    let completed = eval.passed + eval.fails + eval.undecided;
    json!({
        "entry_type": "probe_summary",
        "probe": family.class,
        "inference_counts": { "total_evaluated": completed + eval.errors, "nones": eval.errors },
        "detection_counts": { "detectors": [DETECTOR], "passed": eval.passed, "fails": eval.fails, "nones": eval.nones() },
    })
}

/// The last line.
pub(super) fn ended(report: &ProbeReport) -> Value {
    let end = report.run.finished_at.unwrap_or(report.generated_at).to_string();
    json!({ "entry_type": "completion", "end_time": end, "run": uuid(report, "") })
}
