//! Content that no service writes: counted, told with its reason, never fatal, and never more than bounded memory.

use super::{Place, cut, flow, key, summary, trail};
use crate::support::{Ended, START, flow_line, flows, gzip};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Child, ExitStatus};
use std::thread;
use std::time::Duration;

/// Kilobytes that a process may hold at its highest.
const MEMORY: u64 = 512 << 10;

/// Waits for the end and returns the most memory that it ever held, in kilobytes; 0 where the system does not tell.
fn watched(child: &mut Child) -> (ExitStatus, u64) {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        let told = fs::read_to_string(&status).unwrap_or_default();
        let held = told.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(held.unwrap_or(0));
        if let Some(ended) = child.try_wait().unwrap() {
            return (ended, most);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Reads the folder of logs in bounded memory.
fn ingest(place: &Place, arguments: &[&str]) -> Ended {
    let mut child = place.start(arguments);
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let reader = thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).map(|_| text)
    });
    let (ended, most) = watched(&mut child);
    let mut told = String::new();
    err.read_to_string(&mut told).unwrap();
    assert!(!told.contains("panicked"), "{told}");
    assert!(most < MEMORY, "{most} kB were held");
    if most == 0 {
        println!("skipped: this system does not tell how much memory a process holds");
    }
    Ended { code: ended.code(), out: reader.join().unwrap().unwrap(), err: told }
}

/// Status, records and what was said, by the name of the file.
fn objects(place: &Place) -> BTreeMap<String, (String, u64, String)> {
    let rows = place.rows("SELECT uri, status, records, rejects, error, reject_reasons AS reasons FROM log_object");
    let read = |row: &Value| {
        let name = row["uri"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let status = row["status"].as_str().unwrap().to_owned();
        assert_eq!(row["rejects"] != 0, row["reasons"] != json!({}), "rejects have a reason: {row}");
        let said = format!("{}{}", row["error"].as_str().unwrap(), row["reasons"]);
        (name, (status, row["records"].as_u64().unwrap(), said))
    };
    rows.as_array().unwrap().iter().map(read).collect()
}

fn name_of(key: &str) -> &str {
    key.rsplit('/').next().unwrap()
}

/// One record and then a bomb: members that unpack to a thousand times what is stored.
fn bomb(megabytes: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(" ".repeat(1 << 20).as_bytes()).unwrap();
    encoder.write_all(b"\n").unwrap();
    let member = encoder.finish().unwrap();
    [gzip(&flows(&flow_line(START, 1))), member.repeat(megabytes)].concat()
}

#[test]
fn cut_bombs_and_long_lines() {
    let place = Place::new();
    place.put("good.log", flow(START, 7));
    place.put("cut.log.gz", cut(&flows(&flow_line(START, 8).repeat(2_000))));
    place.put("bomb.log.gz", bomb(1_800));
    let mut members = gzip(&flows(&flow_line(START, 9)));
    members.extend(gzip("").repeat(500_000));
    place.put("members.log.gz", members);
    let mut line = flow(START, 10);
    line.resize(100 << 20, b'2');
    place.put("line.log", line);
    let mut text = String::from("{\"Records\":[{\"eventVersion\":\"1.11\",\"eventID\":\"");
    text.push_str(&"x".repeat(100 << 20));
    place.put(&key("trail", "line"), &text);
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    place.put(&key("trail", "packed"), packed.finish().unwrap());

    let ended = ingest(&place, &["logs"]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    let told = objects(&place);
    let of = |name: &str| told.get(name).unwrap_or_else(|| panic!("{name}: {told:?}"));
    assert_eq!((of("good.log").0.as_str(), of("good.log").1), ("read", 1));
    assert_eq!(of("cut.log.gz").0, "partial");
    assert!(of("cut.log.gz").2.contains("cut or broken"), "{told:?}");
    assert_eq!((of("bomb.log.gz").0.as_str(), of("bomb.log.gz").1), ("partial", 1));
    assert!(of("bomb.log.gz").2.contains("the rest is not read"), "{told:?}");
    assert_eq!((of("members.log.gz").0.as_str(), of("members.log.gz").1), ("read", 1));
    assert_eq!((of("line.log").0.as_str(), of("line.log").1), ("partial", 1));
    for name in ["line", "packed"] {
        let (status, records, said) = of(name_of(&key("trail", name)));
        assert_eq!((status.as_str(), *records), ("unreadable", 0), "{said}");
    }
    assert_eq!(summary(&place.ingest(&["logs"]))["skipped_already"], 7);
    place.assert_sound();
}

/// A Parquet file, as the lake itself writes them.
fn parquet() -> Vec<u8> {
    let place = Place::new();
    place.put("a.log", flow(START, 1));
    place.ingest(&["logs"]);
    let files = fs::read_dir(place.lake().join("flow")).unwrap().map(|entry| entry.unwrap().path());
    fs::read(files.into_iter().find(|path| path.extension().is_some_and(|one| one == "parquet")).unwrap()).unwrap()
}

#[test]
fn garbage_under_the_name_of_each_source() {
    let place = Place::new();
    let mut state = 1_u64;
    let mut garbage = |length: usize| -> Vec<u8> {
        let next = |_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        };
        (0..length).map(next).collect()
    };
    for source in ["flow", "trail", "invocation", "dns"] {
        place.put(&key(source, "garbage"), garbage(1 << 20));
        let packed = String::from_utf8_lossy(&garbage(1 << 16)).into_owned();
        place.put(&key(source, "packed"), gzip(&packed));
        let mut gzip_head = vec![0x1f, 0x8b, 8, 0];
        gzip_head.extend(garbage(1_000));
        place.put(&key(source, "head"), gzip_head);
        place.put(&key(source, "nul"), vec![0; 70_000 + source.len()]);
        place.put(&key(source, "empty"), "");
        // What is of another source than its name says.
        place.put(
            &key(source, "other"),
            if source == "flow" {
                trail(0..2)
            } else {
                String::from_utf8(flow(START, u16::try_from(source.len()).unwrap())).unwrap()
            },
        );
    }
    let whole = parquet();
    let (half, end) = (whole.len() / 2, whole.len() - 4);
    for (name, bytes) in [("half", &whole[..half]), ("tail", &whole[..end]), ("other", &whole[..])] {
        place.put(&format!("{}.parquet", key("flow", name)), bytes);
    }
    let ended = ingest(&place, &["logs"]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    let told = summary(&ended);
    let rows = place.rows("SELECT count(*) AS n FROM log_object")[0]["n"].as_u64().unwrap();
    assert_eq!(rows, 4 * 6 + 3, "each is counted: {told}");
    assert_eq!(told["unreadable"], 0, "each was fetched: {told}");
    let objects = objects(&place);
    for name in ["half", "tail", "other"] {
        let (status, records, said) = &objects[name_of(&format!("{}.parquet", key("flow", name)))];
        assert!(status == "unreadable" && *records == 0 && said.len() > 10, "{name}: {status} {said}");
    }
    for source in ["flow", "trail", "invocation", "dns"] {
        let (status, records, said) = &objects[name_of(&key(source, "garbage"))];
        assert!((status == "unreadable" || status == "ignored") && *records == 0, "{source}: {status} {said}");
    }
    assert_eq!(summary(&place.ingest(&["logs"]))["objects"], 0);
    place.assert_sound();
}

/// Brackets in brackets, under every source that reads JSON, and numbers and keys without end.
#[test]
fn deep_json() {
    let place = Place::new();
    let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let open = "[".repeat(1 << 20);
    let good = trail(0..1);
    let with =
        |value: &str| good.replacen("\"InvokeModel\"", &format!("\"InvokeModel\",\"requestParameters\":{value}"), 1);
    place.put(&key("trail", "deep"), gzip(&with(&deep)));
    place.put(&key("trail", "open"), gzip(&with(&open)));
    place.put(&key("trail", "number"), gzip(&with(&"9".repeat(1 << 20)).replace("e-0", "e-1")));
    place.put(&key("trail", "bad_id"), gzip(&good.replace("123456789012", "\\u0000\\ud800' OR 1=1 --")));
    for (name, record) in [
        (
            "queries.log",
            "{\"version\":\"1.100000\",\"account_id\":\"123456789012\",\"region\":\"us-east-1\",\"vpc_id\":\"vpc-1\",\"query_timestamp\":\"2026-11-22T03:04:05Z\",\"query_name\":\"a.\",\"query_type\":\"A\",\"answers\":DEEP}",
        ),
        (
            "invocations.json",
            "{\"schemaType\":\"ModelInvocationLog\",\"schemaVersion\":\"1.0\",\"timestamp\":\"2026-11-22T03:04:05Z\",\"accountId\":\"123456789012\",\"region\":\"us-east-1\",\"requestId\":\"r\",\"operation\":\"Converse\",\"modelId\":\"m\",\"input\":{\"inputBodyJson\":DEEP}}",
        ),
        (
            "audit.log",
            "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"Request\",\"auditID\":\"a-1\",\"stage\":\"ResponseComplete\",\"requestURI\":\"/x\",\"verb\":\"get\",\"user\":{\"username\":\"admin\"},\"stageTimestamp\":\"2026-11-22T03:04:05.223456Z\",\"requestObject\":DEEP}",
        ),
        (
            "capture.jsonl",
            "{\"captureData\":{\"endpointInput\":{\"data\":DEEP}},\"eventMetadata\":{\"eventId\":\"c-1\",\"inferenceTime\":\"2026-11-22T03:04:05Z\"},\"eventVersion\":\"0\"}",
        ),
    ] {
        for (kind, value) in [("deep", &deep), ("open", &open)] {
            place.put(&format!("{kind}/{kind}_{name}"), record.replace("DEEP", value) + "\n");
        }
    }
    place.put(&key("trail", "good"), gzip(&trail(7..8)));
    let ended = ingest(&place, &["logs"]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    let objects = objects(&place);
    assert_eq!(objects.len(), 13);
    assert_eq!(objects[name_of(&key("trail", "good"))].0, "read");
    assert_eq!(place.rows("SELECT count(*) AS n FROM api_call WHERE event_id = 'e-7'"), json!([{"n": 1}]));
    let unnamed: Vec<_> =
        objects.values().filter(|(status, _, said)| status == "unreadable" && said.len() < 10).collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
    place.assert_sound();
}

/// Packed texts of a million records in four objects.
fn million(place: &Place, header: &str, record: impl Fn(&mut String, u32)) {
    for part in 0..4 {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let mut text = String::from(header);
        for number in part * 250_000..(part + 1) * 250_000 {
            record(&mut text, number);
            if text.len() > 1 << 20 {
                encoder.write_all(text.as_bytes()).unwrap();
                text.clear();
            }
        }
        encoder.write_all(text.as_bytes()).unwrap();
        place.put(&format!("{part}.log.gz"), encoder.finish().unwrap());
    }
}

#[test]
fn a_million_interfaces() {
    let place = Place::new();
    million(&place, &flows(""), |text, number| {
        let end = START + 60;
        writeln!(text, "2 123456789012 eni-{number:017x} 10.0.0.4 10.0.1.7 40000 443 6 10 840 {START} {end} ACCEPT OK")
            .unwrap();
    });
    assert_eq!(ingest(&place, &["logs", "--threads", "2"]).code, Some(0));
    assert_eq!(place.flows(), 1_000_000);
    assert_eq!(place.rows("SELECT count(DISTINCT interface_id) AS n FROM flow"), json!([{"n": 1_000_000}]));
    place.assert_sound();
}

#[test]
fn a_million_names() {
    let place = Place::new();
    million(&place, "", |text, number| {
        writeln!(
            text,
            "{{\"version\":\"1.100000\",\"account_id\":\"123456789012\",\"region\":\"us-east-1\",\"vpc_id\":\"vpc-1\",\
             \"query_timestamp\":\"2026-11-22T03:04:05Z\",\"query_name\":\"n{number}.example.com.\",\"query_type\":\"A\",\
             \"query_class\":\"IN\",\"rcode\":\"NOERROR\",\"answers\":[{{\"Rdata\":\"10.0.1.7\",\"Type\":\"A\",\"Class\":\"IN\"}}],\
             \"srcaddr\":\"10.0.0.5\",\"srcport\":\"54186\",\"transport\":\"UDP\",\"srcids\":{{\"instance\":\"i-1\"}}}}"
        )
        .unwrap();
    });
    let ended = ingest(&place, &["logs", "--threads", "2"]);
    assert_eq!((ended.code, &summary(&ended)["records"]), (Some(0), &json!(1_000_000)));
    let names = place.rows("SELECT count(DISTINCT query_name) AS n FROM dns_answer");
    assert_eq!(names, json!([{"n": 1_000_000}]));
    place.assert_sound();
}
