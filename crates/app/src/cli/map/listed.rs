//! The map as a table for a terminal.

use super::choice::Choice;
use super::letters;
use super::path_word;
use crate::table::{Table, Tone, middle, paragraph, width};
use crate::{figures, print};
use sightline_discover::protected::Protected;
use sightline_model::edge::{Edge, TrafficClass, Tri};
use std::cmp::Reverse;

/// Digits of an id that `explain` is content with, where no other edge begins alike.
const ID: usize = 8;

/// The edges, those with most calls first.
pub(super) fn show(edges: &[Edge], choice: &Choice, protected: &Protected) -> anyhow::Result<()> {
    if edges.is_empty() {
        let text = match (choice.asks_for_unprotected(), choice.is_whole()) {
            (true, _) => "No edge is unprotected.",
            (false, true) => {
                "No calls to models were seen. `sightline ingest s3://BUCKET/` reads CloudTrail and flow logs."
            }
            (false, false) => "No edge fits.",
        };
        print::line(text)?;
        return Ok(());
    }
    let (models, others): (Vec<&Edge>, Vec<&Edge>) = edges.iter().partition(|edge| edge.is_of_model());
    if !models.is_empty() {
        of_models(&models, choice)?;
    }
    if !others.is_empty() {
        if !models.is_empty() {
            print::line("\nWhat else talks to whom:\n")?;
        }
        of_others(&others)?;
    }
    if choice.asks_for_unprotected() {
        let sure = edges.iter().filter(|edge| protected.of(edge) == Tri::No).count();
        let open = edges.len() - sure;
        print::line(&format!("\n{}", paragraph(&format!("Protected means: {}", protected.text()))))?;
        let words =
            format!("{sure} unprotected, {open} more of which nobody can tell. `sightline explain ID` has the fix.");
        print::line(&paragraph(&words))?;
    }
    Ok(())
}

fn of_models(edges: &[&Edge], choice: &Choice) -> anyhow::Result<()> {
    let room = usize::from(width()).saturating_sub(39);
    let (workload_width, model_width) = (room * 9 / 20, room - room * 9 / 20);
    let last = if choice.asks_for_tasks() { "ID" } else { "FAILED" };
    let mut table = Table::new(&["WORKLOAD", "MODEL", "PATH", "CALLS", last, &letters::title()]);
    table.align_right(3);
    if !choice.asks_for_tasks() {
        table.align_right(4);
    }
    let mut edges = edges.to_vec();
    edges.sort_by_key(|edge| (Reverse(edge.calls), Reverse(edge.errors), edge.workload_title.clone()));
    let by_flow = |edge: &Edge| edge.calls == 0 && edge.errors == 0;
    for edge in &edges {
        let (path, path_tone) = path_word(edge.path);
        let workload = middle(&edge.workload_title, workload_width);
        let model = middle(&edge.target_title, model_width);
        let calls = if by_flow(edge) { "~".to_owned() } else { edge.calls.to_string() };
        let last = match choice.asks_for_tasks() {
            true => edge.edge_id.chars().take(ID).collect(),
            false if by_flow(edge) => String::new(),
            false => edge.errors.to_string(),
        };
        table.row([
            (workload.as_str(), Tone::Plain),
            (model.as_str(), Tone::Plain),
            (path, path_tone),
            (calls.as_str(), Tone::Plain),
            (last.as_str(), Tone::Plain),
            (letters::of(edge).as_str(), Tone::Plain),
        ]);
    }
    print::line(table.to_string().trim_end())?;
    print::line(&format!("\n{}", paragraph(&letters::legend())))?;
    if edges.iter().any(|edge| by_flow(edge)) {
        print::line("~ seen in flow logs alone: which model it was, and how often, they do not tell")?;
    }
    let calls: i64 = edges.iter().map(|edge| edge.calls).sum();
    let cost: f64 = edges.iter().filter_map(|edge| edge.cost_usd).sum();
    let cost = if cost > 0.0 { format!(", about {} by list price", figures::dollars(cost)) } else { String::new() };
    print::line(&paragraph(&format!(
        "{} edges, {calls} calls{cost}. `--json` has the evidence of each.",
        edges.len()
    )))?;
    Ok(())
}

fn of_others(edges: &[&Edge]) -> anyhow::Result<()> {
    let room = usize::from(width()).saturating_sub(39);
    let mut table = Table::new(&["FROM", "TO", "CLASS", "PORT", "PATH", "BYTES"]);
    table.align_right(3);
    table.align_right(5);
    let bytes = |edge: &Edge| edge.bytes_out.unwrap_or_default().saturating_add(edge.bytes_in.unwrap_or_default());
    let mut edges = edges.to_vec();
    edges.sort_by_key(|edge| (edge.class, Reverse(bytes(edge)), edge.edge_id.clone()));
    for edge in &edges {
        let (path, path_tone) = path_word(edge.path);
        let port = edge.port.map_or_else(String::new, |port| port.to_string());
        let (from, to) = (middle(&edge.workload_title, room / 2), middle(&edge.target_title, room - room / 2));
        table.row([
            (from.as_str(), Tone::Plain),
            (to.as_str(), Tone::Plain),
            (class(edge.class), Tone::Plain),
            (port.as_str(), Tone::Plain),
            (path, path_tone),
            (figures::bytes(u64::try_from(bytes(edge)).unwrap_or_default()).as_str(), Tone::Plain),
        ]);
    }
    print::line(table.to_string().trim_end())?;
    Ok(())
}

fn class(class: TrafficClass) -> &'static str {
    match class {
        TrafficClass::UserToApplication => "user",
        TrafficClass::ApplicationToModel => "model",
        TrafficClass::ApplicationToInternet => "out",
        TrafficClass::ApplicationToApplication => "app",
    }
}
