//! `sightline map`: which workloads call which models.

mod self_hosted;

use super::Global;
use crate::exit::Exit;
use crate::stage;
use crate::stage::discover::Discovered;
use crate::table::{Table, Tone, middle, width};
use crate::{print, world};
use clap::Args;
use serde_json::json;
use sightline_model::edge::{Control, Edge, PathClass, Tri};
use sightline_report::OutputSpec;
use std::cmp::Reverse;

/// The controls of the map's last column: their letter, name and words.
const SHOWN_CONTROLS: &[(&str, &str, &str)] = &[
    ("G", "guardrail_on_call", "guardrail on the call"),
    ("P", "private_path", "private path"),
    ("E", "endpoint_policy", "endpoint policy"),
    ("L", "invocation_logged", "invocation logged"),
];

/// Show which workloads and people call which models, over which path and behind which controls
#[derive(Debug, Args)]
pub(crate) struct Map {
    /// Only edges that lack this control or of which it is unknown, such as `private_path`
    #[arg(long, value_name = "CONTROL")]
    without: Option<String>,
    /// Write a report: `html=FILE`, `json`, `csv-edges=FILE` …; may be given several times
    #[arg(long, short, value_name = "FORMAT[=FILE]")]
    output: Vec<OutputSpec>,
    /// Print the edges as JSON, with their evidence
    #[arg(long)]
    json: bool,
}

impl Map {
    /// Discovers and prints.
    pub(crate) async fn run(self, global: &Global) -> anyhow::Result<Exit> {
        if let Some(name) = &self.without {
            let known = sightline_model::edge::CONTROLS;
            anyhow::ensure!(
                known.contains(&name.as_str()),
                "no control is named `{name}`; use one of: {}",
                known.join(" ")
            );
        }
        let lake = stage::open(&global.lake).await?;
        let Discovered { mut edges, self_hosted, self_hosted_unread } = stage::discover::discover_all(&lake).await?;
        if let Some(name) = &self.without {
            edges.retain(|edge| control(edge, name) != Some(Tri::Yes));
        }
        if self.json {
            print::json(&json!({
                "edges": edges,
                "self_hosted_models": self_hosted,
                "self_hosted_models_unread": self_hosted_unread,
            }))?;
        } else if self.output.is_empty() {
            show(&edges)?;
            self_hosted::show(&self_hosted, &self_hosted_unread)?;
        }
        if !self.output.is_empty() {
            let report =
                stage::reported::report(&lake, Vec::new(), &sightline_check::checks()?, Some(edges), world::now())
                    .await?;
            stage::reported::write(&report, &self.output)?;
        }
        Ok(Exit::Clean)
    }
}

fn show(edges: &[Edge]) -> anyhow::Result<()> {
    if edges.is_empty() {
        print::line("No calls to models were seen. `sightline ingest s3://BUCKET/` reads CloudTrail and flow logs.")?;
        return Ok(());
    }
    let room = usize::from(width()).saturating_sub(36);
    let (workload_width, model_width) = (room * 9 / 20, room - room * 9 / 20);
    let letters: String = SHOWN_CONTROLS.iter().map(|(letter, _, _)| *letter).collect();
    let mut table = Table::new(&["WORKLOAD", "MODEL", "PATH", "CALLS", "FAILED", &letters]);
    table.align_right(3);
    table.align_right(4);
    let mut edges: Vec<&Edge> = edges.iter().collect();
    edges.sort_by_key(|edge| (Reverse(edge.calls), Reverse(edge.errors), edge.workload_title.clone()));
    for edge in &edges {
        let (path, path_tone) = path_word(edge.path);
        let workload = middle(&edge.workload_title, workload_width);
        let model = middle(&edge.model_title, model_width);
        let controls: String = SHOWN_CONTROLS.iter().map(|(_, name, _)| sign(control(edge, name))).collect();
        let (calls, errors) = (edge.calls.to_string(), edge.errors.to_string());
        table.row([
            (workload.as_str(), Tone::Plain),
            (model.as_str(), Tone::Plain),
            (path, path_tone),
            (calls.as_str(), Tone::Plain),
            (errors.as_str(), Tone::Plain),
            (controls.as_str(), Tone::Plain),
        ]);
    }
    print::line(table.to_string().trim_end())?;
    let legend =
        SHOWN_CONTROLS.iter().map(|(letter, _, words)| format!("{letter} {words}")).collect::<Vec<_>>().join(", ");
    print::line(&format!("\n{legend}: + yes, - no, ? unknown"))?;
    let calls: i64 = edges.iter().map(|edge| edge.calls).sum();
    print::line(&format!("{} edges, {calls} calls. `--json` has the evidence of each.", edges.len()))?;
    Ok(())
}

fn control(edge: &Edge, name: &str) -> Option<Tri> {
    edge.controls.iter().find(|control: &&Control| control.name == name).map(|control| control.state)
}

fn sign(state: Option<Tri>) -> char {
    match state {
        Some(Tri::Yes) => '+',
        Some(Tri::No) => '-',
        Some(Tri::Unknown) | None => '?',
    }
}

fn path_word(path: PathClass) -> (&'static str, Tone) {
    match path {
        PathClass::InterfaceEndpoint => ("endpoint", Tone::Good),
        PathClass::Internet => ("internet", Tone::Bad),
        PathClass::AwsInternal => ("in aws", Tone::Plain),
        PathClass::Vpc => ("vpc", Tone::Plain),
        PathClass::Peering => ("peering", Tone::Plain),
        PathClass::TransitGateway => ("transit", Tone::Plain),
        PathClass::OnPremises => ("on premises", Tone::Plain),
        PathClass::Unknown => ("unknown", Tone::Doubt),
    }
}
