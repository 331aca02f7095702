//! Two at once, one after the other, and the same content under many names.

use super::{Place, flow, summary, trail};
use crate::support::{START, assert_error, flow_line, flows, gzip};
use serde_json::{Value, json};
use std::fs;
use std::io::Write as _;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

#[test]
fn a_second_process_is_told_of_the_first() {
    let place = Place::new();
    place.put("a.log", flow(START, 1));
    // It has the lake for as long as its input is open.
    let mut first = place.start(&["-"]);
    let lock = place.lake().join("locks/ingest.lock");
    while !fs::read_to_string(&lock).is_ok_and(|holder| holder.contains("since")) {
        assert_eq!(first.try_wait().unwrap(), None);
        sleep(Duration::from_millis(10));
    }
    let second = place.ingest(&["logs"]);
    assert_error(&second, "already writing");
    assert!(second.err.contains(&format!("pid {}", first.id())), "{}", second.err);
    first.stdin.take().unwrap().write_all(&flow(START, 2)).unwrap();
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(place.ingest(&["logs"]).code, Some(0));
    assert_eq!(place.flows(), 2);
    place.assert_sound();
}

#[test]
fn many_processes_bring_each_row_once() {
    let place = Place::new();
    for n in 0..40 {
        place.put(&format!("{n}.log"), flow(START, 1_000 + n));
    }
    let all: Vec<_> = (0..4).map(|_| place.start(&["logs", "--batch-objects", "3"])).collect();
    for child in all {
        let ended = child.wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&ended.stderr).into_owned();
        match ended.status.code() {
            Some(0) => {}
            Some(2) => assert!(told.contains("already writing"), "{told}"),
            other => panic!("{other:?}: {told}"),
        }
    }
    assert_eq!(place.ingest(&["logs"]).code, Some(0));
    assert_eq!(place.flows(), 40);
    place.assert_sound();
}

#[test]
fn places_that_overlap() {
    let place = Place::new();
    for n in 0..6 {
        place.put(&format!("a/{n}.log"), flow(START, 1_000 + n));
        place.put(&format!("a/b/{n}.json"), trail(10 * u32::from(n)..10 * u32::from(n) + 2));
    }
    let ended = place.ingest(&["logs/a/b", "logs/a", "logs", "logs/a/../a/b"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let told = ended.json();
    let objects: Vec<_> = ["logs/a/b", "logs/a", "logs"].map(|label| told[label]["objects"].clone()).into();
    assert_eq!(objects, [json!(6), json!(6), json!(0)]);
    let totals = place.totals();
    assert_eq!((&totals[0]["records"], &totals[0]["calls"]), (&json!(6), &json!(12)));
    assert_eq!(summary(&place.ingest(&["logs"]))["objects"], 0);
    assert_eq!(place.totals(), totals);
    place.assert_sound();
}

#[test]
fn the_same_content_under_many_names() {
    let place = Place::new();
    let text = gzip(&flows(&flow_line(START, 9)));
    for name in ["one/a.log.gz", "one/b.log.gz", "two/a.log.gz"] {
        place.put(name, &text);
    }
    let first = summary(&place.ingest(&["logs/one", "logs/two"]));
    assert_eq!((&first["objects"], &first["duplicates"]), (&json!(1), &json!(1)));
    // Delivered again: the same bytes with another time, and under another name.
    let again = fs::File::options().write(true).open(place.logs().join("one/a.log.gz")).unwrap();
    again.set_modified(SystemTime::now() + Duration::from_secs(3_600)).unwrap();
    place.put("three/c.log.gz", &text);
    let later = summary(&place.ingest(&["logs"]));
    assert_eq!((&later["objects"], &later["duplicates"]), (&json!(0), &json!(2)), "{later}");
    assert_eq!(place.flows(), 1);
    let statuses = place.rows("SELECT status, count(*) AS n FROM log_object GROUP BY 1 ORDER BY 1");
    assert_eq!(statuses, json!([{"status": "duplicate", "n": 4}, {"status": "read", "n": 1}]));
    place.assert_sound();
}

/// A copy that was passed by under a name that tells nothing must not hide the one whose name does.
#[test]
fn what_was_passed_by_hides_no_copy() {
    let place = Place::new();
    place.put("x", "nothing that is known\n");
    assert_eq!(summary(&place.ingest(&["logs"]))["ignored"], 1);
    place.put("y", "nothing that is known\n");
    let told = summary(&place.ingest(&["logs"]));
    assert_eq!((&told["ignored"], &told["duplicates"], &told["skipped_already"]), (&json!(1), &json!(0), &json!(1)));
    let forced = place.ingest(&["--source", "vpc_flow", "logs"]);
    // Read at the same time both are read, one after the other the second is a copy.
    let (told, number) = (summary(&forced), |value: &Value| value.as_u64().unwrap_or_default());
    let (read, copies) = (number(&told["objects"]), number(&told["duplicates"]));
    assert!(forced.code == Some(3) && read >= 1 && read + copies == 2, "{}", forced.out);
    assert_eq!(summary(&place.ingest(&["--source", "vpc_flow", "logs"]))["skipped_already"], 2);
    assert_eq!(summary(&place.ingest(&["logs"]))["skipped_already"], 2);
}
