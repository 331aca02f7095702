//! The page of frameworks: every control, and the checks that answer to it. A control without one is told, not left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::service;
use crate::check::Check;
use crate::framework::{Framework, Frameworks};

/// Controls without a check that are listed; the rest is counted.
const LISTED: usize = 40;

pub(super) fn page(frameworks: &Frameworks, checks: &[Check]) -> String {
    let mut page = String::from(
        "# Frameworks\n\nMade by `make generate`. Which checks answer to which control. An answer is evidence on the control's subject, \
         seldom all that the control asks for.\n\n| framework | controls | with checks |\n|---|---|---|\n",
    );
    let mut sections = String::new();
    for framework in frameworks.all() {
        let answered = answered(framework, checks);
        let of = if framework.patterns.is_empty() { framework.controls.len().to_string() } else { "open".to_owned() };
        let _ =
            writeln!(page, "| [{0}](#{1}) | {of} | {2} |", framework.title, anchor(&framework.title), answered.len());
        section(&mut sections, framework, &answered);
    }
    page + &sections
}

fn section(page: &mut String, framework: &Framework, answered: &BTreeMap<usize, (&str, Vec<&Check>)>) {
    let _ = writeln!(page, "\n## {}\n\n`{}` · <{}>\n", framework.title, framework.id, framework.url);
    let missing: Vec<&str> = framework
        .controls
        .iter()
        .filter(|control| !answered.values().any(|(other, _)| other == control))
        .map(String::as_str)
        .collect();
    if !answered.is_empty() {
        let _ = writeln!(page, "| control | checks |\n|---|---|");
    }
    for (control, checks) in answered.values() {
        let links: Vec<String> =
            checks.iter().map(|check| format!("[{0}](checks/{1}.md#{0})", check.id, service(check))).collect();
        let _ = writeln!(page, "| {control} | {} |", links.join(", "));
    }
    if !missing.is_empty() {
        let more = missing.len().saturating_sub(LISTED);
        let listed = missing.iter().take(LISTED).copied().collect::<Vec<_>>().join(", ");
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(page, "\nNo check answers to {listed}{rest}.");
    }
}

/// Controls that checks name, in the framework's order; behind those it lists, others by their names.
fn answered<'a>(framework: &'a Framework, checks: &'a [Check]) -> BTreeMap<usize, (&'a str, Vec<&'a Check>)> {
    let mut by_control: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
    for check in checks {
        for control in check.frameworks.get(&framework.id).into_iter().flatten() {
            by_control.entry(control).or_default().push(check);
        }
    }
    let listed = framework.controls.len();
    let place = |(index, (control, checks)): (usize, (&'a str, Vec<&'a Check>))| {
        let place = framework.controls.iter().position(|known| known == control).unwrap_or(listed + index);
        (place, (control, checks))
    };
    by_control.into_iter().enumerate().map(place).collect()
}

/// The anchor that Markdown viewers give a heading.
fn anchor(title: &str) -> String {
    let kept =
        title.to_lowercase().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-')).collect::<String>();
    kept.replace(' ', "-")
}
