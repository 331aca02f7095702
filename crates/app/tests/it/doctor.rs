//! `sightline doctor` on machines that lack something: each fault is named, with its fix, and nothing that was not seen is `ok`.

use crate::support::{Ended, run, serve, sightline};
use serde_json::{Value, json};
use sightline_lake::Lake;
use sightline_model::lake_table;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::Instant;
use tempfile::TempDir;
use wiremock::matchers::{any, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

const IDENTITY: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::123456789012:user/scanner</Arn><UserId>AIDAEXAMPLE</UserId><Account>123456789012</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

const SECRET: &str = "wJalrXUtnFEMI-s3cret";

/// `doctor --json` in this folder, with these variables beside an empty environment.
fn doctor(folder: &TempDir, variables: &[(&str, &str)], arguments: &[&str]) -> (Ended, Vec<Value>) {
    let mut command = sightline(folder);
    command.envs(variables.iter().copied()).args(["doctor", "--json"]).args(arguments);
    let ended = run(&mut command);
    let lines = ended.json().as_array().unwrap().clone();
    (ended, lines)
}

/// Status and sentence of each line of a check.
fn of(lines: &[Value], check: &str) -> Vec<(String, String)> {
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    let lines = lines.iter().filter(|line| line["check"] == check);
    lines.map(|line| (text(line, "status"), text(line, "told"))).collect()
}

#[track_caller]
fn assert_line(lines: &[Value], check: &str, status: &str, says: &str) {
    let found = of(lines, check);
    let is_there = found.iter().any(|(found, told)| found == status && told.contains(says));
    assert!(is_there, "no line of `{check}` is `{status}` with `{says}`: {found:#?}");
}

/// What plays AWS: it knows who asks, and answers all else with 403 as AWS does without a signature.
async fn account(date: Option<&str>) -> MockServer {
    let server = MockServer::start().await;
    let dated = |answer: ResponseTemplate| match date {
        Some(date) => answer.insert_header("date", date),
        None => answer,
    };
    Mock::given(method("POST"))
        .respond_with(dated(ResponseTemplate::new(200).set_body_raw(IDENTITY, "text/xml")))
        .mount(&server)
        .await;
    Mock::given(any()).respond_with(dated(ResponseTemplate::new(403))).mount(&server).await;
    server
}

fn signed_in(url: &str) -> Vec<(&str, &str)> {
    vec![
        ("AWS_ENDPOINT_URL", url),
        ("AWS_ACCESS_KEY_ID", "ASIAQ3EGVT5LWMZ2XY4B"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_SESSION_TOKEN", "s3ssion"),
        ("AWS_REGION", "eu-west-1"),
    ]
}

/// A port that nobody listens at.
fn closed_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_is_well_is_told_so_and_left_as_it_was() {
    let (folder, server) = (TempDir::new().unwrap(), account(None).await);
    let url = server.uri();
    let (ended, lines) = doctor(&folder, &signed_in(&url), &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    assert_line(
        &lines,
        "credentials",
        "ok",
        "account 123456789012 (partition aws) as arn:aws:iam::123456789012:user/scanner",
    );
    assert_line(&lines, "credentials", "ok", "access key ASIAQ3EGVT5LWMZ2XY4B from the environment, temporary");
    assert_line(&lines, "region", "ok", "eu-west-1");
    assert_line(&lines, "clock", "ok", "the same as");
    assert_line(
        &lines,
        "network",
        "ok",
        "answers: sts, iam, ec2, s3, cloudtrail, bedrock, bedrock-runtime, sagemaker, eks",
    );
    assert_line(&lines, "environment", "warning", "AWS_ENDPOINT_URL=");
    assert_line(&lines, "lake", "ok", "there is none yet");
    assert_line(&lines, "configuration", "ok", "defaults");
    assert!(!ended.out.contains(SECRET) && !ended.out.contains("s3ssion"), "a secret is shown");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "doctor changes nothing");
}

#[test]
fn in_an_emulator_the_variables_that_lead_there_are_told() {
    let Some((mut server, line)) = serve("organization.py", ["3".to_owned()]) else { return };
    let told: Value = serde_json::from_str(&line).unwrap();
    let url = told["url"].as_str().unwrap();
    let variables = [
        ("AWS_ENDPOINT_URL", url),
        ("AWS_ENDPOINT_URL_S3", url),
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_REGION", "us-east-1"),
    ];
    let (ended, lines) = doctor(&TempDir::new().unwrap(), &variables, &[]);
    drop(server.stdin.take());
    server.wait().unwrap();
    assert_eq!(ended.code, Some(0), "warnings fail nothing: {}", ended.out);
    assert_line(&lines, "credentials", "warning", "has not the form of AWS's");
    assert_line(&lines, "credentials", "ok", "account ");
    assert_line(&lines, "environment", "warning", "not to AWS");
    let fixes: Vec<&Value> =
        lines.iter().filter(|line| line["check"] == "environment").map(|line| &line["fix"]).collect();
    assert_eq!(fixes, [&json!("unset AWS_ENDPOINT_URL"), &json!("unset AWS_ENDPOINT_URL_S3")]);
}

#[test]
fn without_credentials_and_without_a_network_everything_is_still_looked_at() {
    let folder = TempDir::new().unwrap();
    let url = format!("http://127.0.0.1:{}", closed_port());
    let (ended, lines) = doctor(&folder, &[("AWS_ENDPOINT_URL", &url)], &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_line(&lines, "credentials", "wrong", "none are found");
    assert_line(&lines, "region", "warning", "none is set");
    assert_line(&lines, "clock", "cannot_tell", "no answer told the time");
    assert_line(&lines, "network", "wrong", "nothing listens there");
    assert_line(&lines, "disk", "ok", "free at");
    for check in ["environment", "lake", "configuration"] {
        assert!(!of(&lines, check).is_empty(), "{check}");
    }
}

#[test]
fn a_refused_port_says_nothing_of_the_credentials() {
    let url = format!("http://127.0.0.1:{}", closed_port());
    let (ended, lines) = doctor(&TempDir::new().unwrap(), &signed_in(&url), &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_line(&lines, "credentials", "cannot_tell", "");
    assert_line(&lines, "network", "wrong", "nothing listens there");
}

#[test]
fn a_host_that_is_silent_takes_no_longer_than_is_allowed() {
    // It takes connections in and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let begun = Instant::now();
    let (ended, lines) = doctor(&TempDir::new().unwrap(), &signed_in(&url), &["--timeout", "1"]);
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_line(&lines, "network", "wrong", "no answer in time");
    assert_line(&lines, "credentials", "cannot_tell", "did not answer in time");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_an_hour_off() {
    #[expect(clippy::disallowed_methods, reason = "the binary reads the clock of this machine")]
    let an_hour_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    let date = an_hour_ago.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let server = account(Some(&date)).await;
    let (ended, lines) = doctor(&TempDir::new().unwrap(), &signed_in(&server.uri()), &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_line(&lines, "clock", "wrong", "1 h 0 min ahead of");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_is_refused_for_its_time_is_the_clocks_fault() {
    let server = MockServer::start().await;
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code>\
        <Message>Signature expired: 20261122T100000Z is now earlier than 20261122T105500Z</Message></Error></ErrorResponse>";
    Mock::given(any()).respond_with(ResponseTemplate::new(403).set_body_raw(body, "text/xml")).mount(&server).await;
    let (_, lines) = doctor(&TempDir::new().unwrap(), &signed_in(&server.uri()), &[]);
    assert_line(&lines, "credentials", "wrong", "Signature expired");
    assert!(lines.iter().any(|line| line["fix"] == "set the clock: see `clock`"), "{lines:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_told_without_its_password() {
    let server = account(None).await;
    let proxy = format!("http://jane:{SECRET}@127.0.0.1:{}", closed_port());
    let mut variables = signed_in("http://sightline.invalid");
    variables.extend([("HTTP_PROXY", proxy.as_str()), ("NO_PROXY", "localhost")]);
    let (ended, lines) = doctor(&TempDir::new().unwrap(), &variables, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_line(&lines, "network", "ok", "HTTP_PROXY=http://…@127.0.0.1");
    assert_line(&lines, "network", "wrong", "asked through the proxy http://127.0.0.1");
    // An emulator of this machine that a proxy is in the way to.
    let url = server.uri();
    let mut variables = signed_in(&url);
    variables.push(("HTTP_PROXY", &proxy));
    let (_, lines) = doctor(&TempDir::new().unwrap(), &variables, &[]);
    assert_line(&lines, "network", "warning", "is on this machine, and is asked through a proxy");
    for text in [&ended.out, &ended.err, &json!(lines).to_string()] {
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[test]
fn names_that_nobody_knows_and_hosts_without_tls() {
    let variables = signed_in("https://sts.sightline.invalid");
    let (_, lines) = doctor(&TempDir::new().unwrap(), &variables, &[]);
    assert_line(&lines, "network", "wrong", "the name is not known");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_does_not_speak_tls() {
    let server = account(None).await;
    let url = server.uri().replace("http://", "https://");
    let (_, lines) = doctor(&TempDir::new().unwrap(), &signed_in(&url), &[]);
    assert_line(&lines, "network", "wrong", "it does not speak TLS as expected");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_profile_and_its_endpoints_are_read() {
    let (folder, server) = (TempDir::new().unwrap(), account(None).await);
    let config = format!("[profile dev]\nregion = eu-west-1a\nendpoint_url = {}\n", server.uri());
    fs::create_dir(folder.path().join(".aws")).unwrap();
    fs::write(folder.path().join(".aws/config"), config).unwrap();
    let keys =
        |profile: &str, id: &str| format!("[{profile}]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET}\n");
    let keys = keys("dev", "AKIAQ3EGVT5LWMZ2XY4B") + &keys("docs", "AKIAIOSFODNN7EXAMPLE");
    fs::write(folder.path().join(".aws/credentials"), keys).unwrap();
    let (ended, lines) = doctor(&folder, &[], &["--profile", "dev"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_line(&lines, "credentials", "warning", "from the profile `dev`: a long-lived key");
    assert_line(&lines, "region", "wrong", "availability zone");
    assert_line(&lines, "environment", "warning", "the profile says so");
    let (_, lines) = doctor(&folder, &[("AWS_ENDPOINT_URL", &server.uri())], &["--profile", "docs"]);
    assert_line(&lines, "credentials", "warning", "is one of AWS's documentation");
    let (ended, lines) = doctor(&folder, &[("AWS_ENDPOINT_URL", &server.uri())], &["--profile", "prod"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_line(&lines, "credentials", "wrong", "prod");
}

async fn lake_with_a_scan(folder: &Path) {
    let lake = Lake::create(folder).await.unwrap();
    let scan = json!({
        "scan_id": "s-1", "account_id": "123456789012", "started_at": "2026-01-01T00:00:00Z", "finished_at": "2026-01-01T00:01:00Z",
        "tables": 3, "resources": 9, "calls": 9, "incomplete": 2,
    });
    lake.append(lake_table::SCAN, &[scan]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lake_and_what_is_damaged_in_it() {
    let (folder, server) = (TempDir::new().unwrap(), account(None).await);
    let (url, root) = (server.uri(), folder.path().join("lake"));
    lake_with_a_scan(&root).await;
    let (_, lines) = doctor(&folder, &signed_in(&url), &[]);
    assert_line(&lines, "lake", "warning", "the last scan, of account 123456789012, ended");
    assert_line(&lines, "lake", "warning", "2 tables were not read whole");

    let lake = Lake::open(&root).await.unwrap();
    lake.begin_journal("20260101T000000-abc").unwrap();
    let held = lake.lock("ingest", "since noon").unwrap();
    let (ended, lines) = doctor(&folder, &signed_in(&url), &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    assert_line(&lines, "lake", "warning", "scan 20260101T000000-abc was cut off");
    assert_line(&lines, "lake", "ok", "`sightline ingest` is writing to it");
    drop(held);

    let log = fs::read_dir(root.join("scan/_delta_log")).unwrap().map(|entry| entry.unwrap().path());
    for commit in log.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        fs::write(commit, "{ this is no commit").unwrap();
    }
    let (ended, lines) = doctor(&folder, &signed_in(&url), &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_line(&lines, "lake", "wrong", "table `scan` is damaged");

    fs::write(root.join("lake.json"), r#"{"format": 99, "written_by": "9.0"}"#).unwrap();
    let (_, lines) = doctor(&folder, &signed_in(&url), &[]);
    assert_line(&lines, "lake", "wrong", "this version reads format");
    fs::write(root.join("lake.json"), "{").unwrap();
    let (_, lines) = doctor(&folder, &signed_in(&url), &[]);
    assert_line(&lines, "lake", "wrong", "is damaged");
}

#[test]
fn a_lake_that_cannot_be_where_it_is_said_to_be() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let (ended, lines) = doctor(&folder, &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")], &["--lake", "file"]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_line(&lines, "disk", "wrong", "as if it were a folder");
}

#[cfg(unix)]
#[test]
fn a_folder_that_this_user_may_not_look_into() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = TempDir::new().unwrap();
    let closed = folder.path().join("closed");
    fs::create_dir_all(closed.join("lake")).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let is_bound = fs::read_dir(&closed).is_err();
    let lines =
        is_bound.then(|| doctor(&folder, &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")], &["--lake", "closed/lake"]).1);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let Some(lines) = lines else {
        println!("skipped: this user may look into every folder");
        return;
    };
    assert_line(&lines, "disk", "wrong", "may not look into");
    assert_line(&lines, "lake", "wrong", "permission denied");
}

#[test]
fn the_configuration_names_the_line() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("sightline.toml"), "[keep]\nraw_flows = true\ntxt = \"none\"\n").unwrap();
    let (ended, lines) = doctor(&folder, &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")], &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert_line(&lines, "configuration", "wrong", "line 3: ");
    let (_, lines) = doctor(&folder, &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")], &["--config", "none.toml"]);
    assert_line(&lines, "configuration", "wrong", "none.toml");
    fs::write(folder.path().join("sightline.toml"), "[checks]\ndirs = [\"mine\"]\n").unwrap();
    let (_, lines) = doctor(&folder, &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")], &[]);
    assert_line(&lines, "configuration", "wrong", "a folder of checks that is not there");
}

#[test]
fn a_kubeconfig_is_looked_at_where_one_is_given() {
    let folder = TempDir::new().unwrap();
    let arguments = ["--kubeconfig", "none.yaml"];
    let (_, lines) = doctor(&folder, &[("AWS_ENDPOINT_URL", "http://127.0.0.1:9")], &arguments);
    assert_line(&lines, "kubernetes", "wrong", "cannot read the kubeconfig `none.yaml`");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_wrote_does_not_repaint_the_terminal() {
    let (folder, server) = (TempDir::new().unwrap(), MockServer::start().await);
    let body = "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>\u{9b}2J\u{202e}bad</Message></Error></ErrorResponse>";
    Mock::given(any()).respond_with(ResponseTemplate::new(403).set_body_raw(body, "text/xml")).mount(&server).await;
    let url = server.uri();
    let ended = run(sightline(&folder).envs(signed_in(&url)).args(["doctor"]));
    assert_eq!(ended.code, Some(1), "{}", ended.out);
    assert!(ended.out.contains("InvalidClientTokenId"), "{}", ended.out);
    assert!(!ended.out.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')), "{:?}", ended.out);
    assert!(ended.out.lines().all(|line| line.chars().count() <= 80), "{}", ended.out);
}
