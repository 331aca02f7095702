//! What a folder may hold: late and changing files, and what is no file.

use super::{Place, flow, summary};
use crate::support::{START, assert_error, flow_line, flows};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

const HOUR: i64 = 3_600;

fn hours(place: &Place) -> Value {
    place.rows("SELECT CAST(hour AS VARCHAR) AS hour, sum(records) AS n FROM flow GROUP BY 1 ORDER BY 1")
}

#[test]
fn late_and_out_of_order() {
    let (place, in_order) = (Place::new(), Place::new());
    for hour in [5, 1, 3, 0, 4, 2, 1, 0] {
        let port = u16::try_from(2_000 + hour).unwrap();
        // Each hour comes in several parts, the latest first.
        let name = format!("{}.log", fs::read_dir(place.logs()).map_or(0, Iterator::count));
        let bytes = flows(&flow_line(START + HOUR * hour, port).repeat(1 + name.len() % 3 + usize::from(hour == 1)));
        place.put(&name, &bytes);
        in_order.put(&format!("{hour}-{name}"), bytes);
        assert_eq!(place.ingest(&["logs"]).code, Some(0));
    }
    in_order.ingest(&["logs"]);
    assert_eq!(hours(&place), hours(&in_order));
    assert_eq!(place.flows(), in_order.flows());
    place.assert_sound();
}

#[test]
fn only_what_came_since() {
    let place = Place::new();
    for (name, age) in [("old", 10), ("new", 1)] {
        let path = place.put(&format!("{name}.log"), flow(START, age));
        let file = fs::File::options().write(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(86_400 * u64::from(age))).unwrap();
    }
    let told = summary(&place.ingest(&["logs", "--since", "7d"]));
    assert_eq!((&told["objects"], &told["skipped_old"]), (&json!(1), &json!(1)));
    let told = summary(&place.ingest(&["logs", "--since", "30d"]));
    assert_eq!((&told["objects"], &told["skipped_already"], &told["skipped_old"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!(summary(&place.ingest(&["logs"]))["skipped_already"], 2);
    assert_eq!(place.flows(), 2);
}

/// A file that is written over while it is read: what is in the lake is one version or the other or both, never a mix.
#[test]
fn files_that_change_while_they_are_read() {
    let lines = |records: usize, port| flows(&flow_line(START, port).repeat(records));
    let (before, after) = (lines(20_000, 1), lines(3_000, 2));
    let place = Place::new();
    let (mut least, mut most) = (0, 0);
    for round in 0..5 {
        // Copies would be passed over.
        let (before, after) =
            (before.replace("eni-0a1", &format!("eni-b{round}")), after.replace("eni-0a1", &format!("eni-a{round}")));
        let path = place.put(&format!("{round}.log"), &before);
        let child = place.start(&["logs"]);
        sleep(Duration::from_millis(60 * round));
        fs::write(&path, &after).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert!(matches!(ended.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&ended.stderr));
        assert_eq!(place.ingest(&["logs"]).code, Some(0));
        let sums =
            place.rows(&format!("SELECT coalesce(sum(records), 0) AS n FROM flow WHERE interface_id = 'eni-b{round}'"));
        assert!([json!(0), json!(20_000)].contains(&sums[0]["n"]), "a part of a version: {sums}");
        least += 3_000;
        most += 23_000;
    }
    let records = place.flows();
    assert!((least..=most).contains(&records) && (records - least).is_multiple_of(20_000), "{records}");
    place.assert_sound();
}

#[test]
fn files_that_vanish() {
    let place = Place::new();
    for round in 0..4_u16 {
        let paths: Vec<_> =
            (0..30).map(|n| place.put(&format!("{round}/{n:02}.log"), flow(START, 100 * round + n))).collect();
        let child = place.start(&["logs", "--concurrency", "1"]);
        sleep(Duration::from_millis(70 * u64::from(round)));
        paths.iter().rev().for_each(|path| fs::remove_file(path).unwrap());
        let ended = child.wait_with_output().unwrap();
        assert!(matches!(ended.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&ended.stderr));
        let told: Value = serde_json::from_slice(&ended.stdout).unwrap();
        let told = &told["logs"];
        // What was listed and is gone is told: it is never taken for read.
        assert_eq!(
            told["unreadable"].as_u64() > Some(0) || told["unlisted"] != json!([]),
            ended.status.code() == Some(3)
        );
        let read = place.rows("SELECT sum(records) AS n FROM log_object WHERE seq > 0");
        assert_eq!(place.flows(), read[0]["n"].as_u64().unwrap_or_default());
    }
    assert_eq!(place.ingest(&["logs"]).code, Some(0));
    place.assert_sound();
}

#[test]
fn what_is_no_file_is_passed_over_or_told() {
    let place = Place::new();
    place.put("a.log", flow(START, 1));
    let at = |name: &str| place.logs().join(name);
    assert!(Command::new("mkfifo").arg(at("pipe.log")).status().unwrap().success());
    symlink("/dev/zero", at("zero.log")).unwrap();
    symlink("nowhere", at("dangling.log")).unwrap();
    symlink(".", at("self")).unwrap();
    symlink("circle.log", at("circle.log")).unwrap();
    fs::create_dir(at("folder.log")).unwrap();
    symlink("../a.log", at("folder.log/link.log")).unwrap();
    let ended = place.ingest(&["logs"]);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    let told = summary(&ended);
    assert_eq!((&told["objects"], &told["duplicates"]), (&json!(1), &json!(1)), "{told}");
    let mut unlisted: Vec<&str> =
        told["unlisted"].as_array().unwrap().iter().map(|one| one["place"].as_str().unwrap()).collect();
    unlisted.sort_unstable();
    assert!(
        unlisted.len() == 2 && unlisted[0].ends_with("circle.log") && unlisted[1].ends_with("dangling.log"),
        "{told}"
    );
    assert_eq!(place.flows(), 1);
    for name in ["pipe.log", "zero.log"] {
        let alone = place.ingest(&[&format!("logs/{name}")]);
        assert_eq!(alone.code, Some(0), "{}", alone.err);
    }
    assert_error(&place.ingest(&["logs/dangling.log"]), "there is no such file or folder");
}

#[test]
fn names_of_every_kind() {
    let place = Place::new();
    let names: [&[u8]; 8] = [
        b"new\nline.log",
        b"q'uo\"te;--.log",
        b"%41.log",
        b"\xe2\x80\xae.log",
        b" .log",
        b"\x1b[2J.log",
        b"\xff.log",
        b"\xfe.log",
    ];
    for (n, name) in names.into_iter().enumerate() {
        place.put("made", flow(START, u16::try_from(n).unwrap()));
        fs::rename(place.logs().join("made"), place.logs().join(OsStr::from_bytes(name))).unwrap();
    }
    // Names that are no text would look alike. They are told, each.
    let ended = place.ingest(&["logs"]);
    let told = summary(&ended);
    assert_eq!(
        (ended.code, &told["objects"], told["unlisted"].as_array().unwrap().len()),
        (Some(3), &json!(6), 2),
        "{told}"
    );
    assert!(told["unlisted"][0]["error"].as_str().unwrap().contains("UTF-8"), "{told}");
    let again = summary(&place.ingest(&["logs"]));
    assert_eq!((&again["objects"], &again["skipped_already"]), (&json!(0), &json!(6)));
    assert_eq!(place.flows(), 6);
    // In a terminal they cannot do anything.
    let shown = crate::support::run(crate::support::sightline(&place.folder).args(["ingest", "logs"]));
    assert!(!shown.out.contains('\u{1b}') && !shown.err.contains('\u{1b}'), "{}", shown.out);
    place.assert_sound();
}

/// As deep as a path can be, and deeper.
#[test]
fn folders_in_folders() {
    let place = Place::new();
    place.put("z.log", flow(START, 1));
    let deep = "d/".repeat(1_900);
    place.put(&format!("{deep}a.log"), flow(START, 2));
    let ended = place.ingest(&["logs"]);
    // Before anything is judged: what cleans up afterwards could not.
    assert!(Command::new("rm").arg("-rf").arg(place.logs()).status().unwrap().success());
    assert_eq!((ended.code, &summary(&ended)["objects"]), (Some(0), &json!(2)), "{}", ended.err);
    assert_eq!(place.flows(), 2);
}

#[test]
fn folders_and_files_that_may_not_be_read() {
    let place = Place::new();
    place.put("a.log", flow(START, 1));
    let file = place.put("b.log", flow(START, 2));
    let inside = place.put("closed/c.log", flow(START, 3));
    let folder = inside.parent().unwrap().to_owned();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&file).is_ok() {
        println!("skipped: root may read everything");
        return;
    }
    let ended = place.ingest(&["logs"]);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
    let told = summary(&ended);
    assert_eq!((ended.code, &told["objects"], &told["denied"]), (Some(3), &json!(1), &json!(1)), "{told}");
    assert!(told["unlisted"][0]["error"].as_str().unwrap().contains("permission denied"), "{told}");
    assert_eq!(place.ingest(&["logs"]).code, Some(0));
    assert_eq!(place.flows(), 3);
    place.assert_sound();
}
