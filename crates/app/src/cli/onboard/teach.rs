//! `sightline onboard list|explain`.

use crate::exit::Exit;
use crate::print;
use crate::table::{self, Table, Tone};
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
    let id = unit.id();
    let entries = |pairs: Vec<(String, &str)>| {
        let widest = pairs.iter().map(|(word, _)| word.chars().count()).max().unwrap_or_default();
        let lines = pairs.iter().map(|(word, about)| table::entry(word, Tone::Plain, widest + 4, about));
        lines.collect::<Vec<_>>().join("\n")
    };
    let parameters = unit.parameters().iter().map(|one| (format!("--{}", one.name), one.about)).collect();
    let permissions = unit.permissions().iter().map(|one| (one.action.to_owned(), one.why)).collect();
    let mut parts = vec![
        format!("{} ({id})", unit.title()),
        table::paragraph(unit.about()),
        format!("Parameters:\n{}", entries(parameters)),
    ];
    if !unit.permissions().is_empty() {
        parts.push(format!("Verifying it takes:\n{}", entries(permissions)));
    }
    parts.push(format!(
        "Next, with the parameters above:\n  sightline onboard terraform {id}    (or cloudformation, cli, policy)\n  sightline onboard verify {id}"
    ));
    parts.join("\n\n")
}
