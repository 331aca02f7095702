//! Findings for Security Hub: by the API's own model, and imported into an emulated one.

use crate::python;
use crate::sample::{empty, estate, small, text};
use serde_json::{Value, json};
use sightline_model::{Mute, Status};
use sightline_report::{FixBlock, OutputSpec, Report};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

const HARM: &str = "</script>|`*[x](javascript:1)\u{1b}[2J\u{202e}\u{0}\u{fffe}]]>&\"'<b>\n=1+1\r$(id)/../";

fn array(report: &Report) -> Vec<Value> {
    serde_json::from_str(&text("asff", report)).unwrap()
}

/// Writes the folder, and gives the names of what lies in it.
fn folder(report: &Report, place: &Path) -> BTreeSet<String> {
    let spec: OutputSpec = format!("asff={}/", place.display()).parse().unwrap();
    spec.write(report, &mut std::io::sink()).unwrap();
    fs::read_dir(place).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

fn muted(mut report: Report) -> Report {
    report.findings[0].mute =
        Some(Mute { reason: "a trial".into(), owner: "ml".into(), expires: "2026-12-31".parse().unwrap() });
    report
}

/// As many findings as asked for, of two accounts and of regions and none.
fn many(count: usize) -> Report {
    let mut report = small();
    let one = report.findings.remove(0);
    report.findings = (0..count).map(|_| one.clone()).collect();
    for (number, row) in report.findings.iter_mut().enumerate() {
        let finding = &mut row.finding;
        finding.fingerprint = format!("{number:032x}");
        finding.account_id = ["123456789012", "210987654321"][number % 2].to_owned();
        finding.region = ["us-east-1", "eu-west-1", "global", "cn-north-1"][number / 2 % 4].to_owned();
    }
    report
}

/// Every text is this one.
fn filled_with(harm: &str) -> Report {
    let mut report = muted(estate());
    for (number, row) in report.findings.iter_mut().enumerate() {
        let finding = &mut row.finding;
        for text in [
            &mut finding.title,
            &mut finding.resource,
            &mut finding.resource_title,
            &mut finding.reason,
            &mut finding.region,
        ] {
            *text = harm.to_owned();
        }
        finding.fingerprint = format!("{number:032x}");
        finding.missing_actions = vec![harm.to_owned()];
        row.fix = vec![
            FixBlock { language: "text".into(), text: harm.to_owned() },
            FixBlock { language: harm.to_owned(), text: harm.to_owned() },
        ];
        row.mute =
            Some(Mute { reason: harm.to_owned(), owner: harm.to_owned(), expires: "2026-12-31".parse().unwrap() });
    }
    for check in report.checks.values_mut() {
        check.rationale = harm.to_owned();
        check.references = vec![format!("https://{harm}")];
        check.frameworks = (0..60).map(|number| (format!("{number}{harm}"), vec![harm.to_owned()])).collect();
    }
    report
}

#[test]
fn statuses_are_never_better_than_they_are() {
    let mut report = muted(small());
    report.findings.push(report.findings[1].clone());
    report.findings[3].finding.status = Status::Skip;
    let told: Vec<Value> = array(&report)
        .iter()
        .map(|one| {
            json!([
                one["Compliance"]["Status"],
                one["Workflow"]["Status"],
                one["RecordState"],
                one["Severity"]["Label"]
            ])
        })
        .collect();
    assert_eq!(
        json!(told),
        json!([
            ["FAILED", "SUPPRESSED", "ACTIVE", "HIGH"],
            ["PASSED", "RESOLVED", "ACTIVE", "INFORMATIONAL"],
            ["NOT_AVAILABLE", "NEW", "ACTIVE", "HIGH"],
            ["NOT_AVAILABLE", "NEW", "ARCHIVED", "INFORMATIONAL"],
        ])
    );
    let all = array(&report);
    let reason = &all[2]["Compliance"]["StatusReasons"][0];
    assert_eq!(reason["ReasonCode"], "SIGHTLINE_UNKNOWN");
    assert_eq!(reason["Description"], "the roles could not be listed; the scanner lacks iam:ListRoles");
    assert_eq!(all[0]["Note"]["Text"], "muted until 2026-12-31: a trial");
    assert_eq!(all[0]["Id"], report.findings[0].finding.fingerprint.as_str());
}

#[test]
fn a_finding_is_of_its_account_and_region() {
    let mut report = small();
    report.findings[1].finding.region = "global".into();
    report.findings[1].finding.resource = "arn:aws-cn:iam::123456789012:role/chat".into();
    let all = array(&report);
    assert_eq!(all[0]["ProductArn"], "arn:aws:securityhub:us-east-1:123456789012:product/123456789012/default");
    assert_eq!(all[1]["ProductArn"], "arn:aws-cn:securityhub:cn-north-1:123456789012:product/123456789012/default");
    assert_eq!(
        (&all[0]["Resources"][0]["Type"], &all[1]["Resources"][0]["Type"]),
        (&json!("Other"), &json!("AwsIamRole"))
    );
    assert_eq!(
        all[0]["Resources"][0]["Details"]["Other"],
        json!({"Name": "support-chat", "Kind": "bedrock:guardrail"})
    );
    assert_eq!(
        all[0]["Remediation"]["Recommendation"]["Text"],
        "Add a prompt attack filter to the guardrail's content policy."
    );
    assert!(
        all[0]["ProductFields"]["sightline/fix-hcl"].as_str().unwrap().contains("resource \"aws_bedrock_guardrail\"")
    );
}

#[test]
fn files_hold_what_one_call_takes() {
    let place = tempfile::tempdir().unwrap();
    let names = folder(&many(1_000), place.path());
    // By account: 250 of us-east-1, which takes what is of no region, and 125 of each of two others; and the script.
    assert_eq!(names.len(), 2 * (3 + 2 + 2) + 1, "{names:?}");
    let mut count = 0;
    for name in names.iter().filter(|name| name.ends_with(".json")) {
        let all: Vec<Value> = serde_json::from_slice(&fs::read(place.path().join(name)).unwrap()).unwrap();
        assert!(!all.is_empty() && all.len() <= 100, "{name}: {}", all.len());
        let (account, region) = name["asff-".len()..].split_once('-').unwrap();
        let region = region.rsplit_once('-').unwrap().0;
        for one in &all {
            assert_eq!(one["AwsAccountId"], account);
            assert_eq!(one["ProductArn"].as_str().unwrap().split(':').nth(3), Some(region));
        }
        count += all.len();
    }
    assert_eq!(count, 1_000, "nothing is lost and nothing comes twice");
}

#[test]
fn what_an_earlier_report_left_goes_away_and_nothing_else() {
    let place = tempfile::tempdir().unwrap();
    let before = folder(&many(1_000), place.path());
    fs::write(place.path().join("asff-notes.json"), "mine").unwrap();
    let after = folder(&many(2), place.path());
    assert!(before.len() > after.len());
    let expected = [
        "asff-123456789012-us-east-1-0001.json",
        "asff-210987654321-us-east-1-0001.json",
        "asff-notes.json",
        "import.sh",
    ];
    assert_eq!(after, expected.map(str::to_owned).into());
    assert_eq!(folder(&empty(), place.path()).len(), 2, "no finding, no file");
}

#[test]
fn security_hub_takes_them_and_gives_them_back() {
    let place = tempfile::tempdir().unwrap();
    let reports = [
        muted(small()),
        many(450),
        filled_with(HARM),
        filled_with(&"é\"".repeat(60_000)),
        filled_with("  "),
        filled_with(""),
    ];
    for (number, report) in reports.iter().enumerate() {
        let here = place.path().join(number.to_string());
        let names = folder(report, &here);
        let files: Vec<String> = names
            .iter()
            .filter(|name| name.ends_with(".json"))
            .map(|name| here.join(name).to_str().unwrap().to_owned())
            .collect();
        // Which accounts there are is of no matter to the emulator: the caller is always the same.
        let arguments: Vec<&str> = files.iter().map(String::as_str).collect();
        let Some(told) = python::output("asff_import.py", &arguments) else { return };
        let told: Value = serde_json::from_str(&told).unwrap();
        let back: Vec<&Value> = told.as_object().unwrap().values().flat_map(|all| all.as_array().unwrap()).collect();
        let ids: BTreeSet<&str> = back.iter().map(|one| one["Id"].as_str().unwrap()).collect();
        let sent: BTreeSet<&str> = report.findings.iter().map(|row| row.finding.fingerprint.as_str()).collect();
        assert_eq!(ids, sent, "report {number}");
    }
}

#[test]
fn no_text_has_control_characters() {
    for harm in [HARM, "\u{1b}[2J"] {
        let told = text("asff", &filled_with(harm));
        assert!(!told.contains("\\u001b") && !told.contains("\\u0000") && !told.contains('\u{202e}'), "{harm:?}");
    }
}

/// An `aws` that writes down what it was asked and says that it refused two findings of one file.
const AWS: &str = r#"#!/bin/sh
echo "$*" >> "$ASKED"
case "$*" in
    "sts get-caller-identity"*) echo 123456789012 ;;
    *eu-west-1*) echo 2 ;;
    *) echo 0 ;;
esac
"#;

#[cfg(unix)]
#[test]
fn the_script_imports_the_callers_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = tempfile::tempdir().unwrap();
    let (bin, here) = (place.path().join("bin"), place.path().join("a folder"));
    fs::create_dir(&bin).unwrap();
    fs::write(bin.join("aws"), AWS).unwrap();
    fs::set_permissions(bin.join("aws"), fs::Permissions::from_mode(0o755)).unwrap();
    folder(&many(6), &here);
    let asked = place.path().join("asked");
    let run = || {
        let mut command = Command::new("sh");
        command
            .arg(here.join("import.sh"))
            .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
            .env("ASKED", &asked);
        command.output().unwrap()
    };
    let ended = run();
    assert_eq!(ended.status.code(), Some(1), "two were refused");
    let said = String::from_utf8(ended.stdout).unwrap();
    assert!(said.contains("asff-123456789012-eu-west-1-0001.json: 2 refused"), "{said}");
    let asked_for = fs::read_to_string(&asked).unwrap();
    let calls: Vec<&str> = asked_for.lines().filter(|line| line.starts_with("securityhub")).collect();
    assert_eq!(
        calls,
        [
            "securityhub batch-import-findings --region eu-west-1 --findings file://asff-123456789012-eu-west-1-0001.json --query FailedCount --output text",
            "securityhub batch-import-findings --region us-east-1 --findings file://asff-123456789012-us-east-1-0001.json --query FailedCount --output text",
        ],
        "the files of the other account are not its own"
    );
    folder(&empty(), &here);
    assert_eq!(run().status.code(), Some(1), "nothing to import is said");
}
