//! docs/tables.md: every table, by service.

use sightline_collect::catalogue::{Catalogue, Scope, Table};
use sightline_model::{ColumnType, RelationRule, lake_table};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const HEAD: &str = "# Tables\n\nMade by `make generate`.\n\n\
    Every inventory table is a view over `resource`: the newest finished scan of each account. Each has the columns \
    `arn account_id partition region title tags collected_at` before its own; columns marked \u{2a} hold JSON, which `->` and \
    `->>` read, with the API's names inside. A table's calls are what its rows are read with, the first one lists them; the IAM \
    action is named where it is not the call's name. Relations give `sightline lineage` and the table `relation`.\n";

/// The whole page.
pub(super) fn page(catalogue: &Catalogue) -> String {
    let mut services: BTreeMap<String, Vec<&Table>> = BTreeMap::new();
    for table in catalogue.tables() {
        services.entry(service(table)).or_default().push(table);
    }
    let mut text = String::from(HEAD);
    lake(&mut text);
    index(&mut text, &services);
    for (service, tables) in &services {
        let _ = write!(text, "\n## {service}\n");
        tables.iter().for_each(|of| table(&mut text, catalogue, of));
    }
    text
}

/// The API that lists the table's rows.
fn service(table: &Table) -> String {
    table.calls().first().map_or_else(|| table.file.clone(), |call| call.service.clone())
}

fn lake(text: &mut String) {
    text.push_str("\n## The lake\n\n| table | what it holds |\n|---|---|\n");
    for table in lake_table::ALL {
        let _ = writeln!(text, "| `{}` | {} |", table.name, table.about);
    }
}

fn index(text: &mut String, services: &BTreeMap<String, Vec<&Table>>) {
    let tables: usize = services.values().map(Vec::len).sum();
    let _ = write!(text, "\n## The inventory\n\n{tables} tables of {} services.\n\n", services.len());
    text.push_str("| service | tables |\n|---|---|\n");
    for (service, tables) in services {
        let links = tables.iter().map(|table| format!("[{0}](#{0})", table.name)).collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "| [{service}](#{service}) | {links} |");
    }
}

fn table(text: &mut String, catalogue: &Catalogue, table: &Table) {
    let _ = write!(text, "\n### {}\n\n{}\n\n", table.name, table.about);
    let scope = match table.scope {
        Scope::Global => "once an account",
        Scope::Regional => "in each region",
    };
    let parent = table.parent().map(|parent| format!(", for each row of `{parent}`")).unwrap_or_default();
    let _ = writeln!(text, "- read {scope}{parent}, with {}", calls(table));
    for rule in &table.relations {
        let _ = writeln!(text, "- {}", relation(rule));
    }
    let named_by = named_by(catalogue, &table.name);
    if !named_by.is_empty() {
        let _ = writeln!(text, "- named by {}", named_by.join(", "));
    }
    let columns: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("`{}`{}", column.name, if column.kind == ColumnType::Json { "\u{5c}*" } else { "" }))
        .collect();
    let _ = write!(text, "\n{}\n", columns.join(" "));
}

fn calls(table: &Table) -> String {
    let call = |call: &sightline_collect::catalogue::Call| {
        let name = call.name();
        let is_same = call.action.split(':').nth(1) == Some(call.operation.as_str());
        if is_same || !call.is_of_iam() { format!("`{name}`") } else { format!("`{name}` (`{}`)", call.action) }
    };
    table.calls().into_iter().map(call).collect::<Vec<_>>().join(", ")
}

fn relation(rule: &RelationRule) -> String {
    let to = rule.to.iter().map(|table| format!("[{table}](#{table})")).collect::<Vec<_>>().join(" or ");
    format!("{} {to}: `{}`", rule.kind.as_str().replace('_', " "), rule.column)
}

/// The tables whose rows name this one's, each once.
fn named_by(catalogue: &Catalogue, name: &str) -> Vec<String> {
    let names = |table: &&Table| table.relations.iter().any(|rule| rule.to.iter().any(|to| to == name));
    catalogue.tables().filter(names).map(|table| format!("[{0}](#{0})", table.name)).collect()
}
