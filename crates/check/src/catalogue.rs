//! The pages on all checks, made of their files: one that lists them by service, one that shows what answers to each framework, and
//! one a service with all that the files say.

mod matrix;
mod service;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::CheckError;
use crate::check::Check;
use crate::framework::frameworks;
use crate::registry::checks;

/// The catalogue: pairs of a path below `docs/` and the page's Markdown.
///
/// # Errors
/// A check's file is broken.
pub fn pages() -> Result<Vec<(String, String)>, CheckError> {
    let checks = checks()?;
    let by_service = by_service(&checks);
    let mut pages = vec![
        ("checks.md".to_owned(), index(&checks, &by_service)),
        ("frameworks.md".to_owned(), matrix::page(frameworks()?, &checks)),
    ];
    pages.extend(
        by_service.iter().map(|(service, checks)| (format!("checks/{service}.md"), service::page(service, checks))),
    );
    Ok(pages)
}

/// The folder of a check's file, which is the service that it is about first.
fn service(check: &Check) -> &str {
    check.file.split_once('/').map_or("", |(service, _)| service)
}

fn by_service(checks: &[Check]) -> BTreeMap<&str, Vec<&Check>> {
    let mut map: BTreeMap<&str, Vec<&Check>> = BTreeMap::new();
    for check in checks {
        map.entry(service(check)).or_default().push(check);
    }
    map
}

fn index(checks: &[Check], by_service: &BTreeMap<&str, Vec<&Check>>) -> String {
    let mut page = format!(
        "# Checks\n\nMade by `make generate` from the files in `crates/check/checks`. {} checks; [frameworks.md](frameworks.md) shows \
         them by framework and control. `sightline checks explain ID` tells what one rests on, query and fix included.\n\n",
        checks.len()
    );
    let links: Vec<String> =
        by_service.iter().map(|(service, checks)| format!("[{service}](#{service}) {}", checks.len())).collect();
    let _ = writeln!(page, "{}", links.join(" · "));
    for (service, checks) in by_service {
        let _ = writeln!(
            page,
            "\n## {service}\n\n| check | severity | what is wrong when it fails | frameworks |\n|---|---|---|---|"
        );
        for check in checks {
            let Check { id, declaration, .. } = check;
            let frameworks = frameworks_of(&declaration.frameworks);
            let _ = writeln!(
                page,
                "| [{id}](checks/{service}.md#{id}) | {} | {} | {frameworks} |",
                declaration.severity, declaration.title
            );
        }
    }
    page
}

/// `cis-7.0 2.4; owasp-llm-2025 LLM01 LLM06`
fn frameworks_of(frameworks: &BTreeMap<String, Vec<String>>) -> String {
    let one = |(framework, controls): (&String, &Vec<String>)| format!("{framework} {}", controls.join(", "));
    frameworks.iter().map(one).collect::<Vec<_>>().join("; ")
}
