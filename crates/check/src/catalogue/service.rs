//! A service's page: each of its checks with its prose, fix and references.

use std::fmt::Write as _;

use super::frameworks_of;
use crate::check::{Check, FixPart};

pub(super) fn page(service: &str, checks: &[&Check]) -> String {
    let mut page = format!("# Checks of {service}\n\nMade by `make generate`. [All checks](../checks.md)\n");
    for check in checks {
        section(&mut page, check);
    }
    page
}

fn section(page: &mut String, check: &Check) {
    let declaration = &check.declaration;
    let frameworks = frameworks_of(&check.frameworks);
    let place = if frameworks.is_empty() { String::new() } else { format!(" · {frameworks}") };
    let _ = writeln!(
        page,
        "\n## {}\n\n**{}** · {} · judges `{}`{place}\n\n{}\n\n### Fix\n",
        check.id, declaration.title, declaration.severity, declaration.resource, check.about
    );
    for part in &check.fix {
        let _ = match part {
            FixPart::Prose(text) => writeln!(page, "{text}\n"),
            FixPart::Block { language, text } => {
                let language = match language.as_str() {
                    "cli" => "sh",
                    "terraform" => "hcl",
                    other => other,
                };
                writeln!(page, "```{language}\n{text}\n```\n")
            }
        };
    }
    let _ = writeln!(page, "### References\n\n{}", check.references);
}
