//! Notifications, with receivers that others wrote: Python's hmac and the library of Standard Webhooks check signatures, Slack's SDK its blocks, moto
//! takes what goes to Amazon SNS and Amazon EventBridge.

use super::serve::Server;
use super::support::serve;
use serde_json::{Value, json};
use sightline_lake::Lake;
use sightline_model::lake_table::{COVERAGE, FINDING, SCAN};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Child;
use std::time::Duration;
use tempfile::TempDir;

const ACCOUNT: &str = "123456789012";
const AT: &str = "2026-11-20T10:00:00Z";
const KEY: &str = "whsec_c2lnaHRsaW5lLXRlc3Qta2V5LTMyLWJ5dGVzISE=";
const HOSTILE: &str = "<!channel> <https://evil.example|x> \u{202e}\u{1b}[2J `&` \"';--";

/// A receiver that ends with the test.
struct Receiver(Child, String);

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It ends with its standard input; should it not, it is ended.
        for _ in 0..50 {
            if self.0.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Receiver {
    fn start(refused: u32) -> Option<Self> {
        let (child, line) = serve("notice_receiver.py", [KEY.to_owned(), refused.to_string()])?;
        Some(Self(child, line.trim().to_owned()))
    }

    fn seen(&self) -> Vec<Value> {
        let host = self.1.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "GET /seen HTTP/1.0\r\nhost: {host}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// What came to a path, once there is so much of it.
    fn wait(&self, path: &str, count: usize) -> Vec<Value> {
        for _ in 0..300 {
            let seen: Vec<Value> = self.seen().into_iter().filter(|one| one["path"] == path).collect();
            if seen.len() >= count {
                return seen;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{path}: {:#?}", self.seen());
    }
}

/// A run of the checks that found these, each of a severity.
async fn found(folder: &TempDir, run: &str, findings: &[(&str, &str, &str, &str)]) {
    let rows: Vec<Value> = findings
        .iter()
        .map(|(id, status, severity, name)| {
            json!({"run_id": run, "scan_id": "", "check_id": "c", "title": format!("Finding {id}"), "status": status, "severity": severity,
                "account_id": ACCOUNT, "region": "eu-west-1", "resource": format!("arn:aws:s3:::{id}"), "resource_title": name, "reason": name,
                "missing_actions": [], "fingerprint": format!("{id:0>32}"), "evaluated_at": AT, "fix_values": {}})
        })
        .collect();
    Lake::create(&folder.path().join("lake")).await.unwrap().append(FINDING, &rows).await.unwrap();
}

/// A finished scan whose tables were read so.
async fn scanned(folder: &TempDir, scan: &str, outcomes: &[(&str, &str)]) {
    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    let rows: Vec<Value> = outcomes
        .iter()
        .map(|(table, outcome)| {
            json!({"scan_id": scan, "account_id": ACCOUNT, "region": "eu-west-1", "table_name": table, "operation": "s3:ListBuckets",
                "action": "s3:ListAllMyBuckets", "target": "", "outcome": outcome, "error_code": "AccessDenied", "error_message": "", "rows": 0,
                "calls": 1, "collected_at": AT})
        })
        .collect();
    lake.append(COVERAGE, &rows).await.unwrap();
    let ended = json!({"scan_id": scan, "account_id": ACCOUNT, "partition": "aws", "caller_arn": "c", "regions": ["eu-west-1"], "version": "0",
        "started_at": AT, "finished_at": format!("2026-11-20T1{}:00:00Z", scan.len()), "tables": 1, "resources": 0, "calls": 1, "incomplete": 0});
    lake.append(SCAN, &[ended]).await.unwrap();
}

/// Waits until the server has looked at so many topics for the first time.
fn begun(folder: &TempDir, topics: i64) {
    let state = rusqlite::Connection::open(folder.path().join("state.db")).unwrap();
    for _ in 0..300 {
        let sql = "SELECT count(*) FROM known WHERE topic = 'begun'";
        if state.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap_or_default() >= topics {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("what is there was never looked at");
}

fn configure(folder: &TempDir, receiver: &Receiver) {
    fs::write(folder.path().join("key"), format!("{KEY}\n")).unwrap();
    fs::write(folder.path().join("slack.url"), format!("{}/slack", receiver.1)).unwrap();
    let text = format!(
        "[[notification]]\nname = \"hook\"\nchannel = \"webhook\"\nurl = \"{0}/hook\"\nsecret_file = \"key\"\n\
         [[notification]]\nname = \"chat\"\nchannel = \"slack\"\nurl_file = \"slack.url\"\nseverity = \"critical\"\non = [\"findings\"]\n\
         [[notification]]\nname = \"gone\"\nchannel = \"webhook\"\nurl = \"{0}/gone\"\nsecret_file = \"key\"\non = [\"findings\"]\n",
        receiver.1
    );
    fs::write(folder.path().join("sightline.toml"), text).unwrap();
}

fn ids(notice: &Value) -> Vec<String> {
    let items = notice["body"]["items"].as_array().unwrap();
    items.iter().map(|item| item["subject"].as_str().unwrap().replace("arn:aws:s3:::", "")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_told_once_and_again_until_it_is_taken() {
    let Some(receiver) = Receiver::start(2) else { return };
    let folder = TempDir::new().unwrap();
    configure(&folder, &receiver);
    found(&folder, "r1", &[("old", "fail", "critical", "old")]).await;
    scanned(&folder, "s", &[("aws_s3_bucket", "ok")]).await;
    let server = Server::start(&folder, "http://127.0.0.1:1");
    begun(&folder, 3);
    assert!(receiver.seen().is_empty(), "what was there before is no news");

    let now = [
        ("old", "fail", "critical", "old"),
        ("new", "fail", "high", HOSTILE),
        ("worst", "fail", "critical", HOSTILE),
        ("small", "fail", "low", "x"),
        ("dark", "unknown", "critical", "x"),
    ];
    found(&folder, "r2", &now).await;
    let hook = receiver.wait("/hook", 3);
    assert_eq!(
        ids(&hook[0]),
        ["worst", "new"],
        "the worst first; low ones, and what nobody could decide, are not told"
    );
    assert_eq!(hook.iter().map(|one| one["status"].as_u64().unwrap()).collect::<Vec<_>>(), [500, 500, 200]);
    assert!(hook.iter().all(|one| one["signed"] == true && one["standard"] == true), "{hook:#?}");
    assert!(
        hook.iter().all(|one| one["id"] == hook[0]["id"] && one["body"] == hook[0]["body"]),
        "it is the same each time"
    );
    let chat = receiver.wait("/slack", 1);
    assert_eq!(chat[0]["faults"], json!([]), "{chat:#?}");
    let text = chat[0]["body"].to_string();
    assert!(text.contains("worst") && !text.contains("Finding new"), "critical ones alone: {text}");
    assert!(
        !text.contains("<!channel>") && !text.contains("<https://evil") && text.contains("&lt;!channel&gt;"),
        "{text}"
    );
    assert!(!text.contains('\u{202e}') && !text.contains("\\u001b"), "{text}");

    // The next server knows; a finding that was mended and is back is news, and so is a table that cannot be read any more.
    let settled = server.ask("GET", "/api/v1/deliveries?status=failed", None).1;
    assert_eq!(settled["items"][0]["notification"], "gone", "{settled}");
    assert!(settled["items"][0]["error"].as_str().unwrap().contains("404"), "refused for good: {settled}");
    assert_eq!(settled["items"][0]["attempts"], 1);
    drop(server);
    let server = Server::start(&folder, "http://127.0.0.1:1");
    found(
        &folder,
        "r3",
        &[("old", "pass", "critical", "old"), ("new", "fail", "high", "x"), ("worst", "unknown", "critical", "x")],
    )
    .await;
    scanned(&folder, "ss", &[("aws_s3_bucket", "denied")]).await;
    let hook = receiver.wait("/hook", 4);
    assert_eq!(
        (&hook[3]["body"]["type"], &hook[3]["body"]["items"][0]["subject"]),
        (&json!("coverage.lost"), &json!("aws_s3_bucket"))
    );
    // The mend must have been seen before it is undone.
    std::thread::sleep(Duration::from_secs(3));
    found(
        &folder,
        "r4",
        &[("old", "fail", "critical", "old"), ("new", "fail", "high", "x"), ("worst", "fail", "critical", "x")],
    )
    .await;
    let hook = receiver.wait("/hook", 5);
    assert_eq!(ids(&hook[4]), ["old"], "what was undecided in between is no news");
    // It counts a delivery when it has read the answer.
    let delivered = "sightline_notification_deliveries{notification=\"hook\",status=\"delivered\"} 3";
    let told = || server.text("GET", "/metrics").1;
    let is_told = (0..50).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        told().contains(delivered)
    });
    assert!(is_told, "{}", told());
    let everything = [
        server.text("GET", "/api/v1/settings").1,
        server.text("GET", "/api/v1/notifications").1,
        server.text("GET", "/api/v1/deliveries").1,
    ]
    .concat();
    assert!(!everything.contains("whsec_") && !everything.contains("/slack\""), "{everything}");
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_and_event_buses_are_told() {
    let Some((child, line)) = serve("moto_notices.py", []) else { return };
    let about: Value = serde_json::from_str(&line).unwrap();
    let url = about["url"].as_str().unwrap().to_owned();
    let mut moto = Receiver(child, url.clone());
    let folder = TempDir::new().unwrap();
    let text = format!(
        "[[notification]]\nname = \"topic\"\nchannel = \"sns\"\ntopic_arn = {}\n[[notification]]\nname = \"bus\"\nchannel = \"event_bridge\"\nbus_arn = {}\n\
         [[notification]]\nname = \"nobody\"\nchannel = \"sns\"\ntopic_arn = \"arn:aws:sns:eu-west-1:{ACCOUNT}:nothing\"\n",
        about["topic"], about["bus"]
    );
    fs::write(folder.path().join("sightline.toml"), text).unwrap();
    let server = Server::start(&folder, &url);
    for name in ["topic", "bus"] {
        let (status, sent) = server.ask("POST", &format!("/api/v1/notifications/{name}/test"), None);
        assert_eq!((status, &sent["status"]), (200, &json!("delivered")), "{sent}");
    }
    let (status, refused) = server.ask("POST", "/api/v1/notifications/nobody/test", None);
    assert_eq!((status, &refused["status"]), (200, &json!("failed")), "{refused}");
    assert!(!refused["error"].as_str().unwrap().is_empty());
    assert_eq!(server.ask("POST", "/api/v1/notifications/other/test", None).0, 404);

    let mut out = BufReader::new(moto.0.stdout.take().unwrap());
    let mut got: Vec<Value> = Vec::new();
    for _ in 0..20 {
        writeln!(moto.0.stdin.as_mut().unwrap()).unwrap();
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        got.extend(serde_json::from_str::<Vec<Value>>(&line).unwrap());
        if got.len() >= 2 {
            break;
        }
    }
    let over_topic = got.iter().find(|one| one["Type"] == "Notification").unwrap_or_else(|| panic!("{got:#?}"));
    let notice: Value = serde_json::from_str(over_topic["Message"].as_str().unwrap()).unwrap();
    assert_eq!((&notice["type"], &notice["notification"]), (&json!("test"), &json!("topic")));
    assert_eq!(over_topic["MessageAttributes"]["type"]["Value"], "test");
    let over_bus = got.iter().find(|one| one["source"] == "sightline").unwrap_or_else(|| panic!("{got:#?}"));
    assert_eq!((&over_bus["detail-type"], &over_bus["detail"]["notification"]), (&json!("test"), &json!("bus")));
}
