//! `sightline ingest` as a user runs it, over folders and standard input.

use crate::support::{
    Ended, START, assert_error, every_log, flow_line, flows, gzip, run, sightline, write, write_every_log,
};
use serde_json::{Value, json};
use sightline_lake::Lake;
use sightline_model::lake_table::{RESOURCE, SCAN};
use std::fs;
use tempfile::TempDir;

fn rows(folder: &TempDir, sql: &str) -> Value {
    run(sightline(folder).args(["query", "--json", sql])).json()
}

fn first(ended: &Ended) -> Value {
    ended.json().as_object().unwrap().values().next().unwrap().clone()
}

#[test]
fn every_source_is_read_once() {
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("logs");
    write_every_log(&logs);
    let ingest = run(sightline(&folder).args(["ingest", "--json", "logs"]));
    assert_eq!(ingest.code, Some(0), "{}{}", ingest.out, ingest.err);
    let summary = first(&ingest);
    let read: Vec<&str> = summary["by_source"].as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected: Vec<&str> = every_log().iter().map(|(source, ..)| *source).collect();
    expected.sort_unstable();
    assert_eq!(read, expected);
    assert_eq!((summary["objects"].as_u64(), summary["records"].as_u64()), (Some(7), Some(7)));
    let again = run(sightline(&folder).args(["ingest", "--json", "logs"]));
    assert_eq!(
        (again.code, first(&again)["objects"].as_u64(), first(&again)["skipped_already"].as_u64()),
        (Some(0), Some(0), Some(7))
    );
    for (table, expected) in
        [("api_call", 1), ("model_invocation", 2), ("dns_answer", 1), ("kubernetes_call", 1), ("flow", 2)]
    {
        assert_eq!(rows(&folder, &format!("SELECT count(*) AS n FROM {table}")), json!([{"n": expected}]), "{table}");
    }
}

#[test]
fn the_summary_in_80_columns() {
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("logs");
    let bad = flows(&format!(
        "{}2 123456789012 eni-1 10.0.0.4 nowhere 1 443 6 1 40 {START} {} ACCEPT OK\n",
        flow_line(START, 1),
        START + 60
    ));
    write(
        &logs,
        &[
            ("a.log", flows(&flow_line(START, 40_000)).into_bytes()),
            ("b.log", flows(&flow_line(START, 40_000)).into_bytes()),
            ("bad.log.gz", gzip(&bad)),
            ("123456789012_CloudTrail-Digest_us-east-1_x.json.gz", gzip("{}")),
            ("notes.txt", b"hello".to_vec()),
        ],
    );
    let ingest = run(sightline(&folder).args(["ingest", "logs", "--threads", "1"]).env("COLUMNS", "80"));
    assert_eq!(ingest.code, Some(3), "{}", ingest.err);
    assert!(ingest.out.lines().all(|line| line.chars().count() <= 80), "{}", ingest.out);
    let told = ingest.out.replace(&fs::canonicalize(&logs).unwrap().display().to_string(), "LOGS");
    insta::assert_snapshot!(told, @r"
    logs
    SOURCE    OBJECTS  BYTES  RECORDS  REJECTED
    vpc_flow        2  394 B        2         1

    read 2 objects, 394 B, 2 records
    left out
                1  the same content as another, under another name
                1  objects without records, such as digests
                1  no log that is known
    missing
                1  rejected: `…` is no address:
                   file://LOGS/bad.log.gz:3
    ");
    assert_eq!(ingest.err, "", "no terminal, no progress");
    let again = run(sightline(&folder).args(["ingest", "logs"]).env("COLUMNS", "80"));
    assert_eq!(again.code, Some(0), "what was read before is not missing again: {}", again.out);
    assert!(again.out.contains("read before"), "{}", again.out);
}

#[test]
fn the_shape_of_the_json() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("logs"), &[("a.log", flows(&flow_line(START, 40_000)).into_bytes())]);
    let ingest = run(sightline(&folder).args(["ingest", "--json", "logs"]));
    assert_eq!(ingest.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["logs"]);
    insta::assert_json_snapshot!(first(&ingest), @r#"
    {
      "objects": 1,
      "bytes": 207,
      "records": 1,
      "rejects": 0,
      "reject_samples": [],
      "by_source": {
        "vpc_flow": {
          "objects": 1,
          "bytes": 207,
          "records": 1,
          "rejects": 0
        }
      },
      "gaps": 0,
      "no_data": 0,
      "skipped_already": 0,
      "skipped_old": 0,
      "other_shards": 0,
      "clashes": 0,
      "passed_over": 0,
      "ignored": 0,
      "unreadable": 0,
      "denied": 0,
      "unreadable_samples": [],
      "unlisted": [],
      "duplicates": 0,
      "late": 0,
      "uninteresting": 0,
      "reject_reasons": {},
      "recovered": 0,
      "requests": {
        "lists": 0,
        "gets": 0,
        "calls": 0
      },
      "unacknowledged": null,
      "cancelled": false
    }
    "#);
}

#[test]
fn standard_input_is_read_once() {
    let folder = TempDir::new().unwrap();
    let text = gzip(&flows(&flow_line(START, 40_000)));
    let ingest = || run(sightline(&folder).args(["ingest", "--json", "-"]).write_stdin(text.clone()));
    assert_eq!(first(&ingest())["records"], 1);
    let again = ingest();
    assert_eq!((again.code, &first(&again)["records"]), (Some(0), &json!(0)), "{}", again.out);
    assert_eq!(rows(&folder, "SELECT sum(records) AS n FROM flow"), json!([{"n": 1}]));
}

#[test]
fn a_dry_run_reads_and_keeps_nothing() {
    let folder = TempDir::new().unwrap();
    write_every_log(&folder.path().join("logs"));
    let dry = run(sightline(&folder).args(["ingest", "--dry-run", "logs"]));
    assert_eq!(dry.code, Some(0), "{}", dry.err);
    assert!(dry.out.contains("would read 7 objects"), "{}", dry.out);
    assert!(!folder.path().join("lake").exists(), "a dry run makes no lake");
    run(sightline(&folder).args(["ingest", "logs"]));
    let dry = run(sightline(&folder).args(["ingest", "--dry-run", "--json", "logs"]));
    assert_eq!((first(&dry)["objects"].as_u64(), first(&dry)["skipped_already"].as_u64()), (Some(0), Some(7)));
    assert_eq!(first(&dry)["prices_of"], "2026-11");
    assert_error(
        &run(sightline(&folder).env("AWS_REGION", "us-east-1").args(["ingest", "--dry-run", "sqs://q"])),
        "queue",
    );
}

#[test]
fn a_source_can_be_forced_and_raw_rows_kept() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("logs"), &[("x", b"nothing that is known\n".to_vec())]);
    let passed = run(sightline(&folder).args(["ingest", "--json", "logs"]));
    assert_eq!((passed.code, first(&passed)["ignored"].as_u64()), (Some(0), Some(1)));
    let other = TempDir::new().unwrap();
    write(
        &other.path().join("logs"),
        &[("x", b"nothing that is known\n".to_vec()), ("y", flows(&flow_line(START, 1)).into_bytes())],
    );
    let forced = run(sightline(&other).args(["ingest", "--json", "--source", "vpc_flow", "--keep-raw", "logs"]));
    assert_eq!(forced.code, Some(3), "{}", forced.out);
    assert_eq!(first(&forced)["by_source"]["vpc_flow"]["objects"], 2);
    assert_eq!(rows(&other, "SELECT count(*) AS n FROM flow_record"), json!([{"n": 1}]));
}

#[test]
fn text_is_kept_where_that_is_asked_for() {
    let prompt = |flags: &[&str], config: &str| {
        let folder = TempDir::new().unwrap();
        write_every_log(&folder.path().join("logs"));
        fs::write(folder.path().join("sightline.toml"), config).unwrap();
        let ingest = run(sightline(&folder).args(["ingest", "logs"]).args(flags));
        assert_eq!(ingest.code, Some(0), "{}", ingest.err);
        let rows = rows(&folder, "SELECT prompt FROM model_invocation WHERE request_id = 'r-1'");
        rows[0]["prompt"].as_str().map(str::to_owned)
    };
    assert_eq!(prompt(&[], "").unwrap_or_default(), "");
    let redacted = prompt(&["--keep-text", "redacted"], "").unwrap();
    assert!(redacted.contains("Call me") && !redacted.contains("jane@"), "{redacted}");
    assert!(prompt(&[], "[keep]\ntext = \"whole\"\n").unwrap().contains("jane@example.com"));
    assert_eq!(
        prompt(&["--keep-text", "none"], "[keep]\ntext = \"whole\"\n").unwrap_or_default(),
        "",
        "flags beat the file"
    );
}

#[test]
fn places_of_the_configuration() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("one"), &[("a.log", flows(&flow_line(START, 1)).into_bytes())]);
    write(&folder.path().join("two"), &[("b.log", flows(&flow_line(START, 2)).into_bytes())]);
    let config = "[[logs]]\nname = \"first\"\nplace = \"one\"\n\n[[logs]]\nname = \"second\"\nplace = \"two\"\nsource = \"vpc_flow\"\n";
    fs::write(folder.path().join("sightline.toml"), config).unwrap();
    let one = run(sightline(&folder).args(["ingest", "second", "--json"]));
    assert_eq!(one.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["two"], "{}", one.err);
    let all = run(sightline(&folder).args(["ingest", "--json"]));
    assert_eq!(all.json().as_object().unwrap().keys().collect::<Vec<_>>(), ["one", "two"], "{}", all.err);
    assert_error(&run(sightline(&folder).args(["ingest", "third"])), "third");
    let elsewhere = TempDir::new().unwrap();
    let named =
        run(sightline(&elsewhere).args(["ingest", "--json", "--config"]).arg(folder.path().join("sightline.toml")));
    assert_eq!(
        (named.code, named.json().as_object().unwrap().len()),
        (Some(0), 2),
        "folders are seen from the file: {}",
        named.err
    );
    let by_variable = run(sightline(&elsewhere)
        .args(["ingest", "--json"])
        .env("SIGHTLINE_CONFIG", folder.path().join("sightline.toml")));
    assert_eq!(by_variable.code, Some(0), "{}", by_variable.err);
}

#[test]
fn one_place_that_fails_does_not_stop_the_others() {
    let folder = TempDir::new().unwrap();
    write(&folder.path().join("logs"), &[("a.log", flows(&flow_line(START, 1)).into_bytes())]);
    let mut command = sightline(&folder);
    command.args(["ingest", "--json", "s3://no-such-bucket/", "logs"]);
    command
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "x");
    let ended = run(command.env("AWS_REGION", "us-east-1"));
    assert_eq!(ended.code, Some(2), "{}", ended.err);
    let answer = ended.json();
    assert!(answer["s3://no-such-bucket/"]["error"].as_str().unwrap().contains("no-such-bucket"), "{answer}");
    assert_eq!(answer["logs"]["records"], 1);
}

#[test]
fn without_a_place_nothing_is_guessed() {
    let folder = TempDir::new().unwrap();
    let nothing = run(sightline(&folder).arg("ingest"));
    assert_error(&nothing, "no place of logs is given");
    assert!(nothing.err.contains("sightline scan"), "{}", nothing.err);
    assert!(!folder.path().join("lake").exists());
    assert_error(&run(sightline(&folder).args(["ingest", "--discovered"])), "sightline scan");
}

#[tokio::test]
async fn a_scan_that_saw_no_logs_leaves_the_answer_incomplete() {
    let folder = TempDir::new().unwrap();
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let scan = json!({"scan_id": "s", "account_id": "123456789012", "finished_at": "2026-11-22T03:00:00Z"});
    lake.append(SCAN, &[scan]).await.unwrap();
    let ended = run(sightline(&folder).args(["ingest", "--discovered", "--json"]));
    assert_eq!((ended.code, ended.json()), (Some(3), json!({})), "{}", ended.err);
    assert!(ended.err.contains("no place where logs are written"), "{}", ended.err);
}

#[tokio::test]
async fn without_a_place_the_newest_scan_tells_where_logs_are() {
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("lake");
    let lake = Lake::create(&logs).await.unwrap();
    let scan = json!({"scan_id": "s", "account_id": "123456789012", "finished_at": "2026-11-22T03:00:00Z"});
    let config = json!({"name": "main", "s3_bucket_name": "audit-logs", "s3_key_prefix": "trails", "is_logging": true});
    let trail = json!({"scan_id": "s", "account_id": "123456789012", "region": "us-east-1", "table_name": "aws_cloudtrail_trail",
        "arn": "arn:aws:cloudtrail:us-east-1:123456789012:trail/main", "config": config});
    lake.append(RESOURCE, &[trail]).await.unwrap();
    lake.append(SCAN, &[scan]).await.unwrap();
    let nothing = run(sightline(&folder).arg("ingest"));
    assert_error(&nothing, "--discovered");
    for line in [
        "sightline ingest s3://audit-logs/trails/AWSLogs/123456789012/CloudTrail   # trail main",
        "place = \"s3://audit-logs/trails/AWSLogs/123456789012/CloudTrail\"",
    ] {
        assert!(nothing.err.contains(line), "{}", nothing.err);
    }
    let discovered = run(sightline(&folder)
        .args(["ingest", "--discovered"])
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9"));
    assert_error(&discovered, "audit-logs");
}

#[test]
fn what_is_configured_is_told() {
    let folder = TempDir::new().unwrap();
    assert_error(&run(sightline(&folder).args(["config", "show"])), "sightline.toml");
    fs::write(
        folder.path().join("sightline.toml"),
        "[keep]\ntext = \"redacted\"\n[[logs]]\nname = \"a\"\nplace = \"s3://logs\"\n",
    )
    .unwrap();
    let shown =
        run(sightline(&folder).args(["config", "show", "--resolved", "--json"]).env("SIGHTLINE_KEEP_RAW", "true"));
    let settings = shown.json();
    let of = |name: &str| settings.as_array().unwrap().iter().find(|one| one["setting"] == name).cloned().unwrap();
    assert_eq!(of("keep.text"), json!({"setting": "keep.text", "value": "redacted", "from": "sightline.toml"}));
    assert_eq!(
        of("keep.raw_flows"),
        json!({"setting": "keep.raw_flows", "value": "true", "from": "SIGHTLINE_KEEP_RAW"})
    );
    assert_eq!(of("logs.a.place")["value"], "s3://logs");
    assert_eq!(of("lake")["from"], "SIGHTLINE_LAKE");
    let table = run(sightline(&folder).args(["config", "show", "--resolved"]));
    assert!(table.out.contains("keep.text"), "{}", table.out);
    fs::write(folder.path().join("sightline.toml"), "[keep]\ntxt = \"redacted\"\n").unwrap();
    let wrong = run(sightline(&folder).args(["ingest", "logs"]));
    assert_error(&wrong, "unknown field `txt`");
    assert!(wrong.err.contains("sightline.toml:2:1"), "{}", wrong.err);
}

/// The published schema and the reader agree on what is a configuration.
#[test]
fn the_schema_is_that_of_the_reader() {
    let folder = TempDir::new().unwrap();
    let schema = run(sightline(&folder).args(["config", "schema"])).json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let path = folder.path().join("sightline.toml");
    for (text, is_one) in [
        ("", true),
        ("[keep]\nraw_flows = true\ntext = \"none\"\n", true),
        (
            "[[logs]]\nname = \"a\"\nplace = \"s3://b\"\nsource = \"vpc_flow\"\nsince = \"7d\"\nprofile = \"p\"\nregion = \"r\"\n",
            true,
        ),
        ("[[logs]]\nname = \"a\"\nplace = \"b\"\nrole_arn = \"r\"\nexternal_id = \"e\"\n", true),
        ("[[logs]]\nname = \"a\"\nplace = \"b\"\nexternal_id = \"e\"\n", false),
        ("[[logs]]\nname = \"a\"\n", false),
        ("[[logs]]\nname = \"a b\"\nplace = \"b\"\n", false),
        ("[[logs]]\nname = \"a\"\nplace = \"b\"\nregions = \"r\"\n", false),
        ("[keep]\ntext = \"all\"\n", false),
        ("[keep]\nraw = true\n", false),
        ("lake = \"x\"\n", false),
    ] {
        fs::write(&path, text).unwrap();
        let read = run(sightline(&folder).args(["config", "show", "--resolved"]));
        assert_eq!(read.code == Some(0), is_one, "{text}{}", read.err);
        let value: Value = toml::from_str(text).unwrap();
        assert_eq!(validator.is_valid(&value), is_one, "{text}");
    }
}

/// A bucket of flow logs whose objects take a while.
#[cfg(unix)]
mod slow_bucket {
    use super::*;
    use std::process::{Child, Command, Stdio};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;
    use wiremock::matchers::{method, path_regex, query_param};
    use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

    const OBJECTS: u16 = 60;

    struct Objects {
        milliseconds: Arc<AtomicU64>,
        served: Arc<AtomicU64>,
    }

    fn body(number: u16) -> String {
        flows(&flow_line(START, 10_000 + number))
    }

    impl Respond for Objects {
        fn respond(&self, request: &Request) -> ResponseTemplate {
            let number: u16 = request.url.path().rsplit('/').next().unwrap().parse().unwrap();
            self.served.fetch_add(1, Ordering::Relaxed);
            let wait = Duration::from_millis(self.milliseconds.load(Ordering::Relaxed));
            ResponseTemplate::new(200).insert_header("etag", "\"e1\"").set_body_string(body(number)).set_delay(wait)
        }
    }

    async fn bucket(milliseconds: &Arc<AtomicU64>, served: &Arc<AtomicU64>) -> MockServer {
        let server = MockServer::start().await;
        let location = ResponseTemplate::new(200).set_body_string("<LocationConstraint/>");
        Mock::given(query_param("location", "")).respond_with(location).with_priority(1).mount(&server).await;
        let entry = |n: u16| {
            format!(
                "<Contents><Key>a/{n}</Key><LastModified>2026-11-22T03:05:00.000Z</LastModified><ETag>&quot;e1&quot;</ETag><Size>{}</Size></Contents>",
                body(n).len()
            )
        };
        let page: String = (0..OBJECTS).map(entry).collect();
        let page = format!("<ListBucketResult><IsTruncated>false</IsTruncated>{page}</ListBucketResult>");
        let page = ResponseTemplate::new(200).set_body_string(page);
        Mock::given(query_param("list-type", "2")).respond_with(page).with_priority(2).mount(&server).await;
        let objects = Objects { milliseconds: Arc::clone(milliseconds), served: Arc::clone(served) };
        Mock::given(method("GET"))
            .and(path_regex("^/logs/a/"))
            .respond_with(objects)
            .with_priority(3)
            .mount(&server)
            .await;
        server
    }

    fn ingest(folder: &TempDir, server: &MockServer) -> Child {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("sightline"));
        command.args(["ingest", "s3://logs/a/", "--json", "--concurrency", "2", "--threads", "1"]).env_clear();
        command
            .env("AWS_ENDPOINT_URL", server.uri())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command.env("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "x").env("HOME", folder.path());
        command.env("SIGHTLINE_LAKE", folder.path().join("lake")).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    async fn stopped_by(signals: &[&str]) -> (TempDir, Vec<u8>, String, Option<i32>, MockServer) {
        let (milliseconds, served) = (Arc::new(AtomicU64::new(300)), Arc::new(AtomicU64::new(0)));
        let (folder, server) = (TempDir::new().unwrap(), bucket(&milliseconds, &served).await);
        let child = ingest(&folder, &server);
        while served.load(Ordering::Relaxed) < 6 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for signal in signals {
            assert!(Command::new("kill").args([*signal, &child.id().to_string()]).status().unwrap().success());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let ended = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
        milliseconds.store(0, Ordering::Relaxed);
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        (folder, ended.stdout, told, ended.status.code(), server)
    }

    /// Reads what is left; returns how many objects were not read again.
    async fn the_rest_is_read_once(folder: &TempDir, server: &MockServer) -> u64 {
        let child = ingest(folder, server);
        let ended = tokio::task::spawn_blocking(|| child.wait_with_output().unwrap()).await.unwrap();
        assert_eq!(ended.status.code(), Some(0), "{}", String::from_utf8_lossy(&ended.stderr));
        let summary: Value = serde_json::from_slice(&ended.stdout).unwrap();
        let summary = &summary["s3://logs/a/"];
        let skipped = summary["skipped_already"].as_u64().unwrap();
        assert_eq!(summary["objects"], u64::from(OBJECTS) - skipped);
        assert_eq!(rows(folder, "SELECT sum(records) AS n FROM flow"), json!([{"n": OBJECTS}]));
        skipped
    }

    #[tokio::test]
    async fn ctrl_c_keeps_what_was_read() {
        let (folder, out, told, code, server) = stopped_by(&["-INT"]).await;
        assert_eq!(code, Some(3), "{told}");
        assert!(told.contains("what was read is being kept"), "{told}");
        let summary: Value = serde_json::from_slice(&out).unwrap();
        let summary = &summary["s3://logs/a/"];
        assert_eq!(summary["cancelled"], true);
        let read = summary["objects"].as_u64().unwrap();
        assert!((1..u64::from(OBJECTS)).contains(&read), "{summary}");
        assert_eq!(rows(&folder, "SELECT sum(records) AS n FROM flow"), json!([{"n": read}]));
        assert_eq!(the_rest_is_read_once(&folder, &server).await, read);
    }

    #[tokio::test]
    async fn a_second_ctrl_c_ends_at_once() {
        let (folder, out, told, code, server) = stopped_by(&["-INT", "-INT"]).await;
        // The first may have been enough, where the machine was quick.
        assert!(matches!(code, Some(130 | 3)), "{code:?} {told}");
        // The first may also have kept what was read before the second came: then nothing was printed.
        let skipped = the_rest_is_read_once(&folder, &server).await;
        if !out.is_empty() {
            let summary: Value = serde_json::from_slice(&out).unwrap();
            assert_eq!(summary["s3://logs/a/"]["objects"], skipped);
        }
    }

    #[tokio::test]
    async fn a_killed_ingest_leaves_nothing_half() {
        let (folder, _, _, code, server) = stopped_by(&["-KILL"]).await;
        assert_eq!(code, None);
        assert_eq!(the_rest_is_read_once(&folder, &server).await, 0);
    }
}
