//! The map as a picture: workloads left, models right, a line for each pair and path. Laid out here, so that the page
//! needs no script; drawn by the template. The tables hold the same and more.

use super::label;
use serde::Serialize;
use sightline_model::edge::{Edge, PathClass};
use sightline_model::untrusted::shortened;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// More nodes a side than this are a tangle: the ones with most calls are drawn.
const NODES: usize = 32;
const ROW: f64 = 34.0;
const TOP: f64 = 40.0;
pub(super) const WIDTH: f64 = 1000.0;
const LEFT: f64 = 330.0;
const RIGHT: f64 = 670.0;
const TITLE_CHARS: usize = 36;

#[derive(Serialize)]
pub(super) struct Picture {
    width: f64,
    height: f64,
    workloads: Vec<Node>,
    models: Vec<Node>,
    lines: Vec<Line>,
    /// nodes that are not drawn
    left_out: usize,
}

#[derive(Serialize)]
struct Node {
    title: String,
    kind: String,
    y: f64,
}

#[derive(Serialize)]
struct Line {
    class: &'static str,
    /// the path's data: numbers only
    d: String,
    width: f64,
    about: String,
}

/// A side's node while it is being placed.
struct Draft {
    title: String,
    kind: String,
    calls: i64,
    place: f64,
}

type Side<'a> = BTreeMap<&'a str, Draft>;
type Pairs<'a> = BTreeMap<(&'a str, &'a str, PathClass), i64>;

pub(super) fn picture(edges: &[&Edge]) -> Picture {
    let (mut workloads, mut models, mut pairs) = (Side::new(), Side::new(), Pairs::new());
    for edge in edges {
        let kind = label::workload_kind(edge.workload_kind);
        count(&mut workloads, &edge.workload_arn, &edge.workload_title, kind, edge.calls);
        count(&mut models, &edge.target_arn, &edge.target_title, &edge.target_kind.replace('-', " "), edge.calls);
        let calls = pairs.entry((&edge.workload_arn, &edge.target_arn, edge.path)).or_default();
        *calls = calls.saturating_add(edge.calls);
    }
    let left_out = keep_busiest(&mut workloads) + keep_busiest(&mut models);
    pairs.retain(|(workload, model, _), _| workloads.contains_key(workload) && models.contains_key(model));
    untangle(&mut workloads, &mut models, &pairs);

    let rows = workloads.len().max(models.len());
    let height = TOP + ROW * rows as f64;
    let lines = lines(&pairs, &spread(&workloads, height), &spread(&models, height), &workloads, &models);
    Picture {
        width: WIDTH,
        height,
        workloads: nodes(workloads, height),
        models: nodes(models, height),
        lines,
        left_out,
    }
}

fn count<'a>(side: &mut Side<'a>, arn: &'a str, title: &str, kind: &str, calls: i64) {
    let place = side.len() as f64;
    let node = side.entry(arn).or_insert_with(|| Draft {
        title: shortened(title, TITLE_CHARS),
        kind: kind.to_owned(),
        calls: 0,
        place,
    });
    node.calls = node.calls.saturating_add(calls);
}

fn keep_busiest(side: &mut Side<'_>) -> usize {
    let mut calls: Vec<(i64, &str)> = side.iter().map(|(arn, node)| (node.calls, *arn)).collect();
    calls.sort_by_key(|(calls, arn)| (Reverse(*calls), *arn));
    let dropped: Vec<&str> = calls.iter().skip(NODES).map(|(_, arn)| *arn).collect();
    for arn in &dropped {
        side.remove(arn);
    }
    dropped.len()
}

/// Moves each node to the mean of its neighbours, a few times, one side after the other: most crossings go.
fn untangle(workloads: &mut Side<'_>, models: &mut Side<'_>, pairs: &Pairs<'_>) {
    rank(workloads);
    rank(models);
    for _ in 0..4 {
        settle(models, workloads, pairs.keys().map(|(workload, model, _)| (*model, *workload)));
        settle(workloads, models, pairs.keys().map(|(workload, model, _)| (*workload, *model)));
    }
}

fn settle<'p>(side: &mut Side<'_>, other: &Side<'_>, pairs: impl Iterator<Item = (&'p str, &'p str)>) {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (node, neighbour) in pairs {
        if let Some(neighbour) = other.get(neighbour) {
            let (sum, count) = sums.entry(node).or_default();
            *sum += neighbour.place;
            *count += 1.0;
        }
    }
    for (arn, node) in side.iter_mut() {
        if let Some((sum, count)) = sums.get(arn) {
            node.place = sum / count;
        }
    }
    rank(side);
}

/// Replaces places by 0, 1, 2, … in their order, scaled to 0..1 so that sides of unlike sizes compare.
fn rank(side: &mut Side<'_>) {
    let last = side.len().saturating_sub(1).max(1) as f64;
    let mut nodes: Vec<&mut Draft> = side.values_mut().collect();
    nodes.sort_by(|a, b| a.place.total_cmp(&b.place).then_with(|| a.title.cmp(&b.title)));
    for (index, node) in nodes.into_iter().enumerate() {
        node.place = index as f64 / last;
    }
}

/// The height of each node: the side is spread over the whole picture.
fn spread<'a>(side: &Side<'a>, height: f64) -> BTreeMap<&'a str, f64> {
    side.iter().map(|(arn, node)| (*arn, y(node, side.len(), height))).collect()
}

fn y(node: &Draft, nodes: usize, height: f64) -> f64 {
    let room = (height - TOP) / nodes.max(1) as f64;
    let index = (node.place * nodes.saturating_sub(1).max(1) as f64).round();
    ((TOP + room * (index + 0.5)) * 10.0).round() / 10.0
}

fn nodes(side: Side<'_>, height: f64) -> Vec<Node> {
    let count = side.len();
    let mut nodes: Vec<Node> = side
        .into_values()
        .map(|node| Node { y: y(&node, count, height), title: node.title, kind: node.kind })
        .collect();
    nodes.sort_by(|a, b| a.y.total_cmp(&b.y));
    nodes
}

fn lines(
    pairs: &Pairs<'_>,
    left: &BTreeMap<&str, f64>,
    right: &BTreeMap<&str, f64>,
    workloads: &Side<'_>,
    models: &Side<'_>,
) -> Vec<Line> {
    let most = pairs.values().copied().max().unwrap_or(1).max(1) as f64;
    let middle = (LEFT + RIGHT) / 2.0;
    let line = |(&(workload, model, path), &calls): (&(&str, &str, PathClass), &i64)| {
        let (from, to) = (left.get(workload)?, right.get(model)?);
        let bow = bow(path);
        let share = ((calls.max(0) as f64).ln_1p() / most.ln_1p()).clamp(0.0, 1.0);
        Some(Line {
            class: label::path_class(path),
            d: format!("M{LEFT} {from}C{middle} {} {middle} {} {RIGHT} {to}", from + bow, to + bow),
            width: ((1.25 + 3.0 * share) * 100.0).round() / 100.0,
            about: format!(
                "{} to {}: {}, {} calls",
                workloads.get(workload)?.title,
                models.get(model)?.title,
                label::path(path),
                label::number(calls)
            ),
        })
    };
    pairs.iter().filter_map(line).collect()
}

/// Keeps lines of one pair apart.
fn bow(path: PathClass) -> f64 {
    match path {
        PathClass::InterfaceEndpoint => -10.0,
        PathClass::AwsInternal => -4.0,
        PathClass::Vpc | PathClass::Peering | PathClass::TransitGateway | PathClass::OnPremises => -7.0,
        PathClass::Unknown => 4.0,
        PathClass::Internet => 10.0,
    }
}
