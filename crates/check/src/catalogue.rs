//! The page of all checks, made of their files.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::CheckError;
use crate::check::{Check, FixPart};
use crate::framework::{FRAMEWORKS, Framework};
use crate::registry::checks;

/// The catalogue as one Markdown page: a table of all checks, then each with its prose and fix, then the frameworks.
///
/// # Errors
/// A check's file is broken.
pub fn catalogue_markdown() -> Result<String, CheckError> {
    let checks = checks()?;
    let mut page = String::from(
        "# Checks\n\nGenerated from the files in `crates/check/checks`.\n\n| check | severity | what is wrong when it fails |\n|---|---|---|\n",
    );
    for check in &checks {
        let Check { id, declaration, .. } = check;
        let _ = writeln!(page, "| [{id}](#{id}) | {} | {} |", declaration.severity, declaration.title);
    }
    for check in &checks {
        section(&mut page, check);
    }
    page.push_str("\n## By framework\n");
    for framework in FRAMEWORKS {
        matrix(&mut page, framework, &checks);
    }
    Ok(page)
}

fn section(page: &mut String, check: &Check) {
    let declaration = &check.declaration;
    let _ = writeln!(page, "\n## {}\n\n**{}**\n\n{}\n\n### Fix\n", check.id, declaration.title, check.about);
    for part in &check.fix {
        let _ = match part {
            FixPart::Prose(text) => writeln!(page, "{text}\n"),
            FixPart::Block { language, text } => {
                writeln!(page, "```{}\n{text}\n```\n", if language == "cli" { "sh" } else { language })
            }
        };
    }
    let _ = writeln!(page, "### References\n\n{}", check.references);
}

fn matrix(page: &mut String, framework: &Framework, checks: &[Check]) {
    let mut controls: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for check in checks {
        for control in check.declaration.frameworks.get(framework.id).into_iter().flatten() {
            controls.entry(control).or_default().push(&check.id);
        }
    }
    let _ = writeln!(page, "\n### {}\n\n<{}>\n\n| control | checks |\n|---|---|", framework.title, framework.url);
    for (control, ids) in controls {
        let links: Vec<String> = ids.iter().map(|id| format!("[{id}](#{id})")).collect();
        let _ = writeln!(page, "| {control} | {} |", links.join(", "));
    }
}
