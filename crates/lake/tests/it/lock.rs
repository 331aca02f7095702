//! The lock holds across processes and dies with its holder.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sightline_lake::{Lake, LakeError};

use crate::fixture::lake;

#[tokio::test]
async fn another_process_holds_the_lock_until_it_dies() {
    let (folder, lake) = lake().await;
    let mut child = holder_of(folder.path());
    let error = lake.lock("scan", "since later").unwrap_err();
    let expected =
        format!("`scan` is already writing to this lake: pid {}, since 2026-11-22T03:15:00Z; wait", child.id());
    assert!(error.to_string().starts_with(&expected), "{error}");
    let _other_stage = lake.lock("ingest", "").unwrap();

    child.kill().unwrap();
    child.wait().unwrap();
    let ours = lake.lock("scan", "since now").unwrap();
    assert!(matches!(lake.lock("scan", ""), Err(LakeError::Locked { .. })), "a process has it once");
    drop(ours);
    lake.lock("scan", "").unwrap();
}

#[tokio::test]
async fn a_stage_is_a_name_and_no_path() {
    let (_folder, lake) = lake().await;
    for bad in ["", "../scan", "a/b", "a\0b"] {
        assert!(lake.lock(bad, "").is_err(), "{bad:?}");
    }
}

/// This very binary, running only [`holds_the_lock`].
fn holder_of(root: &std::path::Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lock::holds_the_lock", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.as_mut().unwrap(), "{}", root.display()).unwrap();
    let stdout = BufReader::new(child.stdout.as_mut().unwrap());
    assert!(stdout.lines().any(|line| line.unwrap().contains("locked")), "the child took the lock");
    child
}

#[tokio::test]
#[ignore = "the other process of the test above"]
async fn holds_the_lock() {
    let mut root = String::new();
    std::io::stdin().read_line(&mut root).unwrap();
    let lake = Lake::open(&PathBuf::from(root.trim_end())).await.unwrap();
    let _lock = lake.lock("scan", "since 2026-11-22T03:15:00Z").unwrap();
    println!("locked");
    std::thread::sleep(Duration::from_secs(60));
}
