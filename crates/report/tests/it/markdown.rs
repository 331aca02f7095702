//! Findings as Markdown.

use crate::sample::{empty, estate, small, text};
use sightline_model::Mute;

#[test]
fn what_fails_and_what_is_open_is_told() {
    let told = text("markdown", &small());
    assert!(told.contains("1 fail, 1 unknown, 1 pass, 0 skip, 0 muted"), "{told}");
    assert!(told.contains("**Not all could be seen:** 1 operations were not read, 1 log objects"), "{told}");
    for row in small().findings.iter().filter(|row| !row.finding.missing_actions.is_empty() || !row.fix.is_empty()) {
        assert!(told.contains(&row.finding.fingerprint), "{told}");
    }
    assert!(told.contains("What could not be looked at, or not decided"));
    assert!(text("markdown", &empty()).contains("no scan has finished"));
    let mut muted = small();
    muted.findings[0].mute =
        Some(Mute { reason: "a trial".into(), owner: "ml".into(), expires: "2026-12-31".parse().unwrap() });
    let told = text("markdown", &muted);
    assert!(told.contains("0 fail, 1 unknown, 1 pass, 0 skip, 1 muted") && !told.contains("What fails"), "{told}");
}

#[test]
fn no_text_becomes_markup() {
    let harm = "](javascript:1)<img src=x>|`**x**\n# a\u{1b}[2J@all";
    let mut report = estate();
    for row in &mut report.findings {
        (row.finding.resource_title, row.finding.reason) = (harm.to_owned(), harm.to_owned());
    }
    let told = text("markdown", &report);
    assert!(!told.contains("<img") && !told.contains("](javascript") && !told.contains('\u{1b}'), "{told}");
    let rows: Vec<&str> = told.lines().filter(|line| line.contains("img src")).collect();
    assert!(!rows.is_empty());
    for row in rows {
        assert_eq!(row.matches('|').count(), 8, "{row}");
    }
}
