//! Connections that are no calls of models: one row each, the largest first.

use super::label;
use super::page::Bounded;
use serde::Serialize;
use sightline_model::edge::{Edge, TrafficClass};
use std::cmp::Reverse;

#[derive(Serialize)]
pub(super) struct Connection {
    from: String,
    from_kind: &'static str,
    to: String,
    to_kind: String,
    class: &'static str,
    port: String,
    path: &'static str,
    path_class: &'static str,
    bytes: i64,
    confidence: &'static str,
    last: String,
}

pub(super) fn traffic(edges: &[&Edge], limit: usize) -> Bounded<Connection> {
    let bytes = |edge: &Edge| edge.bytes_out.unwrap_or_default().saturating_add(edge.bytes_in.unwrap_or_default());
    let mut edges = edges.to_vec();
    edges.sort_by_key(|edge| (Reverse(bytes(edge)), edge.edge_id.clone()));
    let row = |edge: &&Edge| Connection {
        from: edge.workload_title.clone(),
        from_kind: label::workload_kind(edge.workload_kind),
        to: edge.target_title.clone(),
        to_kind: edge.target_kind.replace(['-', '_'], " "),
        class: class(edge.class),
        port: edge.port.map_or_else(String::new, |port| port.to_string()),
        path: label::path(edge.path),
        path_class: label::path_class(edge.path),
        bytes: bytes(edge),
        confidence: label::confidence(edge.confidence),
        last: label::minute(edge.last_seen),
    };
    Bounded { rows: edges.iter().take(limit).map(row).collect(), left_out: edges.len().saturating_sub(limit) }
}

fn class(class: TrafficClass) -> &'static str {
    match class {
        TrafficClass::UserToApplication => "user to application",
        TrafficClass::ApplicationToModel => "application to model",
        TrafficClass::ApplicationToInternet => "application to internet",
        TrafficClass::ApplicationToApplication => "application to application",
    }
}
