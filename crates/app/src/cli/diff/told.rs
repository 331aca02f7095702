//! Differences in words, one or two lines each.

use crate::cli::map::path_word;
use crate::print;
use crate::table::{Tone, entry};
use jiff::civil::Date;
use sightline_discover::difference::{Change, ControlChange};
use sightline_model::edge::{Edge, Tri};

/// Columns before the text.
const INDENT: usize = 12;

/// The differences between these days, each with the number of its edges.
pub(super) fn show(changes: &[Change], before: (Date, usize), after: (Date, usize)) -> anyhow::Result<()> {
    for change in changes {
        let (word, tone, text) = told(change);
        print::line(&entry(word, tone, INDENT, &text))?;
    }
    let line = match changes.len() {
        0 => "no difference".to_owned(),
        1 => "1 difference".to_owned(),
        several => format!("{several} differences"),
    };
    let gap = if changes.is_empty() { "" } else { "\n" };
    print::line(&format!("{gap}{line}: {} has {} edges, {} has {}", before.0, before.1, after.0, after.1))?;
    if before.1 == 0 || after.1 == 0 {
        print::line("A day without edges may be a day without logs: `sightline blindspots` tells.")?;
    }
    Ok(())
}

fn told(change: &Change) -> (&'static str, Tone, String) {
    match change {
        Change::New { edge } => ("new", Tone::Bad, whole(edge)),
        Change::Gone { edge } => ("gone", Tone::Plain, whole(edge)),
        Change::Moved { before, after } => {
            let (was, is) = (path_word(before.path).0, path_word(after.path).0);
            ("moved", Tone::Doubt, format!("{}: {was}, now {is} ({})", ends(after), after.path_evidence))
        }
        Change::Protected { after, controls, .. } => {
            let controls: Vec<String> = controls.iter().map(control).collect();
            ("controls", Tone::Doubt, format!("{}: {}", ends(after), controls.join("; ")))
        }
    }
}

fn ends(edge: &Edge) -> String {
    format!("{} -> {} in {}", edge.workload_title, edge.target_title, edge.region)
}

fn whole(edge: &Edge) -> String {
    format!("{}, {}, {} calls, {} failed", ends(edge), path_word(edge.path).0, edge.calls, edge.errors)
}

fn control(change: &ControlChange) -> String {
    let word = |state: Tri| match state {
        Tri::Yes => "yes",
        Tri::No => "no",
        Tri::Unknown => "unknown",
    };
    format!("{} {}, now {}: {}", change.name, word(change.before), word(change.after), change.reason)
}
