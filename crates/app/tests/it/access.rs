//! Who can do what over a lake: what scans saw, and what they could not see.

use assert_cmd::Command;
use serde_json::{Value, json};
use sightline_collect::catalogue::{Scope, catalogue};
use sightline_lake::Lake;
use sightline_model::lake_table::{COVERAGE, RESOURCE, SCAN};
use tempfile::TempDir;

const ACCOUNT: &str = "111111111111";
const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/acme.large-v1:0";
const CHAT: &str = "arn:aws:iam::111111111111:role/chat";

/// One account: `chat` may use a model with guardrail `g1`, `ana` may not; all tables were read, but `denied`.
pub(crate) async fn lake(denied: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let covered = |(table, region): (String, &str)| {
        let outcome = if denied.contains(&table.as_str()) { "denied" } else { "ok" };
        json!({"scan_id": "s", "account_id": ACCOUNT, "region": region, "table_name": table, "operation": "List", "action": "iam:List",
            "target": "", "outcome": outcome, "error_code": "", "error_message": "", "rows": 0, "calls": 1, "collected_at": "2026-11-20T00:00:00Z"})
    };
    let tables = catalogue().unwrap();
    let tables = tables
        .tables()
        .map(|table| (table.name.clone(), if table.scope == Scope::Global { "global" } else { "us-east-1" }));
    let coverage: Vec<Value> = tables.map(covered).collect();
    let condition = json!({"StringEquals": {"bedrock:GuardrailIdentifier": "g1"}});
    let statement = json!({"Sid": "Guarded", "Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*", "Condition": condition});
    let inline = json!([{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}]);
    let trust = json!({"Version": "2012-10-17", "Statement": []});
    let resources = [
        (
            "aws_iam_role",
            CHAT,
            json!({"role_name": "chat", "inline_policies": inline, "attached_policies": [], "assume_role_policy_document": trust}),
        ),
        (
            "aws_iam_user",
            "arn:aws:iam::111111111111:user/ana",
            json!({"user_name": "ana", "inline_policies": [], "attached_policies": [], "groups": []}),
        ),
        ("aws_bedrock_foundation_model", MODEL, json!({"model_id": "acme.large-v1:0"})),
    ];
    let resource = |(table, arn, config): &(&str, &str, Value)| {
        let region = arn.split(':').nth(3).filter(|region| !region.is_empty()).unwrap_or("global");
        json!({"scan_id": "s", "account_id": ACCOUNT, "partition": "aws", "region": region, "table_name": table, "arn": arn,
            "title": arn, "tags": {}, "config": config, "collected_at": "2026-11-20T00:00:00Z"})
    };
    let seen: Vec<Value> = resources.iter().filter(|(table, ..)| !denied.contains(table)).map(resource).collect();
    let scan = json!({"scan_id": "s", "account_id": ACCOUNT, "partition": "aws", "caller_arn": "", "regions": ["us-east-1"], "version": "0",
        "started_at": "2026-11-20T00:00:00Z", "finished_at": "2026-11-20T00:10:00Z", "tables": 1, "resources": 1, "calls": 1, "incomplete": 0});
    lake.append(RESOURCE, &seen).await.unwrap();
    lake.append(COVERAGE, &coverage).await.unwrap();
    lake.append(SCAN, &[scan]).await.unwrap();
    folder
}

struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(folder: &TempDir, arguments: &[&str]) -> Ended {
    let mut command = Command::cargo_bin("sightline").unwrap();
    command
        .env_clear()
        .env("HOME", folder.path())
        .env("SIGHTLINE_LAKE", folder.path().join("lake"))
        .current_dir(folder.path());
    let output = command.args(arguments).output().unwrap();
    let ended = Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!ended.err.contains("panicked"), "{}", ended.err);
    ended
}

fn json_of(ended: &Ended) -> Value {
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    serde_json::from_str(&ended.out).unwrap()
}

#[tokio::test]
async fn what_scans_saw_is_asked() {
    let folder = lake(&[]).await;
    let found = json_of(&run(&folder, &["who-can", "bedrock:InvokeModel", "--json"]));
    assert_eq!((&found["principal"], &found["resource"]), (&json!(CHAT), &json!(MODEL)));
    assert_eq!((&found["decision"], &found["residual"]), (&json!("conditional"), &json!("with guardrail g1")));
    let table = run(&folder, &["who-can", "bedrock:InvokeModel", "acme.large-v1:0"]).out;
    assert!(table.contains("role/chat") && table.contains("with guardrail g1"), "{table}");
}

#[tokio::test]
async fn what_a_request_brings_settles_the_answer() {
    let folder = lake(&[]).await;
    for (brought, decision) in [
        (vec![], "conditional"),
        (vec!["--context", "bedrock:GuardrailIdentifier=g1"], "allow"),
        (vec!["--context", "bedrock:GuardrailIdentifier=g2"], "deny"),
        (vec!["--context", "bedrock:GuardrailIdentifier="], "deny"),
    ] {
        let arguments: Vec<&str> =
            ["can", "chat", "bedrock:InvokeModel", MODEL, "--json"].into_iter().chain(brought).collect();
        assert_eq!(json_of(&run(&folder, &arguments))["decision"], decision, "{arguments:?}");
    }
    let open = json_of(&run(&folder, &["can", "chat", "bedrock:InvokeModel", MODEL, "--json"]));
    assert_eq!(open["unknown"], json!(["bedrock:GuardrailIdentifier"]));
}

#[tokio::test]
async fn what_could_not_be_read_is_no_denial() {
    let folder = lake(&["aws_iam_role"]).await;
    let found = run(&folder, &["who-can", "bedrock:InvokeModel", MODEL, "--json"]).out;
    assert!(found.contains("could not be listed") && found.contains("conditional"), "{found}");
    let ana = json_of(&run(&folder, &["can", "ana", "bedrock:InvokeModel", MODEL, "--json"]));
    assert_eq!(ana["decision"], "conditional", "a role that was not read may let her in");
    let folder = lake(&["aws_bedrock_foundation_model"]).await;
    let ended = run(&folder, &["who-can", "bedrock:InvokeModel"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("There may be more") && ended.out.contains("foundation-model"), "{}", ended.out);
    assert!(ended.err.contains("warning: "), "{}", ended.err);
}

#[tokio::test]
async fn rows_are_kept_for_sql() {
    let folder = lake(&[]).await;
    let rows = json_of(&run(&folder, &["access", "list", "--json"]));
    assert_eq!(rows[0]["principal_arn"], CHAT);
    let sql = "SELECT principal_arn, decision FROM current_model_access WHERE action = 'bedrock:InvokeModel'";
    let kept = json_of(&run(&folder, &["query", "--json", sql]));
    assert_eq!(kept, json!([{"principal_arn": CHAT, "decision": "conditional"}]));
    assert!(run(&folder, &["access", "list"]).out.contains("role/chat"));
}

#[tokio::test]
async fn sql_can_ask() {
    let folder = lake(&[]).await;
    let sql = format!(
        "SELECT can(arn, 'bedrock:InvokeModel', '{MODEL}') AS c, WHY (arn, 'bedrock:InvokeModel', '{MODEL}') AS w FROM aws_iam_role"
    );
    let answer = json_of(&run(&folder, &["query", "--json", &sql]));
    assert_eq!(answer[0]["c"], "conditional");
    assert!(answer[0]["w"].as_str().unwrap().contains("Guarded"), "{answer}");
}

#[tokio::test]
async fn without_logs_nothing_is_proposed() {
    let folder = lake(&[]).await;
    let ended = run(&folder, &["access", "unused", "role/chat"]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    assert!(
        ended.out.contains("bedrock:InvokeModel") && ended.out.contains("nothing is known of use"),
        "{}",
        ended.out
    );
    let ended = run(&folder, &["access", "unused", "role/chat", "--policy"]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("no policy can be proposed"), "{}", ended.err);
    let ended = run(&folder, &["access", "unused", "role/chad"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("did you mean") && ended.err.contains(CHAT), "{}", ended.err);
}

#[tokio::test]
async fn without_a_scan_there_is_nobody_to_ask() {
    let folder = TempDir::new().unwrap();
    for arguments in [
        vec!["who-can", "bedrock:InvokeModel"],
        vec!["can", "chat", "bedrock:InvokeModel", MODEL],
        vec!["access", "list"],
    ] {
        let ended = run(&folder, &arguments);
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.err.contains("sightline scan"), "{}", ended.err);
    }
    Lake::create(&folder.path().join("lake")).await.unwrap();
    let ended = run(&folder, &["access", "list"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("sightline scan"), "{}", ended.err);
}
