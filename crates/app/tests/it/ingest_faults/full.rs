//! A disk without room, and a lake that cannot be written.

use super::{Place, flow, summary, trail};
use crate::support::{START, assert_error};
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

/// So many that what tells of them is the largest file of all: there is room for their rows, and then not for that.
const OBJECTS: u16 = 1_500;
const TRAILS: u16 = 20;

/// An ingest that may write files of so many blocks of 512 bytes.
fn within(place: &Place, blocks: u32) -> Output {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" ingest --json logs");
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(script).arg(assert_cmd::cargo::cargo_bin("sightline")).env_clear();
    command.env("SIGHTLINE_LAKE", place.lake()).env("HOME", place.folder.path()).current_dir(place.folder.path());
    command.output().unwrap()
}

/// The room grows until it is enough: each time the ingest ends somewhere else.
#[test]
fn without_room_nothing_is_half_done() {
    let place = Place::new();
    for n in 0..OBJECTS {
        place.put(&format!("{n}.log"), flow(START, 2_000 + n));
    }
    for n in 0..TRAILS {
        place.put(&format!("{n}.json"), trail(10 * u32::from(n)..10 * u32::from(n) + 2));
    }
    let (mut staged, mut claimed, mut blocks) = (0, 0, 1);
    loop {
        let ended = within(&place, blocks);
        let told = String::from_utf8_lossy(&ended.stderr);
        assert!(!told.contains("panicked"), "{told}");
        if ended.status.code() == Some(0) {
            break;
        }
        assert_eq!(ended.status.code(), Some(2), "{blocks}: {told}");
        assert!(told.contains("File too large") && told.contains("lake"), "{blocks}: {told}");
        let claims = fs::read_dir(place.lake().join("claims")).map_or(0, Iterator::count);
        (staged, claimed) = (staged + usize::from(claims == 0), claimed + claims.min(1));
        blocks += blocks.div_ceil(3);
        assert!(blocks < 1 << 20, "{told}");
    }
    assert!(staged > 2 && claimed > 0, "{staged} ended before the claim and {claimed} after it");
    let again = place.ingest(&["logs"]);
    let told = summary(&again);
    assert_eq!(
        (again.code, &told["objects"], &told["skipped_already"]),
        (Some(0), &json!(0), &json!(OBJECTS + TRAILS))
    );
    assert_eq!(place.flows(), u64::from(OBJECTS));
    let totals = place.totals();
    assert_eq!((&totals[0]["calls"], &totals[0]["events"]), (&json!(2 * TRAILS), &json!(2 * TRAILS)));
    place.assert_sound();
}

#[test]
fn a_lake_that_cannot_be_written() {
    let place = Place::new();
    place.put("a.log", flow(START, 1));
    // A file where the lake's folder would be.
    fs::write(place.lake(), "").unwrap();
    assert_error(&place.ingest(&["logs"]), "lake");
    fs::remove_file(place.lake()).unwrap();
    assert_eq!(place.ingest(&["logs"]).code, Some(0));

    place.put("b.log", flow(START, 2));
    let (flow_table, aside) = (place.lake().join("flow"), place.folder.path().join("aside"));
    fs::rename(&flow_table, &aside).unwrap();
    fs::write(&flow_table, "").unwrap();
    assert_error(&place.ingest(&["logs"]), "flow");
    fs::remove_file(&flow_table).unwrap();
    fs::rename(&aside, &flow_table).unwrap();
    assert_eq!(summary(&place.ingest(&["logs"]))["objects"], 1);
    assert_eq!(place.flows(), 2);
    place.assert_sound();

    place.put("c.log", flow(START, 3));
    fs::set_permissions(&flow_table, fs::Permissions::from_mode(0o500)).unwrap();
    let is_root = fs::write(flow_table.join("x"), "").is_ok();
    if is_root {
        fs::remove_file(flow_table.join("x")).unwrap();
        println!("skipped: root may write everywhere");
    } else {
        assert_error(&place.ingest(&["logs"]), "denied");
    }
    fs::set_permissions(&flow_table, fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(place.ingest(&["logs"]).code, Some(0));
    assert_eq!(place.flows(), 3);
}
