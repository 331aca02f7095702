//! Several workers over one place, killed at random: each object once. A thousand objects, or as many as `SIGHTLINE_SHARD_OBJECTS` says
//! (`SIGHTLINE_SHARD_TOLD`: those that a queue tells of), with `SIGHTLINE_SHARD_KILLS` kills. Each comes `SIGHTLINE_SHARD_PAUSE_MS` after
//! the one before at most: with many objects kills shall come all the way, not in the first tenth alone.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "helpers of tests, bounds from the environment, tests that say that they are skipped"
)]

use crate::support::{START, flow_line, flows, serve};
use serde_json::{Value, json};
use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const WORKERS: usize = 3;

fn bound(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Where workers read and write.
struct Site {
    folder: TempDir,
    lake: String,
    places: Vec<String>,
    variables: Vec<(&'static str, String)>,
    objects: usize,
    /// each kill comes after so long, in milliseconds, at most
    longest: u64,
}

impl Site {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin("sightline"));
        command.args(arguments).env_clear().envs(self.variables.iter().map(|(name, value)| (*name, value)));
        command.env("SIGHTLINE_LAKE", &self.lake).env("HOME", self.folder.path()).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// A worker on a machine of its own: it shares nothing with others but the lake.
    fn worker(&self, index: usize) -> Command {
        let shard = format!("{}/{WORKERS}", index + 1);
        let mut command =
            self.command(&["ingest", "--json", "--batch-objects", "40", "--threads", "1", "--queue-wait", "1"]);
        command.args(["--visibility", "4", "--shard", &shard]).args(&self.places);
        command.env("SIGHTLINE_STATE_FOLDER", self.folder.path().join(format!("state-{index}")));
        command
    }

    fn rows(&self, sql: &str) -> Value {
        let output = self.command(&["query", "--json", sql]).output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Kills whom chance says, when chance says, and starts it again.
    fn disturb(&self, kills: usize, mut chance: Chance) {
        let mut workers: Vec<Child> = (0..WORKERS).map(|index| self.worker(index).spawn().unwrap()).collect();
        for _ in 0..kills {
            sleep(Duration::from_millis(50 + chance.next(self.longest)));
            let index = usize::try_from(chance.next(WORKERS as u64)).unwrap();
            workers[index].kill().unwrap();
            workers[index].wait().unwrap();
            workers[index] = self.worker(index).spawn().unwrap();
        }
        for mut worker in workers {
            worker.kill().unwrap();
            worker.wait().unwrap();
        }
    }

    /// All workers, until each comes to its end undisturbed.
    fn finish(&self) {
        let begun = Instant::now();
        let workers: Vec<Child> = (0..WORKERS).map(|index| self.worker(index).spawn().unwrap()).collect();
        for worker in workers {
            let output = worker.wait_with_output().unwrap();
            // 3: the message that is no news.
            assert!(matches!(output.status.code(), Some(0 | 3)), "{}", told(&output));
        }
        println!("the rest took {:?}", begun.elapsed());
    }

    fn assert_once(&self, shards_at_least: u64) {
        let objects = json!(self.objects);
        let read = self.rows("SELECT count(*) AS n, count(DISTINCT uri) AS uris FROM log_object WHERE seq > 0");
        assert_eq!((&read[0]["n"], &read[0]["uris"]), (&objects, &objects), "{read}");
        let sums = self.rows(
            "SELECT sum(records) AS records, sum(packets) AS packets, count(DISTINCT server_port) AS ports FROM flow",
        );
        assert_eq!((&sums[0]["records"], &sums[0]["packets"]), (&objects, &json!(10 * self.objects)), "{sums}");
        let shards = self.rows("SELECT count(DISTINCT shard) AS n FROM log_object");
        assert!(shards[0]["n"].as_u64().unwrap() >= shards_at_least, "not all workers had work: {shards}");
    }
}

fn told(output: &Output) -> String {
    format!("{} {}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The same numbers each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

/// One record of ten packets; the port makes each log another.
fn log() -> String {
    flows(&flow_line(START, 9)).replace(" 9 ", " PORT ")
}

struct Cloud {
    child: Child,
    url: String,
    queue: String,
}

impl Drop for Cloud {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// A bucket of so many logs, and a queue that tells of so many of them.
fn cloud(objects: usize, told: usize) -> Option<Cloud> {
    let (child, line) = serve("shards.py", [told.to_string(), objects.to_string(), log()])?;
    let (url, queue) = line.trim().split_once(' ').unwrap();
    Some(Cloud { child, url: url.to_owned(), queue: queue.to_owned() })
}

fn in_cloud<const N: usize>(cloud: &Cloud, places: [&str; N], objects: usize) -> Site {
    let variables = [
        ("AWS_ENDPOINT_URL", cloud.url.as_str()),
        ("AWS_ACCESS_KEY_ID", "123456789012"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    Site {
        folder: TempDir::new().unwrap(),
        lake: "s3://the-lake/prod".to_owned(),
        places: places.map(str::to_owned).to_vec(),
        variables: variables.map(|(name, value)| (name, value.to_owned())).to_vec(),
        objects,
        longest: bound("SIGHTLINE_SHARD_PAUSE_MS", 2_500) as u64,
    }
}

#[test]
fn workers_over_a_folder() {
    let objects = bound("SIGHTLINE_SHARD_OBJECTS", 1_000);
    let folder = TempDir::new().unwrap();
    let logs = folder.path().join("logs/AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22");
    fs::create_dir_all(&logs).unwrap();
    for number in 0..objects {
        let name = format!("123456789012_vpcflowlogs_us-east-1_fl-1_20261122T0300Z_{number:05}.log");
        fs::write(logs.join(name), log().replace("PORT", &(1_024 + number).to_string())).unwrap();
    }
    let lake = folder.path().join("lake").to_str().unwrap().to_owned();
    let places = vec![folder.path().join("logs").to_str().unwrap().to_owned()];
    let site = Site {
        folder,
        lake,
        places,
        variables: vec![],
        objects,
        longest: bound("SIGHTLINE_SHARD_PAUSE_MS", 1_500) as u64,
    };
    site.disturb(bound("SIGHTLINE_SHARD_KILLS", 8), Chance(1));
    site.finish();
    site.assert_once(WORKERS as u64);
    let claims = fs::read_dir(site.folder.path().join("lake/claims")).unwrap().count();
    assert_eq!(claims, 0, "a claim was left");
}

#[test]
fn workers_over_a_bucket_into_a_bucket() {
    let objects = bound("SIGHTLINE_SHARD_OBJECTS", 1_000);
    let Some(cloud) = cloud(objects, 0) else { return };
    let site = in_cloud(&cloud, ["s3://the-logs/AWSLogs/"], objects);
    site.disturb(bound("SIGHTLINE_SHARD_KILLS", 8), Chance(2));
    site.finish();
    site.assert_once(WORKERS as u64);
}

/// Each fifth object is told of twice, to whomever SQS gives the messages; one message is no news, and stays.
#[test]
fn workers_over_one_queue() {
    let objects = bound("SIGHTLINE_SHARD_TOLD", 200);
    let Some(cloud) = cloud(objects, objects) else { return };
    let site = in_cloud(&cloud, ["--queue", &cloud.queue], objects);
    site.disturb(bound("SIGHTLINE_SHARD_KILLS", 4), Chance(3));
    // What the killed held comes again.
    sleep(Duration::from_secs(5));
    site.finish();
    sleep(Duration::from_secs(5));
    site.finish();
    site.assert_once(2);
}

/// Workers that were all told to read everything: time is lost, no row is.
#[test]
fn workers_that_were_dealt_the_same() {
    let folder = TempDir::new().unwrap();
    let objects = 120;
    fs::create_dir_all(folder.path().join("logs")).unwrap();
    for number in 0..objects {
        fs::write(
            folder.path().join(format!("logs/{number}.log")),
            log().replace("PORT", &(1_024 + number).to_string()),
        )
        .unwrap();
    }
    let lake = folder.path().join("lake").to_str().unwrap().to_owned();
    let logs = folder.path().join("logs").to_str().unwrap().to_owned();
    let site = Site { folder, lake, places: vec![], variables: vec![], objects, longest: 0 };
    // Parts of one, of two and of three: each object is in two of them at least.
    let shards: [&[&str]; 4] = [&[], &["--shard", "1/2"], &["--shard", "2/2"], &["--shard", "1/1"]];
    let start = |shard: &&[&str]| {
        let mut command = site.command(&["ingest", "--json", "--batch-objects", "15", "--threads", "1", &logs]);
        command.args(*shard).spawn().unwrap()
    };
    let workers: Vec<Child> = shards.iter().map(start).collect();
    for worker in workers {
        let output = worker.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", told(&output));
    }
    let read = site.rows("SELECT count(*) AS n, count(DISTINCT uri) AS uris FROM log_object WHERE seq > 0");
    assert_eq!((&read[0]["n"], &read[0]["uris"]), (&json!(objects), &json!(objects)));
    let sums = site.rows("SELECT sum(records) AS records FROM flow");
    assert_eq!(sums[0]["records"], json!(objects));
}
