//! The driver over a real lake in a temporary folder.

use super::commit::last_claim;
use super::object::unread_row;
use super::run::Run;
use super::shard::WHOLE;
use super::*;
use flate2::{Compression, write::GzEncoder};
use jiff::Timestamp;
use serde_json::{Value, json};
use sightline_aws::{Aws, Emulated};
use sightline_lake::Staged;
use sightline_model::lake_table::{API_CALL, LOG_OBJECT};
use sightline_model::log::LogObject;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use wiremock::matchers::{method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

const FLOWS: &str = "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22";
const TRAIL: &str = "AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/22";

struct Place {
    folder: TempDir,
    lake: Lake,
}

impl Place {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
        fs::create_dir(folder.path().join("logs")).unwrap();
        Self { folder, lake }
    }

    fn logs(&self) -> PathBuf {
        self.folder.path().join("logs")
    }

    fn put(&self, key: &str, bytes: &[u8]) -> PathBuf {
        let path = self.logs().join(key);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    fn store(&self) -> LogStore {
        LogStore::folder(&self.logs()).unwrap()
    }

    async fn ingest(&self) -> IngestSummary {
        self.ingest_with(options()).await
    }

    async fn ingest_with(&self, options: IngestOptions) -> IngestSummary {
        ingest(&self.store(), &self.lake, options, &Quiet).await.unwrap()
    }

    async fn sql(&self, sql: &str) -> Value {
        let rows = self.lake.session(&[]).await.unwrap().sql(sql).await.unwrap().rows().unwrap();
        rows.into_iter().map(|row| row.into_iter().map(|(_, value)| value).collect::<Value>()).collect()
    }

    /// Rows, packets and records of flows, events, gaps.
    async fn totals(&self) -> Value {
        let flows = self.sql("SELECT count(*), coalesce(sum(packets), 0), coalesce(sum(records), 0) FROM flow").await;
        let calls = self.sql("SELECT count(*) FROM api_call").await;
        let gaps = self.sql("SELECT count(*) FROM log_gap").await;
        json!([flows[0], calls[0][0], gaps[0][0]])
    }
}

fn options() -> IngestOptions {
    IngestOptions::new(Arc::new(|| Timestamp::UNIX_EPOCH))
}

fn flow(packets: u32) -> String {
    format!("2 123456789012 eni-1 10.0.0.5 10.0.1.9 49152 443 6 {packets} 1000 1763781000 1763781060 ACCEPT OK\n")
}

fn trail(events: usize) -> Vec<u8> {
    let event = |n| json!({"eventID": n, "eventTime": "2026-11-22T03:04:05Z", "eventSource": "s3.amazonaws.com", "eventName": "GetObject"});
    json!({ "Records": (0..events).map(event).collect::<Vec<_>>() }).to_string().into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn each_object_once() {
    let place = Place::new().await;
    place.put(&format!("{FLOWS}/a.log.gz"), &gzip(flow(1).repeat(3).as_bytes()));
    let changing = place.put(&format!("{FLOWS}/b.log"), flow(10).as_bytes());
    place.put(&format!("{TRAIL}/c.json.gz"), &gzip(&trail(4)));
    place.put("AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/11/22/d.json.gz", b"");
    place.put("notes.txt", b"hello\n");
    let gap = "2 123456789012 eni-1 - - - - - - - 1763781000 1763781060 - SKIPDATA\n";
    place.put(&format!("{FLOWS}/e.log"), gap.as_bytes());

    let first = place.ingest().await;
    assert_eq!(
        (first.objects, first.records, first.rejects, first.gaps, first.ignored, first.passed_over),
        (4, 9, 0, 1, 1, 1)
    );
    assert_eq!(first.by_source.keys().collect::<Vec<_>>(), ["cloudtrail", "vpc_flow"]);
    // Two objects, one row: they are of one hour and batch.
    let expected = json!([[1, 13, 4], 4, 1]);
    assert_eq!(place.totals().await, expected);

    let second = place.ingest().await;
    assert_eq!((second.objects, second.skipped_already, second.passed_over), (0, 5, 1));
    assert_eq!(place.totals().await, expected);
    assert_eq!(place.sql("SELECT count(*) FROM log_object").await, json!([[5]]));

    fs::write(changing, flow(10).repeat(2)).unwrap();
    assert_eq!(place.ingest().await.objects, 1);
    assert_eq!(place.totals().await, json!([[2, 33, 6], 4, 1]));
}

/// The listing is looked up chunk by chunk, ahead of the batches: copies stand in the chunk after that of their originals.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_a_copy_in_a_later_chunk_too() {
    for originals in [150_u32, 200, 250, 300] {
        let place = Place::new().await;
        for packets in 1..=originals {
            place.put(&format!("{FLOWS}/a{packets:04}.log"), flow(packets).as_bytes());
            place.put(&format!("{FLOWS}/b{packets:04}.log"), flow(packets).as_bytes());
        }
        let summary = place.ingest_with(IngestOptions { batch_objects: 20, ..options() }).await;
        let count = u64::from(originals);
        assert_eq!((summary.objects, summary.duplicates), (count, count), "{originals}");
        assert_eq!(place.sql("SELECT sum(records) FROM flow").await, json!([[originals]]), "{originals}");
    }
}

#[tokio::test]
async fn bad_objects_are_counted_and_cost_themselves() {
    let place = Place::new().await;
    let whole = gzip(flow(1).repeat(5000).as_bytes());
    place.put(&format!("{FLOWS}/bomb.log.gz"), &gzip(&vec![b'\n'; 1 << 20]));
    place.put(&format!("{FLOWS}/cut.log.gz"), &whole[..whole.len() / 2]);
    place.put(&format!("{FLOWS}/empty.log.gz"), b"");
    place.put(&format!("{FLOWS}/garbage.log"), b"\xff\xfe\x00\x01garbage\nmore\n");
    place.put(&format!("{FLOWS}/good.log"), flow(1).as_bytes());

    let mut bounds = options();
    (bounds.limits.content, bounds.limits.expansion) = (1 << 19, 0);
    let summary = place.ingest_with(bounds.clone()).await;
    let listed = "SELECT substr(uri, strpos(uri, '22/') + 3), status, error FROM log_object ORDER BY 1";
    let objects = place.sql(listed).await;
    assert_eq!((&objects[0][0], &objects[0][1]), (&json!("bomb.log.gz"), &json!("unreadable")));
    assert!(objects[0][2].as_str().unwrap().ends_with("this is no log, the rest is not read"), "{objects}");
    assert_eq!((&objects[1][0], &objects[1][1]), (&json!("cut.log.gz"), &json!("partial")));
    assert_eq!(objects[2], json!(["empty.log.gz", "read", ""]));
    assert_eq!(objects[3], json!(["garbage.log", "unreadable", ""]));
    assert_eq!(objects[4], json!(["good.log", "read", ""]));
    assert_eq!((summary.objects, summary.unreadable, summary.denied), (5, 0, 0));
    assert!(summary.is_incomplete());
    assert!(summary.reject_samples.iter().any(|reject| reject.uri.ends_with("garbage.log") && reject.line == 1));
    let again = place.ingest_with(bounds).await;
    assert_eq!((again.objects, again.skipped_already), (0, 5));
    assert_eq!(place.sql(listed).await, objects);
}

/// Reads the logs as one batch up to its claim.
async fn prepared(place: &Place) -> (i64, Vec<LogObject>, Vec<Staged>) {
    let (store, options) = (place.store(), options());
    let mut run = Run::begin(&store, &place.lake, &options, &Quiet).await.unwrap();
    let mut batch = run.batch().await.unwrap();
    let (rows, staged) = run.prepare(&mut batch).await.unwrap();
    (last_claim(&place.lake, WHOLE).await.unwrap(), rows, staged)
}

/// How far an ingest got before it was killed.
#[derive(Clone, Copy)]
enum Killed {
    Staged,
    ClaimWritten,
    Claimed,
    OneTable,
    AllTables,
}

async fn kill(place: &Place, when: Killed) {
    let (after, mut rows, staged) = prepared(place).await;
    let mut seq = after + 1;
    let steps = when as u8;
    if steps >= Killed::ClaimWritten as u8 {
        seq = place.lake.save_claim(WHOLE, after, &staged).await.unwrap();
        rows.iter_mut().for_each(|row| row.seq = seq);
    }
    if steps >= Killed::Claimed as u8 {
        place.lake.append_once(LOG_OBJECT, &rows, WHOLE, seq).await.unwrap();
    }
    for table in sightline_model::lake_table::LOG_TARGETS {
        let files: Vec<Staged> = staged.iter().filter(|staged| staged.table() == table.name).cloned().collect();
        let reached = if table == API_CALL { Killed::OneTable } else { Killed::AllTables };
        if steps >= reached as u8 && !files.is_empty() {
            place.lake.commit_staged(table, &files, WHOLE, seq).await.unwrap();
        }
    }
}

/// Wherever an ingest is killed, the next one brings each row once; what was claimed is not read again.
#[tokio::test]
async fn killed_at_each_step() {
    let steps = [Killed::Staged, Killed::ClaimWritten, Killed::Claimed, Killed::OneTable, Killed::AllTables];
    for when in steps {
        let place = Place::new().await;
        let flows = place.put(&format!("{FLOWS}/a.log"), flow(1).as_bytes());
        place.put(&format!("{TRAIL}/b.json"), &trail(4));
        kill(&place, when).await;
        let is_claimed = when as u8 >= Killed::Claimed as u8;
        if is_claimed {
            // Not even the object is needed any more.
            fs::remove_file(flows).unwrap();
        }
        let summary = place.ingest().await;
        let recovered = if matches!(when, Killed::Claimed | Killed::OneTable) { 2 } else { 0 };
        let expected = if is_claimed { (recovered, 0, 1) } else { (0, 2, 0) };
        assert_eq!((summary.recovered, summary.objects, summary.skipped_already), expected, "{}", when as u8);
        for _ in 0..2 {
            assert_eq!(place.totals().await, json!([[1, 1, 1], 4, 0]), "{}", when as u8);
            assert_eq!(place.ingest().await.recovered, 0);
        }
    }
}

#[tokio::test]
async fn the_same_object_under_two_keys() {
    let place = Place::new().await;
    place.put(&format!("{FLOWS}/a.log"), flow(1).as_bytes());
    place.put(&format!("{FLOWS}/b.log"), flow(1).as_bytes());
    let summary = place.ingest().await;
    assert_eq!((summary.objects, summary.duplicates), (1, 1));
    place.put(&format!("{FLOWS}/c.log"), flow(1).as_bytes());
    let summary = place.ingest().await;
    assert_eq!((summary.objects, summary.duplicates, summary.skipped_already), (0, 1, 2));
    assert_eq!(place.totals().await, json!([[1, 1, 1], 0, 0]));
    let expected = json!([["duplicate", 2], ["read", 1]]);
    assert_eq!(place.sql("SELECT status, count(*) FROM log_object GROUP BY 1 ORDER BY 1").await, expected);
}

/// Many batches, rollups that overflow, several threads: nothing is lost or doubled.
#[tokio::test]
async fn many_batches_and_small_bounds() {
    let place = Place::new().await;
    for object in 0..40 {
        let mut text = String::from("srcaddr dstaddr start packets log-status\n");
        for record in 0..50 {
            text.push_str(&format!("10.0.{object}.{record} 10.0.0.1 1763781000 1 OK\n"));
        }
        place.put(&format!("{FLOWS}/{object:02}.log"), text.as_bytes());
    }
    let mut options = IngestOptions { batch_objects: 7, workers: 3, concurrency: 4, in_flight: 4096, ..options() };
    options.limits.groups = 16;
    let summary = place.ingest_with(options).await;
    assert_eq!((summary.objects, summary.records), (40, 2000));
    assert_eq!(place.sql("SELECT sum(packets), sum(records) FROM flow").await, json!([[2000, 2000]]));
    assert!(last_claim(&place.lake, WHOLE).await.unwrap() >= 3);
}

#[tokio::test]
async fn large_objects_are_streamed() {
    let place = Place::new().await;
    let mut text = String::from("srcaddr dstaddr start packets log-status\n");
    for n in 0..20_000 {
        text.push_str(&format!("10.{}.{}.{} 10.0.0.1 1763781000 1 OK\n", n >> 16, (n >> 8) & 255, n & 255));
    }
    place.put(&format!("{FLOWS}/large.log"), text.as_bytes());
    place.put(&format!("{FLOWS}/large.log.gz"), &gzip(text.replace(" 1 OK", " 2 OK").as_bytes()));
    place.put(&format!("{FLOWS}/small.log"), flow(1).as_bytes());
    let mut options = options();
    options.bounds.whole = 1000;
    assert_eq!(place.ingest_with(options.clone()).await.objects, 3);
    assert_eq!(place.sql("SELECT sum(packets), sum(records) FROM flow").await, json!([[60_001, 40_001]]));
    // A copy is noticed also where it is streamed.
    place.put(&format!("{FLOWS}/copy.log"), text.as_bytes());
    assert_eq!(place.ingest_with(options).await.duplicates, 1);
    assert_eq!(place.sql("SELECT sum(packets), sum(records) FROM flow").await, json!([[60_001, 40_001]]));
}

#[tokio::test]
async fn a_survey_reads_nothing() {
    let place = Place::new().await;
    place.put(&format!("{FLOWS}/a.log"), flow(1).as_bytes());
    place.ingest().await;
    place.put(&format!("{TRAIL}/b.json"), &trail(4));
    place.put("AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/11/22/d.json.gz", b"");
    place.put("notes.txt", b"hello\n");
    let found = survey(&place.store(), &place.lake, &options()).await.unwrap();
    let sources: Vec<&str> = found.by_source.keys().map(String::as_str).collect();
    assert_eq!((found.objects, found.skipped_already, found.passed_over), (2, 1, 1));
    assert_eq!(sources, ["cloudtrail", "told by content"]);
    assert_eq!(place.totals().await, json!([[1, 1, 1], 0, 0]));
}

#[tokio::test]
async fn since_cancel_and_lock() {
    let place = Place::new().await;
    let old = place.put(&format!("{FLOWS}/old.log"), flow(1).as_bytes());
    place.put(&format!("{FLOWS}/new.log"), flow(1).as_bytes());
    let long_ago = Timestamp::UNIX_EPOCH.into();
    fs::File::options().write(true).open(old).unwrap().set_modified(long_ago).unwrap();
    let cancelled = options();
    cancelled.cancel.cancel();
    let summary = place.ingest_with(cancelled).await;
    assert_eq!((summary.cancelled, summary.objects, summary.is_incomplete()), (true, 0, true));

    let since = IngestOptions { since: Some("2020-01-01T00:00:00Z".parse().unwrap()), ..options() };
    let summary = place.ingest_with(since).await;
    assert_eq!((summary.objects, summary.skipped_old), (1, 1));

    let _lock = place.lake.lock("ingest", "test").unwrap();
    let error = ingest(&place.store(), &place.lake, options(), &Quiet).await.unwrap_err().to_string();
    assert!(error.starts_with("`ingest` is already writing to this lake"), "{error}");
}

#[test]
fn a_folder_that_does_not_exist() {
    let error = LogStore::folder("/no/such/folder".as_ref()).unwrap_err();
    assert_eq!(error.to_string(), "cannot read logs from `/no/such/folder`: there is no such file or folder");
}

fn listing(entries: &[(&str, usize)]) -> String {
    let contents: String = entries
        .iter()
        .map(|(key, size)| {
            format!("<Contents><Key>{key}</Key><LastModified>2026-11-22T03:00:00.000Z</LastModified><ETag>&quot;e1&quot;</ETag><Size>{size}</Size></Contents>")
        })
        .collect();
    format!("<ListBucketResult><Name>logs</Name><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>")
}

fn s3_error(status: u16, code: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_string(format!("<Error><Code>{code}</Code><Message>no</Message></Error>"))
}

async fn bucket(server: &MockServer) -> LogStore {
    let location = ResponseTemplate::new(200).set_body_string("<LocationConstraint>eu-west-1</LocationConstraint>");
    Mock::given(method("GET"))
        .and(path("/logs"))
        .and(query_param("location", ""))
        .respond_with(location)
        .mount(server)
        .await;
    let aws = Aws::emulated(Emulated {
        endpoint: server.uri(),
        access_key_id: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
        ..Emulated::default()
    });
    LogStore::s3_address(&aws, "s3://logs/AWSLogs").unwrap()
}

#[tokio::test]
async fn denied_objects_of_a_bucket_are_tried_again() {
    let server = MockServer::start().await;
    let store = bucket(&server).await;
    let (good, denied) = (format!("{FLOWS}/good.log"), format!("{FLOWS}/denied.log"));
    let size = flow(1).len();
    let page =
        ResponseTemplate::new(200).set_body_string(listing(&[(&denied, size), ("AWSLogs/folder/", 0), (&good, size)]));
    Mock::given(method("GET"))
        .and(path("/logs"))
        .and(query_param("list-type", "2"))
        .respond_with(page)
        .mount(&server)
        .await;
    let body = ResponseTemplate::new(200).set_body_bytes(flow(1));
    Mock::given(method("GET"))
        .and(path(format!("/logs/{good}")))
        .respond_with(body.clone())
        .expect(1)
        .mount(&server)
        .await;
    let refusal =
        Mock::given(method("GET")).and(path(format!("/logs/{denied}"))).respond_with(s3_error(403, "AccessDenied"));
    let refusal = refusal.mount_as_scoped(&server).await;

    let place = Place::new().await;
    let first = ingest(&store, &place.lake, options(), &Quiet).await.unwrap();
    assert_eq!((first.objects, first.unreadable, first.denied), (1, 1, 1));
    assert!(
        first.unreadable_samples[0].error.contains("s3:GetObject in eu-west-1: AccessDenied"),
        "{:?}",
        first.unreadable_samples
    );
    assert_eq!(
        place.sql("SELECT status, seq FROM log_object ORDER BY seq").await,
        json!([["unreadable", 0], ["read", 1]])
    );

    drop(refusal);
    // Other content: a copy of the first would be passed over.
    let body = ResponseTemplate::new(200).set_body_bytes(flow(2));
    Mock::given(method("GET")).and(path(format!("/logs/{denied}"))).respond_with(body).mount(&server).await;
    let second = ingest(&store, &place.lake, options(), &Quiet).await.unwrap();
    assert_eq!((second.objects, second.unreadable, second.skipped_already), (1, 0, 1));
    assert_eq!(place.sql("SELECT sum(packets) FROM flow").await, json!([[3]]));
}

#[tokio::test]
async fn a_bucket_that_cannot_be_listed() {
    let server = MockServer::start().await;
    let store = bucket(&server).await;
    Mock::given(query_param("list-type", "2")).respond_with(s3_error(403, "AccessDenied")).mount(&server).await;
    let place = Place::new().await;
    let error = ingest(&store, &place.lake, options(), &Quiet).await.unwrap_err().to_string();
    assert!(
        error.starts_with(
            "cannot list the log objects of `s3://logs/AWSLogs`: s3:ListObjectsV2 in eu-west-1: AccessDenied"
        ),
        "{error}"
    );
}

#[tokio::test]
async fn expired_credentials_end_the_ingest() {
    let server = MockServer::start().await;
    let store = bucket(&server).await;
    let page = ResponseTemplate::new(200).set_body_string(listing(&[("AWSLogs/a", 1), ("AWSLogs/b", 1)]));
    Mock::given(query_param("list-type", "2")).respond_with(page).mount(&server).await;
    Mock::given(path("/logs/AWSLogs/a")).respond_with(s3_error(400, "ExpiredToken")).mount(&server).await;
    Mock::given(path("/logs/AWSLogs/b")).respond_with(s3_error(400, "ExpiredToken")).mount(&server).await;
    let place = Place::new().await;
    let error = ingest(&store, &place.lake, options(), &Quiet).await.unwrap_err().to_string();
    assert!(error.starts_with("cannot go on reading logs") && error.contains("ExpiredToken"), "{error}");
}

#[test]
fn the_unread_row_keeps_the_object() {
    let listed = Listed { uri: "s3://b/k".into(), key: "k".into(), version: "v".into(), size: 7, ..Listed::default() };
    let row = unread_row(&listed, "denied");
    assert_eq!(
        (row.uri.as_str(), row.version.as_str(), row.size, row.status.as_str(), row.seq),
        ("s3://b/k", "v", 7, "unreadable", 0)
    );
}
