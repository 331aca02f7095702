//! An ingest that stays at a queue: messages that come meanwhile, Ctrl-C, kill -9, and a queue that refuses or is gone.

#![cfg(unix)]

use crate::support::{START, flow_line, flows, serve};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// For how long messages of a worker that is gone are kept from others.
const VISIBILITY: u64 = 4;

/// Moto, with a user whom its policies bind.
struct Cloud {
    child: Child,
    answers: Receiver<String>,
    folder: TempDir,
    url: String,
    queue: String,
    key: String,
    secret: String,
}

impl Drop for Cloud {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

impl Cloud {
    fn new() -> Option<Self> {
        let log = flows(&flow_line(START, 9)).replace(" 9 ", " PORT ");
        let (mut child, line) = serve("follow.py", [log])?;
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let [url, queue, key, secret] = <[String; 4]>::try_from(words).unwrap_or_else(|_| panic!("it said `{line}`"));
        let answers = lines(BufReader::new(child.stdout.take().unwrap()));
        Some(Self { child, answers, folder: TempDir::new().unwrap(), url, queue, key, secret })
    }

    fn has(&mut self, act: &str) -> String {
        writeln!(self.child.stdin.as_mut().unwrap(), "{act}").unwrap();
        self.answers.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|error| panic!("{act}: {error}"))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("sightline"));
        command.args(arguments).env_clear().env("SIGHTLINE_LAKE", "s3://the-lake/prod").env("HOME", self.folder.path());
        command.env("AWS_ENDPOINT_URL", &self.url).env("AWS_REGION", "us-east-1").current_dir(self.folder.path());
        command.env("AWS_ACCESS_KEY_ID", &self.key).env("AWS_SECRET_ACCESS_KEY", &self.secret);
        command
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("SIGHTLINE_STATE_FOLDER", self.folder.path().join("state"));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn follow(&self, more: &[&str]) -> Follower {
        let mut command = self.command(&["ingest", "--follow", "--json", "--queue", &self.queue, "--threads", "1"]);
        command.args(["--queue-wait", "1", "--batch-time", "2", "--visibility", &VISIBILITY.to_string()]).args(more);
        Follower::new(command.spawn().unwrap())
    }

    fn rows(&self, sql: &str) -> Value {
        let output = self.command(&["query", "--json", sql]).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }

    /// Waits until so many objects are in the lake, and then holds that none is there twice.
    fn wait_for(&self, objects: u32) {
        let sql = "SELECT count(*) AS n, count(DISTINCT uri) AS uris FROM log_object WHERE seq > 0";
        let whole = json!([{ "n": objects, "uris": objects }]);
        let begun = Instant::now();
        while self.rows(sql) != whole {
            assert!(begun.elapsed() < Duration::from_secs(90), "{} and not {whole}", self.rows(sql));
            sleep(Duration::from_millis(300));
        }
        let sums = self.rows("SELECT sum(records) AS records, sum(packets) AS packets FROM flow");
        assert_eq!(sums, json!([{ "records": objects, "packets": 10 * objects }]));
    }

    /// Waits until so many messages are left in the queue.
    fn wait_for_left(&mut self, messages: &str) {
        let begun = Instant::now();
        while self.has("left") != messages {
            assert!(begun.elapsed() < Duration::from_secs(60), "{} are left", self.has("left"));
            sleep(Duration::from_millis(300));
        }
    }
}

/// Lines as they come.
fn lines(read: BufReader<ChildStdout>) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || read.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    lines
}

/// A worker that stays at a queue.
struct Follower {
    child: Child,
    rounds: Receiver<String>,
    errors: Receiver<String>,
    said: String,
}

impl Drop for Follower {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Follower {
    fn new(mut child: Child) -> Self {
        let rounds = lines(BufReader::new(child.stdout.take().unwrap()));
        let errors = pieces(child.stderr.take().unwrap());
        Self { child, rounds, errors, said: String::new() }
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits until it has said this on standard error, from now on.
    fn says(&mut self, text: &str) {
        let begun = Instant::now();
        while !self.said.contains(text) {
            assert!(begun.elapsed() < Duration::from_secs(60), "`{text}` is not in: {}", self.said);
            if let Ok(piece) = self.errors.recv_timeout(Duration::from_millis(100)) {
                self.said.push_str(&piece);
            }
        }
        self.said.clear();
    }

    fn ended(&mut self) -> ExitStatus {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "it goes on: {:?}",
                self.errors.try_iter().collect::<String>()
            );
            sleep(Duration::from_millis(50));
        }
    }

    /// The next round that is told, a line of JSON of one place.
    fn round(&self) -> Value {
        Self::of_place(&self.rounds.recv_timeout(Duration::from_secs(60)).unwrap())
    }

    fn of_place(line: &str) -> Value {
        let round: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        round.as_object().unwrap().values().next().unwrap().clone()
    }

    /// Those that are left, of one that has ended.
    fn rounds(&self) -> Vec<Value> {
        self.rounds.iter().map(|line| Self::of_place(&line)).collect()
    }
}

fn pieces(mut read: ChildStderr) -> Receiver<String> {
    let (sender, pieces) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4_096];
        while let Ok(length @ 1..) = read.read(&mut buffer) {
            if sender.send(String::from_utf8_lossy(&buffer[..length]).into_owned()).is_err() {
                break;
            }
        }
    });
    pieces
}

#[test]
fn what_comes_is_read_as_it_comes_until_ctrl_c() {
    let Some(mut cloud) = Cloud::new() else { return };
    let mut follower = cloud.follow(&[]);
    cloud.has("put 0 7");
    cloud.wait_for(7);
    // After a while without any.
    sleep(Duration::from_secs(6));
    cloud.has("put 7 30");
    cloud.wait_for(30);
    cloud.wait_for_left("0");
    sleep(Duration::from_secs(4));
    follower.signal("-INT");
    assert_eq!(follower.ended().code(), Some(0), "all was read");
    follower.says("stopping: what was read is being kept");
    let rounds = follower.rounds();
    let sum = |name: &str| rounds.iter().map(|round| round[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("objects"), sum("records")), (30, 30), "{rounds:?}");
    assert!(rounds.len() >= 2, "a round is told as it ends: {rounds:?}");

    // SIGTERM is what others send who end a worker. Nothing is read twice, and there is nothing to tell.
    let mut second = cloud.follow(&[]);
    cloud.has("noise");
    let round = second.round();
    assert_eq!(round["objects"], 0, "{round}");
    assert!(round["unlisted"][0]["error"].as_str().unwrap().contains("no JSON"), "{round}");
    second.signal("-TERM");
    assert_eq!(second.ended().code(), Some(3), "a message was not understood");
    cloud.wait_for_left("1");
    cloud.wait_for(30);
}

#[test]
fn what_a_killed_worker_held_is_read_by_the_next() {
    let Some(mut cloud) = Cloud::new() else { return };
    cloud.has("put 0 200");
    let mut read = 0;
    for round in 0..3 {
        let mut killed = cloud.follow(&["--batch-objects", "9"]);
        let begun = Instant::now();
        // Somewhere within a batch, each time at another place.
        while begun.elapsed() < Duration::from_secs(40) {
            let count = cloud.rows("SELECT count(*) AS n FROM log_object WHERE seq > 0")[0]["n"].as_u64().unwrap_or(0);
            if count > read {
                read = count;
                break;
            }
            sleep(Duration::from_millis(100 + 70 * round));
        }
        killed.child.kill().unwrap();
        killed.child.wait().unwrap();
    }
    assert!((1..200).contains(&read), "{read} were read by those that were killed");
    let mut follower = cloud.follow(&[]);
    cloud.has("put 200 220");
    cloud.wait_for(220);
    cloud.wait_for_left("0");
    // Asked twice within a batch it ends at once, which is as good.
    cloud.has("put 220 240");
    follower.signal("-INT");
    follower.ended();
    let mut last = cloud.follow(&[]);
    cloud.wait_for(240);
    cloud.wait_for_left("0");
    last.signal("-INT");
    last.ended();
}

/// A message whose object cannot be fetched is not held for ever: it comes again, to a worker that never ended.
#[test]
fn what_could_not_be_fetched_comes_again() {
    let Some(mut cloud) = Cloud::new() else { return };
    cloud.has("hide");
    let mut follower = cloud.follow(&[]);
    cloud.has("put 0 4");
    let round = follower.round();
    assert_eq!((&round["objects"], &round["denied"]), (&json!(0), &round["unreadable"]), "{round}");
    assert!(round["denied"].as_u64() >= Some(1), "{round}");
    cloud.has("show");
    cloud.wait_for(4);
    cloud.wait_for_left("0");
    follower.signal("-INT");
    assert_eq!(follower.ended().code(), Some(3), "it was told that something was not fetched");
}

#[test]
fn a_queue_that_refuses_is_told_and_tried_again() {
    let Some(mut cloud) = Cloud::new() else { return };
    cloud.has("deny");
    let mut follower = cloud.follow(&[]);
    follower.says("warning: cannot read the queue");
    follower.says("trying again in 2 s");
    cloud.has("put 0 5");
    cloud.has("allow");
    follower.says("is read again");
    cloud.wait_for(5);
    // While it works as well.
    cloud.has("deny");
    follower.says("trying again in 1 s");
    follower.signal("-INT");
    assert_eq!(follower.ended().code(), Some(3), "what is in the queue is not known");
    let rounds = follower.rounds();
    assert!(rounds[0]["error"].as_str().unwrap().contains("trying again in 1 s"), "{rounds:?}");
    assert!(rounds.iter().any(|round| round["objects"] == 5), "{rounds:?}");
}

#[test]
fn a_queue_that_is_gone_is_waited_for_and_not_for_ever() {
    let Some(mut cloud) = Cloud::new() else { return };
    let mut follower = cloud.follow(&["--gone-for", "5"]);
    cloud.has("put 0 3");
    cloud.wait_for(3);
    cloud.has("drop");
    follower.says("trying again in");
    cloud.has("make");
    follower.says("is read again");
    cloud.has("put 3 6");
    cloud.wait_for(6);
    cloud.has("drop");
    assert_eq!(follower.ended().code(), Some(2));
    follower.says("error: cannot read the queue");
    cloud.wait_for(6);
    // One that never was there is a wrong name.
    let mut wrong = cloud.follow(&[]);
    assert_eq!(wrong.ended().code(), Some(2));
    wrong.says("NonExistentQueue");
}

#[test]
fn what_waiting_does_not_mend_ends_it() {
    let Some(cloud) = Cloud::new() else { return };
    let folder = cloud.folder.path().join("lake");
    let told = |change: &dyn Fn(&mut Command), arguments: &[&str]| {
        let mut command = cloud.command(arguments);
        change(command.env("SIGHTLINE_LAKE", &folder));
        let mut follower = Follower::new(command.spawn().unwrap());
        assert_eq!(follower.ended().code(), Some(2), "{arguments:?}");
        follower.errors.iter().collect::<String>()
    };
    let without_keys = |command: &mut Command| {
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
    };
    let said = told(&without_keys, &["ingest", "--follow", "--queue", &cloud.queue, "--queue-wait", "1"]);
    assert!(said.contains("error: cannot read the queue") && said.contains("credentials"), "{said}");
    let said = told(&|_| (), &["ingest", "--follow", "s3://the-logs/"]);
    assert!(said.contains("`--follow` stays at queues, and `s3://the-logs/` is none"), "{said}");
}
