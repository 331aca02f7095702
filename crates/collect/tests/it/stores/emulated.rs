//! Queues and log groups as an emulator plays them (`stores.py` starts and fills it). Skipped, and said so, without its Python.

use super::{clock_at, connect, listed, read};
use crate::emulators::python;
use jiff::{Timestamp, ToSpan};
use serde::Deserialize;
use serde_json::{Value, json};
use sightline_aws::Aws;
use sightline_collect::logs::{Address, Listed, LogStore, QueueOptions, QueueStore, Trouble, Unlisted, Why};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

#[derive(Deserialize)]
struct Filled {
    url: String,
    keys: [String; 2],
    /// milliseconds
    base: i64,
}

/// The emulator; it ends with this value, because it waits for its input to close.
struct Emulator {
    child: Child,
    filled: Filled,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn emulator() -> Option<Emulator> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/stores.py");
    let mut child = Command::new(python()?)
        .arg(script)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let filled = serde_json::from_str(&line).unwrap_or_else(|_| panic!("the emulator said `{line}`"));
    Some(Emulator { child, filled })
}

fn queue(aws: &Aws, name: &str, visibility: u64) -> LogStore {
    let Ok(Address::Queue(address)) = format!("sqs://{name}").parse() else { panic!("{name} is a queue") };
    let (wait, visibility) = (Duration::from_secs(1), Duration::from_secs(visibility));
    let options = QueueOptions { wait, visibility, ..QueueOptions::default() };
    LogStore::Queue(QueueStore::new(aws.clone(), address).with(options))
}

/// Messages of the queue: those that can be received, and those that somebody holds.
async fn messages(aws: &Aws, name: &str) -> (u64, u64) {
    let url = aws.call("us-east-1", "sqs", "GetQueueUrl", json!({"QueueName": name})).await.unwrap();
    let names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
    let input = json!({"QueueUrl": url["QueueUrl"], "AttributeNames": names});
    let answer = aws.call("us-east-1", "sqs", "GetQueueAttributes", input).await.unwrap();
    let [visible, held] = names.map(|name| answer["Attributes"][name].as_str().unwrap().parse().unwrap());
    (visible, held)
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_and_groups() {
    let Some(emulator) = emulator() else { return };
    let aws = connect(&emulator.filled.url);
    what_s3_tells(&aws, &emulator.filled.keys).await;
    what_others_tell(&aws).await;
    a_queue_that_is_not_there(&aws).await;
    a_log_group(&aws, emulator.filled.base).await;
}

async fn what_s3_tells(aws: &Aws, expected: &[String; 2]) {
    let store = queue(aws, "told-by-s3", 2);
    let mut found: Vec<Listed> = listed(&store, None).await.into_iter().map(Result::unwrap).collect();
    found.sort_by(|a, b| a.key.cmp(&b.key));
    assert_eq!(found.iter().map(|object| &object.key).collect::<Vec<_>>(), [&expected[0], &expected[1]]);
    assert_eq!(found[0].uri, format!("s3://logs/{}", expected[0]));
    // The same identity as in a listing of the bucket.
    let in_bucket = listed(&LogStore::s3_address(aws, "s3://logs/AWSLogs/a").unwrap(), None).await.remove(0).unwrap();
    assert_eq!((&in_bucket.uri, &in_bucket.version, in_bucket.size), (&found[0].uri, &found[0].version, found[0].size));
    assert_eq!(read(&store, &found[0], 100).await.unwrap(), expected[0].as_bytes());

    // Held beyond the visibility timeout, and let go one by one.
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(messages(aws, "told-by-s3").await, (0, 2));
    store.acknowledge(&found[..1]).await.unwrap();
    assert_eq!(messages(aws, "told-by-s3").await, (0, 1));
    let counts = store.queue_counts().unwrap();
    assert_eq!((counts.messages, counts.test_events, counts.rejected, counts.removed), (3, 1, 0, 2));

    // Cut off before the other was acknowledged: it comes again, to the next reader.
    drop(store);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let next = queue(aws, "told-by-s3", 30);
    let again: Vec<Listed> = listed(&next, None).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(again, [found[1].clone()]);
    // Another version was written over it since, and the emulator's bucket does not tell versions.
    assert_eq!(read(&next, &again[0], 100).await.unwrap_err().why, Why::Gone);
}

async fn what_others_tell(aws: &Aws) {
    let store = queue(aws, "told-by-others", 60);
    let (found, refused): (Vec<_>, Vec<_>) = listed(&store, None).await.into_iter().partition(Result::is_ok);
    let found: BTreeMap<String, Listed> = found
        .into_iter()
        .map(Result::unwrap)
        .map(|object| (object.key["AWSLogs/".len()..].to_owned(), object))
        .collect();
    assert_eq!(
        found.keys().collect::<Vec<_>>(),
        ["event-bridge", "gone", "never-there", "pair-1", "pair-2", "raw", "through-sns", "trail"]
    );
    for (name, object) in &found {
        let content = read(&store, object, 100).await;
        match name.as_str() {
            "gone" | "never-there" => assert_eq!(content.unwrap_err().why, Why::Gone, "{name}"),
            // That of `raw` was written over, and the queue told of its version.
            _ => assert_eq!(content.unwrap(), name.as_bytes(), "{name}"),
        }
    }
    let mut reasons: Vec<String> =
        refused.into_iter().map(Result::unwrap_err).map(|Unlisted { error, .. }| error).collect();
    reasons.sort();
    assert!(reasons.len() == 2 && reasons[0].contains("`ObjectRemoved:Delete` is no creation"), "{reasons:?}");
    assert!(reasons[1].starts_with("the message is no JSON"), "{reasons:?}");

    // Half of a message is no message.
    let before = store.queue_counts().unwrap();
    assert_eq!((before.messages, before.rejected, before.removed), (9, 2, 0));
    store.acknowledge(&[found["pair-1"].clone()]).await.unwrap();
    assert_eq!(store.queue_counts().unwrap().removed, 0);
    let all: Vec<Listed> = found.into_values().collect();
    store.acknowledge(&all).await.unwrap();
    store.acknowledge(&all).await.unwrap();
    assert_eq!(store.queue_counts().unwrap().removed, 7);
    assert_eq!(messages(aws, "told-by-others").await, (0, 2));
}

async fn a_queue_that_is_not_there(aws: &Aws) {
    let nowhere = queue(aws, "nowhere", 30);
    let unlisted = listed(&nowhere, None).await.remove(0).unwrap_err();
    assert_eq!(nowhere.queue_trouble().map(|told| told.trouble), Some(Trouble::Gone));
    assert!(unlisted.place == "sqs://nowhere" && unlisted.error.contains("NonExistentQueue"), "{unlisted:?}");
    let empty = queue(aws, "empty", 30);
    assert_eq!((listed(&empty, None).await, empty.queue_trouble()), (vec![], None));
}

async fn a_log_group(aws: &Aws, base: i64) {
    let quarter = 15.minutes();
    let at = |milliseconds: i64| Timestamp::from_millisecond(base + milliseconds).unwrap();
    let address: Address = "logs:///aws/eks/prod/cluster".parse().unwrap();
    let group = |now: Timestamp| LogStore::in_account(aws, &address, &clock_at(now)).unwrap();
    // The second quarter has settled when the third has passed, not before.
    let until = |now: Timestamp| async move { listed(&group(now), None).await.len() };
    assert_eq!(until(at(3 * 15 * 60 * 1000)).await, 2);
    assert_eq!(until(at(3 * 15 * 60 * 1000 - 1)).await, 1);

    let day = 24 * 60 * 60 * 1000;
    let store = group(at(day) + 10.hours());
    let found: Vec<Listed> = listed(&store, None).await.into_iter().map(Result::unwrap).collect();
    // The rest of the first day, and the second up to what has settled: 9 hours and 45 minutes after the event's quarter began.
    assert_eq!(found.len(), 92 + 39);
    let first = &found[0];
    assert_eq!(
        first.uri,
        format!("logs://123456789012/us-east-1//aws/eks/prod/cluster/{}..{}", at(0), at(0) + quarter)
    );
    assert_eq!(first.key, format!("logs/aws/eks/prod/cluster/kube-apiserver-audit-1/{}..{}", at(0), at(0) + quarter));
    assert_eq!((first.version.as_str(), first.last_modified), ("settled", at(0) + quarter));

    let lines = async |object: &Listed, whole| {
        let text = String::from_utf8(read(&store, object, whole).await.unwrap()).unwrap();
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>()
    };
    for whole in [1, 1 << 20] {
        let events = lines(first, whole).await;
        let times: Vec<i64> = events.iter().map(|event| event["timestamp"].as_i64().unwrap() - base).collect();
        assert_eq!(times, [0, 1, 15 * 60 * 1000 - 1]);
        assert_eq!(events[0]["logStream"], "kube-apiserver-audit-1");
        assert_eq!(events[0]["message"], r#"{"n": 0, "of": "kube-apiserver-audit-1"}"#);
        assert!(events[0]["ingestionTime"].is_i64());
    }
    assert_eq!(lines(&found[1], 1 << 20).await.len(), 1);
    assert_eq!(lines(&found[2], 1 << 20).await.len(), 0);

    let later: Vec<_> = listed(&store, Some(at(day))).await.into_iter().map(Result::unwrap).collect();
    assert_eq!((later.len(), later[0].last_modified), (39, at(day) + quarter));

    let nowhere: Address = "logs://nowhere".parse().unwrap();
    let unlisted = listed(&LogStore::in_account(aws, &nowhere, &clock_at(at(day))).unwrap(), None).await.remove(0);
    assert!(unlisted.unwrap_err().error.contains("ResourceNotFound"));
}
