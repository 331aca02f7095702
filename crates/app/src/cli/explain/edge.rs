//! An edge in words: how it was joined, what it rests on, its controls and the fix of each that lacks.

use crate::cli::map::path_word;
use crate::figures;
use crate::table::{Tone, entry, paragraph};
use sightline_lake::Session;
use sightline_model::edge::{Control, Edge, EdgeEvidence, Tri};
use sightline_model::untrusted::for_terminal;

/// Columns before the text.
const INDENT: usize = 21;
/// Places that are named.
const MOST_PLACES: usize = 12;

/// The edge with everything that the newest map knows of it.
///
/// # Errors
/// The lake cannot be read.
pub(super) async fn text(session: &Session, edge: &Edge) -> anyhow::Result<String> {
    // The id is hexadecimal digits alone: it cannot leave its quotes.
    let sql = format!(
        "SELECT * FROM current_edge_evidence WHERE edge_id = '{}' ORDER BY proves, seen_at, object, line",
        edge.edge_id
    );
    let evidence: Vec<EdgeEvidence> = session.sql(&sql).await?.rows_as()?;
    let mut parts = vec![head(edge), facts(edge)];
    parts.push(format!("Controls\n{}", edge.controls.iter().map(control).collect::<Vec<_>>().join("\n")));
    let fixes: Vec<String> = edge.controls.iter().filter(|control| !control.fix.is_empty()).map(fix).collect();
    if !fixes.is_empty() {
        parts.push(format!("Fix\n\n{}", fixes.join("\n")));
    }
    parts.push(format!("Evidence\n{}", places(edge, &evidence)));
    Ok(parts.join("\n\n"))
}

fn head(edge: &Edge) -> String {
    let ends = format!("{} -> {}", edge.workload_title, edge.target_title);
    format!("{}\n{}", for_terminal(&ends), paragraph(&edge.attribution))
}

fn facts(edge: &Edge) -> String {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().replace('_', " ");
    let told = |value: Option<i64>| value.map(|number| figures::count(u64::try_from(number).unwrap_or_default()));
    let joined = |parts: &[(&str, Option<String>)]| {
        let known = parts.iter().filter_map(|(what, value)| value.as_ref().map(|value| format!("{value} {what}")));
        known.collect::<Vec<_>>().join(", ")
    };
    let tokens = joined(&[
        ("in", told(edge.input_tokens)),
        ("out", told(edge.output_tokens)),
        ("read from the cache", told(edge.cache_read_tokens)),
        ("written to the cache", told(edge.cache_write_tokens)),
        ("calls counted", told(edge.counted_calls)),
    ]);
    let mut bytes =
        joined(&[("out", told(edge.bytes_out)), ("in", told(edge.bytes_in)), ("records", told(edge.flows))]);
    if let Some(shared) = edge.bytes_shared.filter(|edges| *edges > 1) {
        bytes.push_str(&format!(", together with {} other edges of the same connections", shared - 1));
    }
    let port = edge.port.map_or_else(String::new, |port| format!(", port {port}"));
    let rows = [
        ("id", edge.edge_id.clone()),
        ("class", word(serde_json::to_value(edge.class).unwrap_or_default())),
        ("workload", edge.workload_arn.clone()),
        ("application", edge.application.clone()),
        ("identity", edge.identity_arn.clone()),
        ("target", edge.target_arn.clone()),
        ("its application", edge.target_application.clone()),
        ("service", format!("{}{port}", edge.service)),
        ("account, region", format!("{}, {}", edge.account_id, edge.region)),
        ("path", format!("{}: {}", path_word(edge.path).0, edge.path_evidence)),
        ("calls", format!("{}, {} failed", edge.calls, edge.errors)),
        ("tokens", tokens),
        ("cost by list price", edge.cost_usd.map_or_else(String::new, figures::dollars)),
        ("bytes", bytes),
        ("seen", format!("{} to {}", edge.first_seen, edge.last_seen)),
        ("joined", word(serde_json::to_value(edge.confidence).unwrap_or_default())),
    ];
    let shown = rows.iter().filter(|(_, value)| !value.is_empty());
    shown.map(|(name, value)| entry(name, Tone::Plain, INDENT, value)).collect::<Vec<_>>().join("\n")
}

fn control(control: &Control) -> String {
    let (word, tone) = match control.state {
        Tri::Yes => ("yes", Tone::Good),
        Tri::No => ("no", Tone::Bad),
        Tri::Unknown => ("unknown", Tone::Doubt),
    };
    let name = control.name.replace('_', " ");
    format!("  {name}\n{}", entry(word, tone, 11, &control.reason))
}

fn fix(control: &Control) -> String {
    let mut text = format!("{}\n", control.name.replace('_', " "));
    for block in &control.fix {
        match block.language.as_str() {
            "text" => text.push_str(&format!("{}\n", paragraph(&block.text))),
            language => {
                let lines: String = block.text.lines().map(|line| format!("    {}\n", for_terminal(line))).collect();
                text.push_str(&format!("  {language}:\n{lines}"));
            }
        }
    }
    text
}

fn places(edge: &Edge, evidence: &[EdgeEvidence]) -> String {
    let mut lines: Vec<String> = evidence.iter().map(place).collect();
    if lines.is_empty() {
        lines = edge
            .evidence
            .iter()
            .map(|seen| format!("  {}:{} {}", for_terminal(&seen.object), seen.line, for_terminal(&seen.event_id)))
            .collect();
    }
    let more = lines.len().saturating_sub(MOST_PLACES);
    lines.truncate(MOST_PLACES);
    if more > 0 {
        lines.push(format!(
            "  and {more} more: sightline query \"SELECT * FROM current_edge_evidence WHERE edge_id = '{}'\"",
            edge.edge_id
        ));
    }
    lines.join("\n")
}

fn place(seen: &EdgeEvidence) -> String {
    let line = if seen.line > 0 { format!(":{}", seen.line) } else { String::new() };
    let event = if seen.event_id.is_empty() { String::new() } else { format!(" {}", seen.event_id) };
    let when = seen.seen_at.map_or_else(String::new, |at| format!(", {at}"));
    for_terminal(&format!("  {} ({}{when}) {}{line}{event}", seen.proves, seen.source, seen.object))
}
