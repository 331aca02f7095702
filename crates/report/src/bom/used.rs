//! What the map's edges tell of a model: calls, callers, tokens, times, controls.

use super::document::Property;
use super::text::property;
use sightline_model::edge::{Edge, Tri};
use std::collections::{BTreeMap, BTreeSet};

/// A figure of an edge, where it is known.
type Figure = fn(&Edge) -> Option<i64>;

/// All edges of one model.
#[derive(Debug, Default)]
pub(super) struct Used<'r>(Vec<&'r Edge>);

impl<'r> Used<'r> {
    pub(super) fn add(&mut self, edge: &'r Edge) {
        self.0.push(edge);
    }

    pub(super) fn properties(&self) -> Vec<Property> {
        let edges = || self.0.iter().copied();
        let callers: BTreeSet<&str> = edges().map(|edge| edge.workload_arn.as_str()).collect();
        let regions: BTreeSet<&str> = edges().map(|edge| edge.region.as_str()).collect();
        let mut out = vec![
            property("use", "seen in logs"),
            property("callers", callers.len().to_string()),
            property("calls", edges().map(|edge| edge.calls).sum::<i64>().to_string()),
            property("calls_failed", edges().map(|edge| edge.errors).sum::<i64>().to_string()),
            property("called_in", regions.into_iter().collect::<Vec<_>>().join(", ")),
        ];
        out.extend(edges().map(|edge| edge.first_seen).min().map(|time| property("first_seen", time.to_string())));
        out.extend(edges().map(|edge| edge.last_seen).max().map(|time| property("last_seen", time.to_string())));
        let sums: [(&str, Figure); 5] = [
            ("input_tokens", |edge| edge.input_tokens),
            ("output_tokens", |edge| edge.output_tokens),
            ("cache_read_tokens", |edge| edge.cache_read_tokens),
            ("cache_write_tokens", |edge| edge.cache_write_tokens),
            ("flows", |edge| edge.flows),
        ];
        for (name, of) in sums {
            let known: Vec<i64> = edges().filter_map(of).collect();
            if !known.is_empty() {
                out.push(property(name, known.iter().sum::<i64>().to_string()));
            }
        }
        let costs: Vec<f64> = edges().filter_map(|edge| edge.cost_usd).collect();
        if !costs.is_empty() {
            out.push(property("cost_usd_estimated", format!("{:.4}", costs.iter().sum::<f64>())));
        }
        out.extend(self.controls());
        out
    }

    /// Of how many edges each control holds.
    fn controls(&self) -> Vec<Property> {
        let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
        for control in self.0.iter().flat_map(|edge| &edge.controls) {
            let [yes, no, unknown] = counts.entry(&control.name).or_default();
            match control.state {
                Tri::Yes => *yes += 1,
                Tri::No => *no += 1,
                Tri::Unknown => *unknown += 1,
            }
        }
        let told = |(name, [yes, no, unknown]): (&str, [usize; 3])| {
            property(&format!("control:{name}"), format!("yes {yes}, no {no}, unknown {unknown}"))
        };
        counts.into_iter().map(told).collect()
    }
}
