//! Runs of probes as the report's formats are given them.

use super::{check, frameworks};
use crate::stage::reported::{block, described};
use crate::world;
use anyhow::Context as _;
use sightline_lake::Session;
use sightline_model::finding::fingerprint;
use sightline_model::{Finding, RunId, Severity, Status};
use sightline_probe::{
    Attempt, Family, FamilySummary, GateReport, GateVerdict, Interval, Outcome, Pack, Probe, ProbeRun, RunSummary,
    families, findings_of, requirements,
};
use sightline_report::{
    ProbeReport, ProbedAttempt, ProbedFamily, ProbedGate, ProbedInterval, ProbedPack, ProbedPrompt, ProbedRun,
    ReportedFinding,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a benign twin's id ends in.
const TWIN: &str = "+twin";

/// The newest run of each target in each way of asking it, with all attempts of it. One that still runs, or was killed, says so.
///
/// # Errors
/// The lake cannot be read, or a pack that ships is broken.
pub(crate) async fn newest(session: &Session) -> anyhow::Result<Vec<ProbedRun>> {
    let mut seen = BTreeSet::new();
    let mut told = Vec::new();
    let packs = sightline_probe::packs()?;
    for run in sightline_probe::runs(session).await? {
        if !seen.insert((run.resource(), run.target.clone(), run.settings.surface.to_string())) {
            continue;
        }
        let (run, attempts) = sightline_probe::recorded(session, &run.run_id).await?;
        let summary = run.summary(&attempts);
        told.push(probed(&run, &attempts, &summary, &packs)?);
    }
    Ok(told)
}

/// One run, with what follows from it alone.
///
/// # Errors
/// A family of it cannot be told, which is a fault of ours.
pub(crate) fn report(
    run: &ProbeRun,
    attempts: &[Attempt],
    summary: &RunSummary,
    gates: &[GateReport],
    packs: &[Pack],
) -> anyhow::Result<ProbeReport> {
    let now = world::now();
    let findings = findings_of(std::slice::from_ref(run), attempts, &RunId::from(run.run_id.clone()), now);
    let tried: BTreeSet<&str> = findings.iter().map(|finding| finding.check_id.as_str()).collect();
    let checks = families().iter().filter(|family| tried.contains(family.check_id().as_str())).map(check);
    Ok(ProbeReport {
        generated_at: now,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        run: probed(run, attempts, summary, packs)?,
        checks: checks.map(|check| (check.id.clone(), described(&check))).collect(),
        findings: findings.into_iter().map(with_fix).collect(),
        gates: gates.iter().map(gate).collect(),
    })
}

fn with_fix(finding: Finding) -> ReportedFinding {
    let family = families().iter().find(|family| family.check_id() == finding.check_id);
    let fix = match (family, finding.status) {
        (Some(family), Status::Fail) => sightline_check::fix(&check(family), &finding).into_iter().map(block).collect(),
        _ => Vec::new(),
    };
    ReportedFinding { finding, fix, mute: None }
}

fn gate(gate: &GateReport) -> ProbedGate {
    let status = match gate.verdict {
        GateVerdict::Holds => Status::Fail,
        GateVerdict::Passes => Status::Pass,
        GateVerdict::Undecided => Status::Unknown,
    };
    ProbedGate { gate: gate.gate.clone(), status, reason: gate.reason.clone() }
}

fn probed(run: &ProbeRun, attempts: &[Attempt], summary: &RunSummary, packs: &[Pack]) -> anyhow::Result<ProbedRun> {
    let guardrail = match run.guardrail_id.as_str() {
        "" => String::new(),
        id => format!("{id}:{}", run.guardrail_version),
    };
    let resource = run.resource();
    let families = summary.families.iter().map(|of| family(of, run, &resource));
    Ok(ProbedRun {
        run_id: run.run_id.clone(),
        status: run.status.to_string(),
        account_id: run.account_id.clone(),
        region: run.region.clone(),
        target: run.target.clone(),
        guardrail,
        packs: run
            .packs
            .iter()
            .map(|pack| ProbedPack { id: pack.id.clone(), version: pack.version.clone(), sha256: pack.sha256.clone() })
            .collect(),
        seed: run.seed.clone(),
        planned: summary.planned,
        attempted: summary.attempted,
        usd_at_most: summary.spent.as_f64(),
        stopped: summary.stopped.clone().unwrap_or_default(),
        started_at: run.started_at,
        finished_at: run.finished_at,
        families: families.collect::<anyhow::Result<_>>()?,
        prompts: prompts(attempts, packs),
        resource,
    })
}

fn family(of: &FamilySummary, run: &ProbeRun, resource: &str) -> anyhow::Result<ProbedFamily> {
    let family = Family::named(&of.family).context("no family of probes is known: please report this")?;
    let check_id = family.check_id();
    let bounds = |interval: Interval| ProbedInterval { low: interval.low, high: interval.high };
    Ok(ProbedFamily {
        family: of.family.clone(),
        fingerprint: fingerprint(&check_id, &run.account_id, &run.region, resource),
        check_id,
        outcomes: of.outcomes.iter().map(|(outcome, count)| (outcome.to_string(), *count)).collect(),
        prompts: of.prompts,
        prompts_decided: of.prompts_decided,
        prompts_wrong: of.prompts_broken,
        prompt_rate: bounds(of.prompt_rate),
        attempts_decided: of.decided,
        attempt_rate: bounds(of.failure_rate),
    })
}

/// By pack and probe, each with its trials in order.
fn prompts(attempts: &[Attempt], packs: &[Pack]) -> Vec<ProbedPrompt> {
    let probes: BTreeMap<(&str, &str), &Probe> = packs
        .iter()
        .flat_map(|pack| pack.probes.iter().map(|probe| ((pack.about.id.as_str(), probe.id.as_str()), probe)))
        .collect();
    let mut by_prompt: BTreeMap<(&str, &str), Vec<&Attempt>> = BTreeMap::new();
    for attempt in attempts {
        by_prompt.entry((&attempt.pack, &attempt.probe_id)).or_default().push(attempt);
    }
    let prompt = |((pack, id), mut trials): ((&str, &str), Vec<&Attempt>)| {
        trials.sort_by_key(|attempt| attempt.trial);
        let first = trials.first()?;
        let probe = probes.get(&(pack, id.strip_suffix(TWIN).unwrap_or(id))).copied();
        Some(prompt_of(first, probe, trials.iter().map(|attempt| trial(attempt)).collect()))
    };
    by_prompt.into_iter().filter_map(prompt).collect()
}

fn prompt_of(first: &Attempt, probe: Option<&Probe>, attempts: Vec<ProbedAttempt>) -> ProbedPrompt {
    let family = Family::named(&first.family);
    let is_twin = first.probe_id.ends_with(TWIN);
    let severity = match probe {
        // A twin's break is not the attack's: it is as grave as its family.
        Some(probe) if !is_twin => probe.severity,
        _ => family.map_or(Severity::Medium, |family| family.severity),
    };
    let title = probe.map(|probe| probe.title.as_str()).unwrap_or_default();
    let of_probe = probe.filter(|_| !is_twin).map(|probe| {
        frameworks(|key| {
            requirements().iter().find(|catalogue| catalogue.key == key).map(|catalogue| catalogue.of(probe))
        })
    });
    let of_family =
        || family.map(|family| frameworks(|key| family.requirements.get(key).map(Vec::as_slice))).unwrap_or_default();
    ProbedPrompt {
        pack: first.pack.clone(),
        pack_version: first.pack_version.clone(),
        probe_id: first.probe_id.clone(),
        family: first.family.clone(),
        title: if is_twin && !title.is_empty() { format!("Plain work beside: {title}") } else { title.to_owned() },
        technique: probe.map(|probe| probe.technique.clone()).unwrap_or_default(),
        severity,
        frameworks: of_probe.unwrap_or_else(of_family),
        attempts,
    }
}

fn trial(attempt: &Attempt) -> ProbedAttempt {
    ProbedAttempt {
        trial: attempt.trial,
        outcome: Outcome::as_str(attempt.outcome).to_owned(),
        status: attempt.status(),
        oracle: attempt.oracle.clone(),
        reason: attempt.reason.clone(),
        stop_reason: attempt.stop_reason.clone(),
        error_code: attempt.error_code.clone(),
        input_tokens: attempt.input_tokens,
        output_tokens: attempt.output_tokens,
        cost_usd: attempt.cost_usd,
        latency_ms: attempt.latency_ms,
        prompt: attempt.prompt.clone(),
        completion: attempt.completion.clone(),
        attempted_at: attempt.attempted_at,
    }
}
