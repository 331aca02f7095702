use crate::sample::{empty, estate, small, text};
use proptest::prelude::*;
use sightline_model::edge::TrafficClass;
use sightline_report::Report;
use std::path::Path;

/// Names of tags and of their attributes, in order; code marks are left out, for backticks make them.
pub(crate) fn skeleton(page: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((_, tail)) = rest.split_once('<') {
        let (tag, tail) = tail.split_once('>').expect("a tag is closed");
        rest = tail;
        let name = tag.split([' ', '\n']).next().unwrap().to_owned();
        // What stands in these is no markup.
        for raw in ["style", "script"] {
            if name == raw {
                rest = rest.split_once(&format!("</{raw}>")).unwrap().1;
            }
        }
        if !name.ends_with("code") {
            let attributes: Vec<&str> =
                tag.split('"').step_by(2).map(|part| part.trim().trim_end_matches('/')).collect();
            tags.push(attributes.join(" "));
        }
    }
    tags
}

fn filled_with(text: &str) -> Report {
    let mut report = small();
    let text = || format!("x{text}");
    report.version = text();
    for scan in &mut report.scans {
        (scan.account_id, scan.caller_arn) = (text(), text());
        scan.regions = vec![text()];
    }
    for row in &mut report.coverage {
        (row.account_id, row.region, row.table_name, row.target) = (text(), text(), text(), text());
        (row.operation, row.action, row.error_code, row.error_message) =
            (text(), format!("{}y", text()), text(), text());
    }
    for check in report.checks.values_mut() {
        check.rationale = text();
        check.frameworks = [(text(), vec![text()])].into();
        check.references = vec![format!("https://example.com/{}", text()), text()];
    }
    for row in &mut report.findings {
        let finding = &mut row.finding;
        (finding.title, finding.resource, finding.resource_title, finding.reason) = (text(), text(), text(), text());
        (finding.account_id, finding.region, finding.fingerprint) = (text(), text(), text());
        finding.missing_actions = vec![text()];
        for block in &mut row.fix {
            (block.language, block.text) = (text(), text());
        }
    }
    for edge in &mut report.edges {
        (edge.workload_arn, edge.workload_title, edge.identity_arn) = (text(), text(), text());
        (edge.model_arn, edge.model_title, edge.model_kind, edge.path_evidence) = (text(), text(), text(), text());
        (edge.target_arn, edge.target_title, edge.target_kind) = (text(), text(), text());
        (edge.edge_id, edge.attribution, edge.region, edge.application) = (text(), text(), text(), text());
        for (index, control) in edge.controls.iter_mut().enumerate() {
            (control.name, control.reason) = (format!("{index}{}", text()), text());
            for fix in &mut control.fix {
                (fix.language, fix.text) = (text(), text());
            }
        }
        for seen in &mut edge.evidence {
            (seen.object, seen.event_id) = (text(), text());
        }
    }
    let logs = &mut report.logs;
    (logs.sources[0].source, logs.problems[0].uri, logs.problems[0].error) = (text(), text(), text());
    (logs.problems[0].status, logs.problems[0].source) = (text(), text());
    (logs.gaps[0].subject, logs.gaps[0].reason, logs.gaps[0].source) = (text(), text(), text());
    report
}

pub(crate) const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style></script></title></textarea>--><svg onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "`<b>`</code>",
    "&lt;script&gt;",
    "\u{1b}[2J\u{202e}\u{0}\u{feff}",
];

fn harmless(hostile: &str) -> Result<(), TestCaseError> {
    let page = text("html", &filled_with(hostile));
    prop_assert_eq!(skeleton(&page), skeleton(&text("html", &filled_with("plain"))));
    let hidden = page
        .chars()
        .find(|c| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
    prop_assert_eq!(hidden, None);
    Ok(())
}

#[test]
fn known_tricks_stay_text() {
    for hostile in HOSTILE {
        harmless(hostile).unwrap();
    }
    assert!(text("html", &filled_with(HOSTILE[4])).contains("{{ 7*7 }}"), "account text is no template");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_text_of_an_account_becomes_markup(hostile in "([<>\"'&/=`{}%\\- \u{1b}\u{0}\u{85}\u{202e}]|script|on|\\PC){1,24}") {
        harmless(&hostile)?;
    }
}

#[test]
fn the_page_stands_alone() {
    let page = text("html", &estate());
    for loader in [
        "src=",
        "@import",
        "url(",
        "<link",
        "<img",
        "<iframe",
        "<form",
        " style=",
        " onclick=",
        "href=\"http:",
        "javascript:",
    ] {
        assert!(!page.contains(loader), "{loader}");
    }
    assert_eq!(page.matches("<script>").count(), 1);
    assert!(page.contains("default-src &#x27;none&#x27;; style-src &#x27;sha256-"), "{}", &page[..600]);
}

/// A browser compares the hash with the text between the tags, to the byte.
#[test]
fn the_policy_names_what_stands_in_the_page() {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};
    let page = text("html", &small());
    for tag in ["style", "script"] {
        let inline = page.split_once(&format!("<{tag}>")).unwrap().1.split_once(&format!("</{tag}>")).unwrap().0;
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(inline));
        let escaped = hash.replace('/', "&#x2f;");
        assert!(page.contains(&format!("{tag}-src &#x27;sha256-{escaped}&#x27;")), "{tag} {hash}");
    }
}

#[test]
fn every_table_head_has_a_scope_and_every_target_exists() {
    let page = text("html", &estate());
    assert!(!page.contains("<th>"));
    for link in page.split("href=\"#").skip(1) {
        let id = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
    }
}

#[test]
fn a_page_of_nothing_says_so() {
    let page = text("html", &empty());
    assert!(page.contains("No finished scan."));
    assert!(page.contains("No logs were read either, so this does not mean that there was none."));
    assert!(!page.contains("Everything that was asked for was read"));
}

#[test]
fn a_control_that_an_edge_does_not_speak_of_is_unknown() {
    let mut report = small();
    let mut other = report.edges[0].clone();
    other.workload_arn.push('2');
    other.controls.clear();
    report.edges.push(other);
    let page = text("html", &report);
    assert_eq!(page.matches("<td><span class=\"tri unknown\">unknown</span></td>").count(), 7);
}

#[test]
fn what_calls_no_model_has_a_section_of_its_own() {
    let mut report = small();
    assert!(!text("html", &report).contains("What else talks to whom"));
    let mut other = report.edges[0].clone();
    other.class = TrafficClass::ApplicationToInternet;
    (other.target_title, other.target_kind) = ("pypi.org".into(), "internet".into());
    (other.bytes_out, other.bytes_in) = (Some(1_000), Some(234_567));
    report.edges.push(other);
    let page = text("html", &report);
    assert!(page.contains("What else talks to whom") && page.contains("pypi.org") && page.contains("235,567"));
    assert!(page.contains("<b>1</b></a></li>"), "the map counts calls of models alone");
}

#[test]
fn the_estate_is_written_for_the_eye() {
    let page = text("html", &estate());
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("report.html"), &page).unwrap();
    assert!(page.contains("search-indexer"));
}

#[test]
fn a_small_page_as_text() {
    let page = text("html", &small());
    let main = page.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
    let mut words = String::new();
    for piece in main.split('<').skip(1) {
        let text = piece.split_once('>').map_or("", |(_, text)| text).trim();
        if !text.is_empty() {
            words.push_str(text);
            words.push('\n');
        }
    }
    insta::assert_snapshot!(words);
}

#[test]
fn a_long_section_is_cut_and_says_so() {
    let mut report = small();
    let failing = report.findings[0].clone();
    report.findings.extend(std::iter::repeat_n(failing, 5_002));
    report.edges = vec![report.edges[0].clone(); 5_004];
    let page = text("html", &report);
    assert!(page.contains(
        "3 more findings are left out of this page. List them all with <code>sightline findings --json</code>"
    ));
    assert!(
        page.contains("4 more edges are left out of this page. List them all with <code>sightline map --json</code>")
    );
}
