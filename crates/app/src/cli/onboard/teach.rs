//! `sightline onboard list|explain`.

use crate::exit::Exit;
use crate::print;
use crate::table::{Table, Tone};
use sightline_model::untrusted::for_terminal;
use sightline_onboard::Prerequisite;

/// The list of prerequisites.
pub(super) fn list() -> anyhow::Result<Exit> {
    let mut table = Table::new(&["PREREQUISITE", "WHAT IT IS"]);
    for unit in sightline_onboard::ALL {
        table.row([(unit.id(), Tone::Plain), (unit.title(), Tone::Plain)]);
    }
    print::line(table.to_string().trim_end())?;
    Ok(Exit::Clean)
}

/// Teaches prerequisites.
pub(super) fn explain(units: Vec<&'static dyn Prerequisite>) -> anyhow::Result<Exit> {
    for unit in units {
        print::line(&prerequisite_text(unit))?;
    }
    Ok(Exit::Clean)
}

/// What a prerequisite is, for a terminal.
pub(crate) fn prerequisite_text(unit: &dyn Prerequisite) -> String {
    let parameters: String =
        unit.parameters().iter().map(|parameter| format!("\n  --{:18} {}", parameter.name, parameter.about)).collect();
    let permissions: String = unit
        .permissions()
        .iter()
        .map(|permission| format!("\n  {:42} {}", permission.action, permission.why))
        .collect();
    for_terminal_lines(&format!(
        "{} ({})\n\n{}\n\nParameters:{parameters}\n\nVerifying it takes:{permissions}",
        unit.title(),
        unit.id(),
        unit.about()
    ))
}

fn for_terminal_lines(text: &str) -> String {
    text.lines().map(for_terminal).collect::<Vec<_>>().join("\n")
}
