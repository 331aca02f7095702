//! Weighs a group of signals and tells it as a case.
//!
//! Of each stage the heaviest signal counts whole and the others a fifth: two signals of one cause are not two steps. Each stage of
//! twenty or more beyond the second such adds ten, because a sequence tells more than its parts. Where nothing succeeded, only signals count that
//! make a case by themselves: a refusal is the control at work.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use sightline_model::untrusted::shortened;
use sightline_model::{Case, Evidence, RunId, Severity, Signal};

use crate::detect::detection::Detection;
use crate::detect::group::{Group, Seen};
use crate::detect::stage::Stage;

/// What makes a case.
pub(crate) const THRESHOLD: i64 = 50;
const HIGH: i64 = 65;
const CRITICAL: i64 = 120;
/// What each stage beyond the second adds, of those that weigh enough to be a step.
const STEP: i64 = 10;
const LEAST_STEP: i64 = 20;
/// Characters of a title and of a summary.
const TITLE: usize = 120;
const SUMMARY: usize = 1_000;
/// Values of a list that a case keeps, and sentences that its summary repeats.
const MOST: usize = 50;
const SENTENCES: usize = 6;

/// A group and the detections that its signals are of.
pub(crate) struct Story<'a> {
    pub(crate) group: &'a Group,
    pub(crate) detections: &'a [Detection],
}

impl Story<'_> {
    fn of(&self, seen: &Seen) -> Option<&Detection> {
        self.detections.get(seen.detection)
    }

    fn weight(&self, seen: &Seen) -> i64 {
        let declared = self.of(seen).map_or(0, |detection| detection.declaration.weight);
        seen.row.weight.unwrap_or(declared)
    }

    /// Stage → weights of its detections, each detection once, the heaviest first.
    fn weights(&self) -> BTreeMap<Stage, Vec<i64>> {
        let refused = self.group.signals.iter().all(|seen| seen.row.succeeded == 0);
        let mut by_detection: BTreeMap<(Stage, usize), i64> = BTreeMap::new();
        for seen in &self.group.signals {
            let weight = self.weight(seen);
            let Some(detection) = self.of(seen).filter(|_| !refused || weight >= THRESHOLD) else { continue };
            let entry = by_detection.entry((detection.declaration.stage, seen.detection)).or_default();
            *entry = weight.max(*entry);
        }
        let mut weights: BTreeMap<Stage, Vec<i64>> = BTreeMap::new();
        for ((stage, _), weight) in by_detection {
            weights.entry(stage).or_default().push(weight);
        }
        weights.values_mut().for_each(|of_stage| of_stage.sort_by_key(|weight| std::cmp::Reverse(*weight)));
        weights
    }

    /// How much it all weighs.
    pub(crate) fn score(&self) -> i64 {
        let weights = self.weights();
        let of_stage =
            |weights: &Vec<i64>| weights.first().copied().unwrap_or_default() + weights.iter().skip(1).sum::<i64>() / 5;
        let is_step = |weights: &&Vec<i64>| weights.first().is_some_and(|weight| *weight >= LEAST_STEP);
        let steps = weights.values().filter(is_step).count();
        let further = i64::try_from(steps.saturating_sub(2)).unwrap_or_default();
        weights.values().map(of_stage).sum::<i64>() + STEP * further
    }

    fn severity(&self) -> Severity {
        let of_score = match self.score() {
            CRITICAL.. => Severity::Critical,
            HIGH.. => Severity::High,
            THRESHOLD.. => Severity::Medium,
            _ => Severity::Low,
        };
        let strong = self.group.signals.iter().filter(|seen| self.weight(seen) >= THRESHOLD);
        let declared = strong.filter_map(|seen| Some(self.of(seen)?.declaration.severity)).max();
        declared.map_or(of_score, |severity| severity.max(of_score))
    }

    /// The stages, in the order in which they were reached.
    fn deeds(&self) -> Vec<Stage> {
        let mut stages = Vec::new();
        for seen in &self.group.signals {
            if let Some(stage) = self.of(seen).map(|detection| detection.declaration.stage)
                && !stages.contains(&stage)
            {
                stages.push(stage);
            }
        }
        stages
    }

    fn title(&self) -> String {
        let name = name(&self.group.actor);
        let stages = self.deeds();
        let strongest = self.group.signals.iter().max_by_key(|seen| self.weight(seen));
        let title = match (stages.as_slice(), strongest.and_then(|seen| self.of(seen))) {
            ([] | [_], Some(detection)) => format!("{name}: {}", lower(&detection.declaration.title)),
            (stages, _) => {
                let deeds: Vec<&str> = stages.iter().map(|stage| stage.deed()).collect();
                format!("{name} {}", listed(&deeds))
            }
        };
        shortened(&title, TITLE)
    }

    fn summary(&self) -> String {
        let mut sentences: Vec<&str> = Vec::new();
        for seen in &self.group.signals {
            if !sentences.contains(&seen.row.reason.as_str()) {
                sentences.push(&seen.row.reason);
            }
        }
        let more = sentences.len().saturating_sub(SENTENCES);
        sentences.truncate(SENTENCES);
        let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
        let others: BTreeSet<&str> = self.group.signals.iter().map(|seen| seen.row.identity.as_str()).collect();
        let through: Vec<&str> =
            others.into_iter().filter(|identity| *identity != self.group.actor).map(name).collect();
        let through = if through.is_empty() { String::new() } else { format!(", through {}", through.join(", ")) };
        shortened(&format!("{}{through}: {}{rest}", name(&self.group.actor), sentences.join("; ")), SUMMARY)
    }

    /// The case. `workload_of` tells what runs behind an identity, where the map knows.
    pub(crate) fn case(&self, run: &RunId, workload_of: &BTreeMap<String, String>) -> Option<Case> {
        let rows = || self.group.signals.iter().map(|seen| &seen.row);
        let first = self.group.signals.first()?;
        let actor = &self.group.actor;
        let all = |of: fn(&crate::detect::signal::Row) -> &Vec<String>| -> Vec<String> {
            let values: BTreeSet<&String> = rows().flat_map(of).collect();
            values.into_iter().take(MOST).cloned().collect()
        };
        Some(Case {
            run_id: run.as_str().to_owned(),
            case_id: case_id(actor, &first.row.places, first.row.first_seen),
            account_id: first.row.account_id.clone(),
            identity_arn: actor.clone(),
            workload_arn: workload_of.get(actor).unwrap_or(actor).clone(),
            title: self.title(),
            severity: self.severity(),
            summary: self.summary(),
            first_seen: first.row.first_seen,
            last_seen: rows().map(|row| row.last_seen).max()?,
            regions: all(|row| &row.regions),
            models: all(|row| &row.models),
            source_ips: all(|row| &row.source_ips),
            access_key_ids: all(|row| &row.access_key_ids),
            events: rows().map(|row| row.events).sum(),
            signals: self.group.signals.iter().filter_map(|seen| self.signal(seen)).collect(),
        })
    }

    fn signal(&self, seen: &Seen) -> Option<Signal> {
        let detection = self.of(seen)?;
        let row = &seen.row;
        Some(Signal {
            detection_id: detection.id.clone(),
            title: detection.declaration.title.clone(),
            severity: detection.declaration.severity,
            reason: row.reason.clone(),
            events: row.events,
            first_seen: row.first_seen,
            last_seen: row.last_seen,
            evidence: row.places.clone(),
        })
    }
}

/// INVARIANT: it rests on who did it and on the first event alone, so that a case keeps its id while it grows.
fn case_id(actor: &str, places: &[Evidence], first_seen: Timestamp) -> String {
    let place = match places.first() {
        Some(Evidence { event_id, .. }) if !event_id.is_empty() => event_id.clone(),
        Some(Evidence { object, line, .. }) => format!("{object}:{line}"),
        None => first_seen.to_string(),
    };
    let mut hash = Sha256::new();
    for part in ["case", actor, &place] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The end of an identity's ARN, with its kind: `user/mallory`, `role/app`; of a person of IAM Identity Center the name.
pub(crate) fn name(identity: &str) -> &str {
    let resource = identity.splitn(6, ':').nth(5).unwrap_or(identity);
    match resource.rsplit_once('/') {
        Some((role, person)) if role.contains("/AWSReservedSSO_") => person,
        _ => resource,
    }
}

/// `a`, `a and b`, `a, b and c`
fn listed(parts: &[&str]) -> String {
    match parts {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// With a small letter, unless the first word is a name in capitals.
fn lower(title: &str) -> String {
    let mut chars = title.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::detections;
    use crate::detect::signal::Row;

    fn group(weights: &[(&str, i64)], succeeded: i64, detections: &[Detection]) -> Group {
        let seen = |(id, weight): &(&str, i64)| Seen {
            detection: detections.iter().position(|detection| detection.id == *id).unwrap(),
            row: Row {
                identity: "arn:aws:iam::123456789012:user/mallory".to_owned(),
                account_id: "123456789012".to_owned(),
                first_seen: Timestamp::UNIX_EPOCH,
                last_seen: Timestamp::UNIX_EPOCH,
                events: 1,
                succeeded,
                reason: (*id).to_owned(),
                weight: Some(*weight),
                regions: Vec::new(),
                models: Vec::new(),
                source_ips: Vec::new(),
                access_key_ids: Vec::new(),
                places: Vec::new(),
            },
        };
        let signals = weights.iter().map(seen).collect();
        Group { actor: "arn:aws:iam::123456789012:user/mallory".to_owned(), signals }
    }

    fn score(weights: &[(&str, i64)], succeeded: i64) -> i64 {
        let detections = detections().unwrap();
        Story { group: &group(weights, succeeded, &detections), detections: &detections }.score()
    }

    #[test]
    fn one_cause_is_counted_once_and_a_sequence_more() {
        assert_eq!(score(&[("model-call-burst", 40)], 1), 40);
        assert_eq!(score(&[("model-call-burst", 40), ("model-call-burst", 40)], 1), 40, "twice the same");
        assert_eq!(score(&[("model-call-burst", 40), ("token-burst", 40)], 1), 48, "one stage");
        assert_eq!(score(&[("model-call-burst", 40), ("first-use-of-models", 15)], 1), 55, "two stages");
        let third =
            |weight| [("model-call-burst", 40), ("first-use-of-models", weight), ("bedrock-api-key-created", 30)];
        assert_eq!(score(&third(20), 1), 100, "the third stage adds ten");
        assert_eq!(score(&third(15), 1), 85, "unless it is too light for a step");
    }

    #[test]
    fn refusals_alone_need_a_signal_that_makes_a_case() {
        let refused =
            [("model-calls-denied-widely", 35), ("logging-config-read-then-use", 30), ("model-access-opened", 15)];
        assert_eq!(score(&refused, 0), 0);
        assert!(score(&refused, 1) >= THRESHOLD);
        assert_eq!(score(&[("model-calls-denied-widely", 60)], 0), 60);
    }

    #[test]
    fn identities_have_short_names() {
        assert_eq!(name("arn:aws:iam::123456789012:role/app"), "role/app");
        assert_eq!(
            name("arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_x_0/jane@example.com"),
            "jane@example.com"
        );
    }

    #[test]
    fn a_title_tells_one_thing_or_the_sequence() {
        let detections = detections().unwrap();
        let title =
            |weights: &[(&str, i64)]| Story { group: &group(weights, 1, &detections), detections: &detections }.title();
        insta::assert_snapshot!(title(&[("token-burst", 40)]), @"user/mallory: an identity drew far more tokens than ever");
        insta::assert_snapshot!(
            title(&[("first-use-of-models", 15), ("model-recon-by-invalid-calls", 40), ("token-burst", 40)]),
            @"user/mallory came new to models, looked around and drew on models"
        );
    }
}
