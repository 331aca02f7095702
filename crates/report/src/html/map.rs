//! The map as tables: every edge under its model with all its facts, and again under its workload in short.

use super::label;
use super::page::Bounded;
use serde::Serialize;
use sightline_model::edge::{Edge, Fix, Tri};
use std::cmp::Reverse;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(super) struct Map {
    /// the controls that any edge speaks of, as words, in the order of their columns
    controls: Vec<String>,
    by_model: Bounded<Group>,
    by_workload: Bounded<Group>,
}

#[derive(Serialize)]
struct Group {
    title: String,
    kind: String,
    arn: String,
    calls: i64,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    edge_id: String,
    workload: String,
    workload_kind: &'static str,
    workload_arn: String,
    identity: String,
    model: String,
    application: String,
    /// tokens, cost and bytes, as far as known
    usage: String,
    region: String,
    path: &'static str,
    path_class: &'static str,
    path_evidence: String,
    states: Vec<&'static str>,
    reasons: Vec<Reason>,
    calls: i64,
    errors: i64,
    first: String,
    last: String,
    confidence: &'static str,
    attribution: String,
    evidence: Vec<Place>,
}

#[derive(Serialize)]
struct Reason {
    control: String,
    state: &'static str,
    reason: String,
    fix: Vec<Fix>,
}

#[derive(Serialize)]
struct Place {
    object: String,
    line: i64,
    event_id: String,
}

pub(super) fn map(edges: &[&Edge], limit: usize) -> Map {
    let names = control_names(edges);
    let model = |edge: &Edge| (edge.target_arn.clone(), edge.target_title.clone(), edge.target_kind.replace('-', " "));
    let workload = |edge: &Edge| {
        let kind = label::workload_kind(edge.workload_kind).to_owned();
        (edge.workload_arn.clone(), edge.workload_title.clone(), kind)
    };
    Map {
        by_model: groups(edges, &names, limit, model),
        by_workload: groups(edges, &names, limit, workload),
        controls: names.iter().map(|name| label::control(name)).collect(),
    }
}

fn control_names<'e>(edges: &[&'e Edge]) -> Vec<&'e str> {
    let mut names: Vec<&str> = Vec::new();
    for control in edges.iter().flat_map(|edge| &edge.controls) {
        if !names.contains(&control.name.as_str()) {
            names.push(control.name.as_str());
        }
    }
    names
}

/// Groups by ARN, those with most calls first, and within them likewise; `left_out` counts edges.
fn groups(
    edges: &[&Edge],
    controls: &[&str],
    limit: usize,
    key: impl Fn(&Edge) -> (String, String, String),
) -> Bounded<Group> {
    let mut by_arn: BTreeMap<String, (Group, Vec<&Edge>)> = BTreeMap::new();
    for edge in edges {
        let (arn, title, kind) = key(edge);
        let empty = || (Group { title, kind, arn: arn.clone(), calls: 0, rows: Vec::new() }, Vec::new());
        let (group, members) = by_arn.entry(arn.clone()).or_insert_with(empty);
        group.calls = group.calls.saturating_add(edge.calls);
        members.push(edge);
    }
    let mut groups: Vec<(Group, Vec<&Edge>)> = by_arn.into_values().collect();
    groups.sort_by_key(|(group, _)| Reverse(group.calls));

    let mut room = limit;
    let mut shown = Vec::new();
    for (mut group, mut members) in groups {
        if room == 0 {
            break;
        }
        members.sort_by_key(|edge| Reverse(edge.calls));
        group.rows = members.into_iter().take(room).map(|edge| row(edge, controls)).collect();
        room -= group.rows.len();
        shown.push(group);
    }
    Bounded { rows: shown, left_out: edges.len() - (limit - room) }
}

fn row(edge: &Edge, controls: &[&str]) -> Row {
    let reasons = edge.controls.iter().map(|control| Reason {
        control: label::control(&control.name),
        state: label::tri(control.state),
        reason: control.reason.clone(),
        fix: control.fix.clone(),
    });
    let evidence = edge.evidence.iter().map(|seen| Place {
        object: seen.object.clone(),
        line: seen.line,
        event_id: seen.event_id.clone(),
    });
    Row {
        edge_id: edge.edge_id.clone(),
        workload: edge.workload_title.clone(),
        workload_kind: label::workload_kind(edge.workload_kind),
        workload_arn: edge.workload_arn.clone(),
        identity: edge.identity_arn.clone(),
        model: edge.target_title.clone(),
        application: edge.application.clone(),
        usage: usage(edge),
        region: edge.region.clone(),
        path: label::path(edge.path),
        path_class: label::path_class(edge.path),
        path_evidence: edge.path_evidence.clone(),
        states: controls.iter().map(|name| label::tri(state(edge, name))).collect(),
        reasons: reasons.collect(),
        calls: edge.calls,
        errors: edge.errors,
        first: label::minute(edge.first_seen),
        last: label::minute(edge.last_seen),
        confidence: label::confidence(edge.confidence),
        attribution: edge.attribution.clone(),
        evidence: evidence.collect(),
    }
}

/// A control that an edge does not speak of is unknown, not absent.
fn state(edge: &Edge, name: &str) -> Tri {
    edge.controls.iter().find(|control| control.name == name).map_or(Tri::Unknown, |control| control.state)
}

fn usage(edge: &Edge) -> String {
    let mut parts = Vec::new();
    if let (Some(input), Some(output)) = (edge.input_tokens, edge.output_tokens) {
        let calls = edge.counted_calls.unwrap_or_default();
        parts.push(format!(
            "{} tokens in and {} out, of {} calls",
            label::number(input),
            label::number(output),
            label::number(calls)
        ));
    }
    if let Some(cost) = edge.cost_usd {
        parts.push(format!("about {cost:.2} USD by list price"));
    }
    if let (Some(sent), Some(received)) = (edge.bytes_out, edge.bytes_in) {
        let shared = match edge.bytes_shared {
            Some(edges) if edges > 1 => format!(", together with {} other edges of the same connections", edges - 1),
            _ => String::new(),
        };
        parts.push(format!("{} bytes out and {} in{shared}", label::number(sent), label::number(received)));
    }
    parts.join("; ")
}
