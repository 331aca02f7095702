//! What `/metrics` tells: requests by route and status, in the text format of Prometheus (version 0.0.4).

use jiff::SignedDuration;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

/// Upper bounds of the buckets, in seconds.
pub(crate) const BUCKETS: [f64; 8] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5, 10.0];

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Meters {
    /// by route and status
    requests: Mutex<BTreeMap<(String, u16), Answered>>,
}

#[derive(Debug, Default)]
struct Answered {
    count: u64,
    seconds: f64,
    /// at most so long, each
    within: [u64; BUCKETS.len()],
}

impl Meters {
    /// Counts an answer. Routes are those of the router, never what was sent: their number is bounded.
    pub(crate) fn answered(&self, route: &str, status: u16, took: SignedDuration) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let of = requests.entry((route.to_owned(), status)).or_default();
        let seconds = took.as_secs_f64();
        of.count += 1;
        of.seconds += seconds;
        for (within, bound) in of.within.iter_mut().zip(BUCKETS) {
            *within += u64::from(seconds <= bound);
        }
    }

    /// As Prometheus reads it; `gauges` are name, help and values by labels.
    pub(crate) fn text(&self, gauges: &[Gauge]) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let name = "sightline_http_request_duration_seconds";
        let _ = writeln!(out, "# HELP {name} Time until an answer began, by route and status\n# TYPE {name} histogram");
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((route, status), of) in requests.iter() {
            let labels = format!("route=\"{route}\",status=\"{status}\"");
            for (within, bound) in of.within.iter().zip(BUCKETS) {
                let _ = writeln!(out, "{name}_bucket{{{labels},le=\"{bound}\"}} {within}");
            }
            let _ = writeln!(out, "{name}_bucket{{{labels},le=\"+Inf\"}} {}", of.count);
            let _ = writeln!(out, "{name}_sum{{{labels}}} {}\n{name}_count{{{labels}}} {}", of.seconds, of.count);
        }
        for gauge in gauges {
            let _ = writeln!(out, "# HELP {} {}\n# TYPE {} gauge", gauge.name, gauge.about, gauge.name);
            for (labels, value) in &gauge.values {
                let _ = writeln!(out, "{}{labels} {value}", gauge.name);
            }
        }
        out
    }
}

/// A number that goes up and down.
pub(crate) struct Gauge {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// `{severity="high"}`, or nothing
    pub(crate) values: Vec<(String, f64)>,
}
