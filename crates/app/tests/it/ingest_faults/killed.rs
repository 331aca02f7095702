//! kill -9 at any point.

use super::{Place, cut, flow, key, summary, trail};
use crate::support::{START, flow_line, flows, gzip};
use serde_json::json;
use std::fs;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Many batches.
const SMALL: [&str; 5] = ["logs", "--batch-objects", "4", "--threads", "2"];
const OBJECTS: u16 = 60;

/// Flow logs and CloudTrail, plain and packed, some damaged, some copies.
fn fill(place: &Place) {
    for n in 0..OBJECTS {
        let (number, port) = (u32::from(n), 1_024 + n);
        let lines: String = (0..20).map(|minute| flow_line(START + 60 * minute, port)).collect();
        match n % 6 {
            0 => place.put(&key("flow", &n.to_string()), flow(START, port)),
            1 => place.put(&format!("{}.gz", key("flow", &n.to_string())), gzip(&flows(&lines))),
            2 => place.put(&key("trail", &n.to_string()), gzip(&trail(10 * number..10 * number + 10))),
            3 => place.put(&format!("plain/{n}.json"), trail(10 * number..10 * number + 3)),
            4 => place.put(&format!("{}.gz", key("flow", &n.to_string())), cut(&flows(&lines.repeat(40)))),
            _ => place.put(&format!("copies/{n}.log"), flow(START, 1_024 + n / 12)),
        };
    }
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// The next ingest brings what the undisturbed one did, and the one after it nothing.
fn assert_completed(place: &Place, undisturbed: &Place) {
    let last = place.ingest(&SMALL);
    assert_eq!(last.code.map(|code| code == 0 || code == 3), Some(true), "{}", last.err);
    place.assert_sound();
    assert_eq!(place.totals(), undisturbed.totals());
    let objects = "SELECT source, count(*) AS n, sum(records) AS records, sum(rejects) AS rejects FROM log_object \
        WHERE seq > 0 AND status IN ('read', 'partial') GROUP BY source ORDER BY source";
    assert_eq!(place.rows(objects), undisturbed.rows(objects));
    let again = place.ingest(&SMALL);
    let told = summary(&again);
    assert_eq!((again.code, &told["objects"], &told["skipped_already"]), (Some(0), &json!(0), &json!(OBJECTS)));
    assert_eq!((&told["duplicates"], &told["recovered"]), (&json!(0), &json!(0)));
    assert_eq!(place.totals(), undisturbed.totals());
}

fn undisturbed() -> (Place, Duration) {
    let place = Place::new();
    fill(&place);
    let begun = Instant::now();
    let ended = place.ingest(&SMALL);
    let took = begun.elapsed();
    assert_eq!(ended.code, Some(3), "damaged objects are told: {}", ended.err);
    place.assert_sound();
    assert_eq!(summary(&ended)["duplicates"], 6);
    assert!(place.rows("SELECT max(seq) AS n FROM log_object")[0]["n"].as_u64().unwrap() >= 8, "many batches");
    (place, took)
}

#[test]
fn again_and_again_at_any_point() {
    let (undisturbed, took) = undisturbed();
    let place = Place::new();
    fill(&place);
    for step in 0..12 {
        let child = place.start(&SMALL);
        sleep(took * step / 12);
        kill(child);
    }
    assert_completed(&place, &undisturbed);
}

/// The moment that decides: a claim is there, and its batch is in no table, in some, in all.
#[test]
fn where_a_batch_becomes_visible() {
    let (undisturbed, _) = undisturbed();
    let place = Place::new();
    fill(&place);
    for step in 0..8 {
        let mut child = place.start(&SMALL);
        let claims = place.lake().join("claims");
        while child.try_wait().unwrap().is_none() {
            if fs::read_dir(&claims).is_ok_and(|mut entries| entries.next().is_some()) {
                sleep(Duration::from_millis(4 * step));
                break;
            }
        }
        kill(child);
    }
    assert_completed(&place, &undisturbed);
}
