//! Who can do what, as a user asks it: cases, `who-can` and `can` over organisations in files.

use assert_cmd::Command;
use serde_json::{Value, json};
use std::fs;
use tempfile::TempDir;

const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/acme.large-v1:0";
const CASE: &str = r#"{"id":"a","request":{"principal":"arn:aws:iam::111111111111:role/r","action":"s3:GetObject","resource":"arn:aws:s3:::b/k"},"policies":{"identity":[]},"expected":{"decision":"ImplicitlyDenied"}}"#;

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

/// The binary in a folder with nothing but `files`.
fn sightline(files: &[(&str, &str)], arguments: &[&str]) -> Ended {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = Command::cargo_bin("sightline").unwrap();
    let output =
        command.env_clear().env("HOME", folder.path()).current_dir(folder.path()).args(arguments).output().unwrap();
    let ended = Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    ended
}

fn assert_error(ended: &Ended, says: &[&str]) {
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{}", ended.err);
    for says in says {
        assert!(ended.err.contains(says), "`{says}` is not in: {}", ended.err);
    }
}

fn allow(action: &str, resource: &str, condition: Value) -> Value {
    let statement =
        json!({"Sid": "Use", "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

fn trust(who: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": who}}]})
}

fn principal(kind: &str, name: &str, inline: Value, trust: Value) -> Value {
    let arn = format!("arn:aws:iam::111111111111:{kind}/{name}");
    json!({"arn": arn, "account": "111111111111", "kind": kind, "inline": inline, "trust": trust})
}

/// `ana` assumes `ml`, which may use the model; `bob` may with an inference profile; `eve` may not.
fn organisation() -> Value {
    let nothing = json!({});
    let profile = json!({"ArnLike": {"bedrock:InferenceProfileArn": "arn:aws:bedrock:*:*:inference-profile/p"}});
    json!({
        "accounts": ["111111111111"],
        "principals": [
            principal("user", "ana", json!([allow("sts:AssumeRole", "*", nothing.clone())]), Value::Null),
            principal("user", "bob", json!([allow("bedrock:Invoke*", "*", profile)]), Value::Null),
            principal("user", "eve", json!([]), Value::Null),
            principal("role", "ml", json!([allow("bedrock:InvokeModel", MODEL, nothing)]), trust("arn:aws:iam::111111111111:user/ana")),
        ],
        "workloads": [{"id": "lambda/ask", "kind": "lambda", "account": "111111111111", "role": "arn:aws:iam::111111111111:role/ml"}],
        "expected": [{
            "action": "bedrock:InvokeModel", "resource": MODEL, "resource_account": "111111111111",
            "who": [
                {"principal": "arn:aws:iam::111111111111:role/ml", "hops": 0},
                {"principal": "arn:aws:iam::111111111111:user/ana", "hops": 1},
            ],
            "workloads": [{"id": "lambda/ask", "hops": 0}],
        }],
        "assume_role_edges": [["arn:aws:iam::111111111111:user/ana", "arn:aws:iam::111111111111:role/ml"]],
    })
}

fn ask(arguments: &[&str]) -> Ended {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--org", "org.json"]).collect();
    sightline(&[("org.json", &organisation().to_string())], &arguments)
}

fn lines(ended: &Ended) -> Vec<Value> {
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn cases_that_pass() {
    let organisation = organisation().to_string();
    let ended =
        sightline(&[("cases.jsonl", CASE), ("org.json", &organisation)], &["iam", "test", "cases.jsonl", "org.json"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    // Four principals and a workload, and one edge.
    let expected = "cases.jsonl: 1 passed, 0 failed, 0 unsound, 0 imprecise\n\
         org.json: 6 passed, 0 failed, 0 unsound, 0 imprecise\n\
         7 passed, 0 failed, 0 unsound, 0 imprecise\n";
    assert_eq!(ended.out, expected);
}

#[test]
fn a_wrong_answer_is_named_and_the_exit_status_says_so() {
    let wrong = CASE.replace("ImplicitlyDenied", "Allowed");
    let ended = sightline(&[("c.jsonl", &wrong)], &["iam", "test", "c.jsonl"]);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    assert!(ended.out.contains("expected Allowed, got ImplicitlyDenied"), "{}", ended.out);
    assert_eq!(ended.out.lines().last(), Some("0 passed, 1 failed, 0 unsound, 0 imprecise"));
    let ended = sightline(&[("c.jsonl", &wrong)], &["iam", "test", "--json", "c.jsonl"]);
    let line: Value = serde_json::from_str(ended.out.trim()).unwrap();
    assert_eq!((&line["file"], &line["id"], &line["verdict"]), (&json!("c.jsonl"), &json!("a"), &json!("failed")));
}

#[test]
fn an_organisation_that_answers_otherwise_fails() {
    let mut organisation = organisation();
    organisation["expected"][0]["who"][1]["hops"] = json!(2);
    organisation["assume_role_edges"] = json!([]);
    let ended = sightline(&[("o.json", &organisation.to_string())], &["iam", "test", "o.json"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.out.lines().last(), Some("4 passed, 2 failed, 0 unsound, 0 imprecise"), "{}", ended.out);
    assert!(ended.out.contains("got 1 hop"), "{}", ended.out);
}

#[test]
fn what_is_no_case_is_named_by_file_and_line_and_the_rest_runs() {
    let text = format!("{CASE}\nnonsense\n{{\"id\": \"b\"}}\n{CASE}\n");
    let ended = sightline(&[("c.jsonl", &text)], &["iam", "test", "missing.jsonl", "c.jsonl"]);
    assert_eq!(ended.code, Some(2));
    assert_eq!(ended.out.lines().last(), Some("2 passed, 0 failed, 0 unsound, 0 imprecise"));
    for says in ["missing.jsonl: No such file", "c.jsonl:2: not JSON", "c.jsonl:3: not a case: missing field `request`"]
    {
        assert!(ended.err.contains(says), "`{says}` is not in: {}", ended.err);
    }
}

#[test]
fn escape_sequences_of_a_file_do_not_reach_the_terminal() {
    let case = CASE.replace("\"a\"", "\"\\u001b[2J\"").replace("ImplicitlyDenied", "Allowed");
    let ended = sightline(&[("c.jsonl", &case)], &["iam", "test", "c.jsonl"]);
    assert!(ended.out.contains("[2J") && !ended.out.contains('\u{1b}'), "{:?}", ended.out);
}

#[test]
fn who_can() {
    let found = lines(&ask(&["who-can", "bedrock:InvokeModel", MODEL, "--json"]));
    let who: Vec<_> = found
        .iter()
        .map(|line| (line["principal"].as_str(), line["workload"].as_str(), line["hops"].as_u64()))
        .collect();
    let (ana, ml) = ("arn:aws:iam::111111111111:user/ana", "arn:aws:iam::111111111111:role/ml");
    assert_eq!(who, [(Some(ana), None, Some(1)), (Some(ml), None, Some(0)), (None, Some("lambda/ask"), Some(0))]);
    assert_eq!(
        found[0]["path"],
        json!([{"from": ana, "to": ml, "how": "assume_role", "words": format!("assumes `{ml}`")}])
    );
    let direct = lines(&ask(&["who-can", "bedrock:InvokeModel", MODEL, "--json", "--direct-only"]));
    assert_eq!(direct.len(), 2, "{direct:?}");
}

#[test]
fn who_can_in_eighty_columns() {
    let ended = ask(&["who-can", "bedrock:InvokeModel"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.lines().skip(1).all(|line| line.chars().count() <= 80), "{}", ended.out);
    for says in ["user/ana   allow        1", "→ role/ml", "2 principals, 0 conditional", "lambda/ask"] {
        assert!(ended.out.contains(says), "`{says}` is not in: {}", ended.out);
    }
}

#[test]
fn who_can_do_anything_that_the_file_asks() {
    let found = lines(&ask(&["who-can", "--all", "--json"]));
    assert_eq!(found.len(), 2, "{found:?}");
    let keys: Vec<&String> = found[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["principal", "action", "resource", "resource_account", "decision", "residual", "hops"]);
    assert!(ask(&["who-can", "--all"]).out.contains("1 question; "));
    let mut silent = organisation();
    silent["expected"] = json!([]);
    let ended = sightline(&[("o.json", &silent.to_string())], &["who-can", "--all", "--json", "--org", "o.json"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(0), ""), "{}", ended.err);
}

#[test]
fn a_pattern_stands_for_the_actions_that_are_known() {
    let ended = ask(&["who-can", "bedrock:InvokeModel*", "acme.large-v1:0", "--json"]);
    let mut actions: Vec<String> =
        lines(&ended).iter().map(|line| line["action"].as_str().unwrap().to_owned()).collect();
    actions.dedup();
    assert_eq!(actions, ["bedrock:InvokeModel"]);
    assert_error(&ask(&["who-can", "bedrock:Nothing*"]), &["no action that is known fits", "bedrock:Invoke*"]);
}

#[test]
fn an_action_that_is_not_known_is_warned_of_and_asked() {
    let ended = ask(&["who-can", "bedrock:InvokeModle", MODEL]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.err.contains("warning") && ended.err.contains("`bedrock:InvokeModel`"), "{}", ended.err);
}

#[test]
fn can_with_and_without_what_a_request_brings() {
    let bob = ["can", "bob", "bedrock:InvokeModel", MODEL, "--json"];
    let answer: Value = serde_json::from_str(&ask(&bob).out).unwrap();
    assert_eq!(
        (&answer["decision"], &answer["hops"]),
        (&json!("deny"), &Value::Null),
        "a file's other keys are absent"
    );
    let brought = "bedrock:InferenceProfileArn=arn:aws:bedrock:us-east-1:111111111111:inference-profile/p";
    let arguments: Vec<&str> = bob.iter().copied().chain(["--context", brought]).collect();
    let answer: Value = serde_json::from_str(&ask(&arguments).out).unwrap();
    assert_eq!((&answer["decision"], &answer["hops"]), (&json!("allow"), &json!(0)));
}

#[test]
fn can_tells_why() {
    let ended = ask(&["can", "ana", "bedrock:InvokeModel", MODEL, "--explain"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    for says in ["allow ", "→ role/ml", "*  identity policies: allowed", "(`Use`)", "trust policy of"] {
        assert!(ended.out.contains(says), "`{says}` is not in: {}", ended.out);
    }
    let ended = ask(&["can", "user/eve", "bedrock:InvokeModel", MODEL]);
    assert_eq!(ended.code, Some(0), "a denial is an answer");
    assert!(ended.out.contains("bedrock:InvokeModel is not allowed in the identity policies"), "{}", ended.out);
    let ended = ask(&["can", "lambda/ask", "bedrock:InvokeModel", MODEL, "--json", "--explain"]);
    let answer: Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(answer["principal"], "arn:aws:iam::111111111111:role/ml");
    let layers = answer["requests"][0]["layers"].as_array().unwrap();
    let identity = layers.iter().find(|layer| layer["layer"] == "identity").unwrap();
    assert_eq!((&identity["says"], &identity["decides"]), (&json!("allows"), &json!(true)));
    assert_eq!(identity["statements"][0]["sid"], "Use");
}

#[test]
fn wrong_arguments_name_what_is_right() {
    for (arguments, says) in [
        (vec!["can", "anna", "bedrock:InvokeModel", MODEL], vec!["no principal is `anna`", "did you mean", "user/ana"]),
        (
            vec!["can", "arn:aws:iam::111111111111:user/anna", "bedrock:InvokeModel", MODEL],
            vec!["did you mean", "user/ana"],
        ),
        (vec!["can", "ana", "InvokeModel", MODEL], vec!["service:Name", "`bedrock:InvokeModel`"]),
        (vec!["can", "ana", "bedrock:*", MODEL], vec!["who-can"]),
        (vec!["can", "ana", "bedrock:InvokeModel", "acme.larg-v1:0"], vec!["neither an ARN nor", MODEL]),
        (vec!["can", "ana", "s3:GetObject", "arn:aws:s3:::b/k"], vec!["--account"]),
        (vec!["can", "ana", "bedrock:InvokeModel", MODEL, "--context", "vpce-1"], vec!["KEY=VALUE"]),
        (vec!["can", "ana", "bedrock:InvokeModel", MODEL, "--account", "12"], vec!["twelve digits"]),
        (vec!["who-can", "sagemaker:InvokeEndpoint"], vec!["name one"]),
        (vec!["who-can"], vec!["ACTION"]),
        (vec!["who-can", "--all", "bedrock:InvokeModel"], vec!["--all"]),
    ] {
        assert_error(&ask(&arguments), &says);
    }
}

#[test]
fn files_that_are_no_organisation() {
    let mut unknown = organisation();
    unknown["principals"][0]["managed"] = json!(["Gone"]);
    for (text, says) in [
        ("", vec!["`o.json`", "line 1"]),
        ("garbage", vec!["`o.json`", "line 1 column 1"]),
        ("{\"accounts\": []", vec!["`o.json`"]),
        ("[]", vec!["`o.json`"]),
        (&unknown.to_string(), vec!["`o.json`", "user/ana", "managed policy `Gone`"]),
    ] {
        let arguments = ["who-can", "--all", "--org", "o.json"];
        assert_error(&sightline(&[("o.json", text)], &arguments), &says);
    }
    assert_error(&sightline(&[], &["who-can", "--all", "--org", "none.json"]), &["cannot read `none.json`"]);
}
