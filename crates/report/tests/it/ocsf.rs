//! Events of OCSF: against the published schema, and as Prowler's models read them.

use crate::ocsf_sample::{calls, cases, detections, gaps, made, principal_use, rows};
use crate::python;
use crate::sample::{empty, estate, small, text};
use serde_json::{Value, json};
use sightline_model::{Mute, Status};
use sightline_report::ocsf::{self, AccessReport, CaseReport};
use sightline_report::{EventOutputSpec, Report};
use std::collections::BTreeSet;
use std::fs;

const SCHEMA: &str = include_str!("../schema/ocsf/ocsf-1.8.0.schema.json");
const HARM: &str = "</script>|`*[x](javascript:1)\u{1b}[2J\u{202e}\u{0}\u{fffe}]]>&\"'<b>\n=1+1\r\u{2028}@all";

/// The schema's validator of one class.
fn validator(class: &str) -> jsonschema::Validator {
    let mut schema: Value = serde_json::from_str(SCHEMA).unwrap();
    schema["$ref"] = json!(format!("#/$defs/class_{class}"));
    jsonschema::validator_for(&schema).unwrap()
}

/// What the schema has against these events, each by its own class.
fn faults(events: &[Value]) -> Vec<String> {
    let classes = [
        (2003, validator("compliance_finding")),
        (2004, validator("detection_finding")),
        (2008, validator("iam_analysis_finding")),
        (6003, validator("api_activity")),
    ];
    let of = |event: &Value| {
        let class = event["class_uid"].as_i64().unwrap();
        let (_, validator) = classes.iter().find(|(uid, _)| *uid == class).unwrap();
        validator
            .iter_errors(event)
            .map(|fault| format!("{class} {}: {fault}", fault.instance_path()))
            .collect::<Vec<_>>()
    };
    events.iter().flat_map(of).collect()
}

fn lines(text: &str) -> Vec<Value> {
    text.strip_suffix('\n')
        .map_or(vec![], |text| text.split('\n').map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn findings(report: &Report) -> Vec<Value> {
    lines(&text("ocsf", report))
}

/// Everything that is not a finding of a check, with this text wherever one may stand.
fn others(harm: Option<&str>) -> Vec<Value> {
    let (cases, rows, gaps) = (cases(harm), rows(harm), gaps(harm));
    let detections = detections(harm);
    let mut out = Vec::new();
    let report = CaseReport { made: made(), cases: &cases, not_assessed: &gaps, detections: &detections };
    ocsf::cases(&report, &mut out).unwrap();
    ocsf::access(&AccessReport { made: made(), rows: &rows }, &mut out).unwrap();
    ocsf::principal_use(&principal_use(harm), &made(), &mut out).unwrap();
    calls(harm).iter().for_each(|call| ocsf::call(call, &made(), &mut out).unwrap());
    lines(&String::from_utf8(out).unwrap())
}

/// A report whose every text is this one.
fn filled_with(harm: &str) -> Report {
    let mut report = small();
    for row in &mut report.findings {
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
        finding.missing_actions = vec![harm.to_owned()];
        row.mute = Some(mute(harm));
        row.fix.iter_mut().for_each(|block| (block.text, block.language) = (harm.to_owned(), harm.to_owned()));
    }
    for check in report.checks.values_mut() {
        (check.title, check.rationale) = (harm.to_owned(), harm.to_owned());
        check.frameworks = [(harm.to_owned(), vec![harm.to_owned()])].into();
    }
    report
}

fn mute(reason: &str) -> Mute {
    Mute { reason: reason.to_owned(), owner: "ml".into(), expires: "2026-12-31".parse().unwrap() }
}

#[test]
fn every_class_keeps_to_the_schema() {
    for report in [empty(), small(), estate(), filled_with(HARM), filled_with(&"a".repeat(100_000)), filled_with(" ")] {
        assert_eq!(faults(&findings(&report)), Vec::<String>::new());
    }
    for harm in [None, Some(HARM), Some(""), Some(" "), Some(&*"é".repeat(50_000))] {
        let events = others(harm);
        assert_eq!(faults(&events), Vec::<String>::new(), "{harm:?}");
    }
    let classes: BTreeSet<i64> = others(None).iter().map(|event| event["class_uid"].as_i64().unwrap()).collect();
    assert_eq!(classes, [2003, 2004, 2008, 6003].into());
}

#[test]
fn the_schema_is_looked_at() {
    for (class, path, value) in [
        (2003, "/compliance/status_id", json!(7)),
        (2004, "/severity_id", json!("high")),
        (2008, "/colour", json!("red")),
        (6003, "/actor", json!({})),
        (6003, "/ai_model/ai_provider", json!(null)),
    ] {
        let mut event = others(None).into_iter().find(|event| event["class_uid"] == class).unwrap();
        match event.pointer_mut(path) {
            Some(place) => *place = value,
            None => event[&path[1..]] = value,
        }
        assert!(!faults(&[event]).is_empty(), "{class}{path}");
    }
}

#[test]
fn unknown_is_no_pass_and_muted_is_suppressed() {
    let mut report = small();
    report.findings[0].mute = Some(mute("a trial"));
    report.findings.push(report.findings[1].clone());
    report.findings[3].finding.status = Status::Skip;
    let told: Vec<[Value; 4]> = findings(&report)
        .iter()
        .map(|event| {
            let status = &event["compliance"]["status_id"];
            [status.clone(), event["status_id"].clone(), event["severity_id"].clone(), event["status_code"].clone()]
        })
        .collect();
    // Compliance: 1 pass, 3 fail, 0 unknown, 99 other. State: 1 new, 3 suppressed. Severity: 1 informational, 4 high.
    let expected =
        [json!([3, 3, 4, "fail"]), json!([1, 1, 1, "pass"]), json!([0, 1, 4, "unknown"]), json!([99, 1, 1, "skip"])];
    assert_eq!(json!(told), json!(expected));
    let events = findings(&report);
    assert_eq!(events[0]["unmapped"]["mute"], json!({"reason": "a trial", "owner": "ml", "expires": "2026-12-31"}));
    let details = events[2]["compliance"]["status_details"].to_string();
    assert!(details.contains("could not be listed") && details.contains("iam:ListRoles"), "{details}");
}

#[test]
fn a_finding_tells_what_it_is_about() {
    let event = &findings(&small())[0];
    assert_eq!(event["finding_info"]["uid"], small().findings[0].finding.fingerprint.as_str());
    assert_eq!(event["metadata"]["version"], "1.8.0");
    assert_eq!(event["metadata"]["profiles"], json!(["cloud"]));
    assert_eq!(
        event["metadata"]["product"],
        json!({"name": "Sightline", "vendor_name": "Sightline", "version": "0.1.0"})
    );
    assert_eq!((&event["time"], &event["type_uid"]), (&json!(1_795_317_420_000_i64), &json!(200_301)));
    let account = json!({"uid": "123456789012", "name": "123456789012", "type": "AWS Account", "type_id": 10});
    assert_eq!(
        event["cloud"],
        json!({"provider": "AWS", "region": "us-east-1", "cloud_partition": "aws", "account": account})
    );
    assert_eq!(event["resources"][0]["type"], "bedrock:guardrail");
    assert_eq!(event["compliance"]["requirements"], json!(["OWASP LLM LLM01"]));
    let told = event["remediation"].to_string();
    assert!(told.contains("Add a prompt attack filter") && told.contains("hcl:\\nresource"), "{told}");
    assert!(!text("ocsf", &small()).contains("javascript:"), "only pages are linked");
}

#[test]
fn a_case_is_one_event_and_what_is_blind_is_unknown() {
    let events = others(None);
    let case = &events[0];
    assert_eq!((&case["class_uid"], &case["finding_info"]["uid"]), (&json!(2004), &json!("c0ffee")));
    assert_eq!((&case["severity_id"], &case["is_alert"], &case["count"]), (&json!(5), &json!(true), &json!(33)));
    let attacks: Vec<[&Value; 2]> = case["finding_info"]["attacks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attack| [&attack["technique"]["uid"], &attack["sub_technique"]["uid"]])
        .collect();
    assert_eq!(json!(attacks), json!([["AML.T0040", null], ["T1562", "T1562.008"], ["T1580", null]]));
    let addresses: Vec<&Value> =
        case["evidences"].as_array().unwrap().iter().map(|one| &one["src_endpoint"]["ip"]).collect();
    assert_eq!(
        addresses,
        [&Value::Null, &Value::Null, &json!("198.51.100.7")],
        "two signals, one address; a service is none"
    );
    assert_eq!(case["evidences"][0]["data"]["places"][0]["line"], 17);
    assert_eq!(case["resources"][0]["name"], "anthropic.claude-3-opus-20240229-v1:0");
    assert!(case["remediation"]["desc"].as_str().unwrap().contains("Take the key away"));
    let blind = &events[1];
    assert_eq!((&blind["class_uid"], &blind["compliance"]["status_id"]), (&json!(2003), &json!(0)));
    assert!(blind["finding_info"]["title"].as_str().unwrap().starts_with("Not assessable: "), "{blind}");
}

#[test]
fn access_is_an_event_a_principal() {
    let events = others(None);
    let access: Vec<&Value> = events.iter().filter(|event| event["class_uid"] == 2008).collect();
    let told: Vec<Value> =
        access.iter().map(|event| json!([event["user"]["name"], event["severity_id"], event["message"]])).collect();
    assert_eq!(
        json!(told),
        json!([
            [
                "Anybody who may call the URL",
                4,
                "Anybody who may call the URL may do 1 actions on 1 resources of AI: 1 whatever a request brings, 0 on conditions, 1 through others"
            ],
            [
                "chat",
                1,
                "role/chat may do 2 actions on 2 resources of AI: 1 whatever a request brings, 2 on conditions, 0 through others"
            ],
            [
                "ana",
                3,
                "user/ana may do 1 actions on 1 resources of AI: 1 whatever a request brings, 0 on conditions, 1 through others"
            ],
            ["chat", 2, "role/chat does not use 2 of 4 actions of AI that it is granted"],
        ])
    );
    let chat = access[1];
    assert_eq!(chat["permission_analysis_results"][0]["granted_privileges"], json!(["bedrock:InvokeModel"]));
    assert_eq!(chat["permission_analysis_results"][1]["policy"]["desc"], "the guardrail is g1\nthe source is the VPC");
    assert_eq!(chat["applications"][0]["type"], "function");
    let unused = access[3];
    let counts = &unused["permission_analysis_results"][0];
    assert_eq!((&counts["unused_privileges_count"], &counts["unused_services_count"]), (&json!(2), &json!(1)));
    assert_eq!(unused["unmapped"]["proposed_policy"]["Version"], "2012-10-17");
}

#[test]
fn without_logs_nothing_is_said_of_use() {
    let mut principal = principal_use(None);
    principal.period = None;
    principal.proposal = None;
    let mut out = Vec::new();
    ocsf::principal_use(&principal, &made(), &mut out).unwrap();
    let events = lines(&String::from_utf8(out).unwrap());
    assert_eq!(faults(&events), Vec::<String>::new());
    let (event, counts) = (&events[0], &events[0]["permission_analysis_results"][0]);
    assert_eq!((&event["status_code"], &counts["unused_privileges_count"]), (&json!("unknown"), &Value::Null));
    assert_eq!(counts["service_privilege_analysis_list"][0]["all_privileges_unused"], Value::Null);
    assert!(event["message"].as_str().unwrap().contains("nothing is known"), "{event}");
}

#[test]
fn a_call_tells_who_which_and_how_much() {
    let events = others(None);
    let calls: Vec<&Value> = events.iter().filter(|event| event["class_uid"] == 6003).collect();
    let [whole, untrailed, refused, bare] = calls.as_slice() else { panic!("{} calls", calls.len()) };
    assert_eq!(whole["metadata"]["profiles"], json!(["cloud", "ai_operation"]));
    assert_eq!(whole["type_uid"], 600_399);
    let model = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0";
    let named = json!({"name": "eu.anthropic.claude-sonnet-4-20250514-v1:0", "ai_provider": "anthropic", "uid": model});
    assert_eq!(whole["ai_model"], named);
    let tokens = &whole["message_context"];
    assert_eq!(
        (&tokens["prompt_tokens"], &tokens["completion_tokens"], &tokens["total_tokens"]),
        (&json!(120), &json!(80), &json!(200))
    );
    assert_eq!(whole["src_endpoint"], json!({"ip": "10.0.3.17", "uid": "vpce-0a1b"}));
    assert_eq!((&whole["status_id"], &whole["duration"]), (&json!(1), &json!(840)));
    assert_eq!(
        (&whole["actor"]["user"]["type"], &whole["actor"]["session"]["uid"]),
        (&json!("AssumedRole"), &json!("pod-1"))
    );
    assert_eq!(whole["unmapped"]["trail"]["line"], 4);
    assert_eq!(untrailed["src_endpoint"], json!({"name": "not logged"}), "the model's own log has no address");
    assert_eq!(untrailed["metadata"]["log_name"], "Bedrock model invocation log");
    assert_eq!((&refused["status_id"], &refused["status_code"]), (&json!(2), &json!("AccessDenied")));
    assert_eq!(refused["src_endpoint"], json!({"domain": "lambda.amazonaws.com"}));
    assert_eq!((&bare["actor"]["app_name"], &bare["api"]["operation"]), (&json!("unknown"), &json!("unknown")));
}

#[test]
fn every_text_is_bounded_and_on_its_line() {
    let harm = format!("{HARM}{}", "é".repeat(50_000));
    let mut events = others(Some(&harm));
    events.extend(findings(&filled_with(&harm)));
    for event in &events {
        every_text(event, &mut |text| {
            assert!(text.chars().count() <= 8_200, "{} characters", text.chars().count());
            assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        });
    }
}

fn every_text(value: &Value, see: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(all) => all.iter().for_each(|one| every_text(one, see)),
        Value::Object(all) => all.values().for_each(|one| every_text(one, see)),
        _ => {}
    }
}

#[test]
fn prowlers_models_read_the_findings() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.ndjson");
    let mut events = findings(&small());
    events.extend(findings(&filled_with(HARM)));
    events.extend(others(None));
    fs::write(&file, events.iter().map(|event| format!("{event}\n")).collect::<String>()).unwrap();
    let Some(read) = python::output("ocsf_models.py", &[file.to_str().unwrap()]) else { return };
    let read: Value = serde_json::from_str(&read).unwrap();
    let report = small();
    let [fail, pass, unknown] = report.findings.as_slice() else { panic!("three findings") };
    for (place, (row, compliance)) in [(fail, 3), (pass, 1), (unknown, 0)].into_iter().enumerate() {
        let told = &read[place];
        assert_eq!(told["uid"], row.finding.fingerprint.as_str());
        assert_eq!((&told["compliance"], &told["status"]), (&json!(compliance), &json!(1)));
        assert_eq!(told["resources"], json!([row.finding.resource]));
    }
    assert_eq!((&read[6]["class"], &read[6]["account"]), (&json!(2004), &json!("123456789012")), "the case: {read}");
    assert_eq!(read.as_array().unwrap().len(), 8, "six findings, a case, what could not be assessed");
}

#[test]
fn events_go_where_they_are_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.ndjson");
    let spec: EventOutputSpec = format!("ocsf={}", path.display()).parse().unwrap();
    spec.write(&mut std::io::sink(), &mut |out| Ok(out.write_all(b"{}\n")?)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{}\n");
    let error = "csv".parse::<EventOutputSpec>().unwrap_err().to_string();
    assert_eq!(error, "`csv` is no report format; use one of: ocsf");
    assert!("ocsf=".parse::<EventOutputSpec>().is_err());
}
