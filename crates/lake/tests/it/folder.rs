//! The folder: made, opened, refused.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use sightline_lake::{Lake, LakeError};
use sightline_model::lake_table::LOG_GAP;

use crate::fixture::{count, gap, lake, parquet_files};

#[tokio::test]
async fn a_lake_is_made_once_and_opened_again() {
    let (folder, lake) = lake().await;
    lake.append(LOG_GAP, &[gap("a")]).await.unwrap();
    for again in [Lake::create(folder.path()).await.unwrap(), Lake::open(folder.path()).await.unwrap()] {
        assert_eq!(count(&again.session(&[]).await.unwrap(), "log_gap").await, 1);
    }
    let marker = fs::read_to_string(folder.path().join("lake.json")).unwrap();
    assert_eq!(marker, format!(r#"{{"format":1,"written_by":"{}"}}"#, env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn a_lake_of_a_newer_version_is_refused() {
    let (folder, _lake) = lake().await;
    fs::write(folder.path().join("lake.json"), r#"{"format": 2, "written_by": "9.9.9", "more": true}"#).unwrap();
    for refused in [Lake::open(folder.path()).await, Lake::create(folder.path()).await] {
        let error = refused.unwrap_err();
        assert!(matches!(error, LakeError::Newer { found: 2, known: 1, .. }));
        assert!(
            error.to_string().ends_with(
                "has format 2, written by sightline 9.9.9; this version reads format 1 at most: upgrade sightline"
            ),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_is_no_lake_is_said() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Lake::open(folder.path()).await, Err(LakeError::Missing { .. })));
    assert!(matches!(Lake::open(&folder.path().join("nowhere")).await, Err(LakeError::Missing { .. })));
    fs::write(folder.path().join("lake.json"), "{").unwrap();
    assert!(matches!(Lake::open(folder.path()).await, Err(LakeError::Damaged { .. })));
}

/// A file in the place of a folder stands for all that a file system refuses: it holds for every user, root too.
#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Lake::create(&file.join("lake")).await.unwrap_err();
    assert!(error.to_string().starts_with(&format!("cannot create `{}", file.display())), "{error}");

    let lake = Lake::create(&folder.path().join("lake")).await.unwrap();
    fs::write(lake.root().join("log_gap"), "").unwrap();
    let error = lake.append(LOG_GAP, &[gap("a")]).await.unwrap_err();
    assert!(matches!(&error, LakeError::Io { path, .. } if path.ends_with("log_gap")), "{error}");
}

/// The folder's name is user input too. Delta's library decodes a per cent sign once too often, so that one is refused.
#[tokio::test]
async fn odd_names_of_folders_work() {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(&folder.path().join("my läke #1 ?")).await.unwrap();
    lake.append(LOG_GAP, &[gap("a")]).await.unwrap();
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 1);
    assert!(matches!(Lake::create(&folder.path().join("100%25")).await, Err(LakeError::Folder { .. })));
}

/// A process whose files may not grow beyond a few kilobytes stands for a full disk.
#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_is_an_error_and_no_row() {
    let (folder, lake) = lake().await;
    lake.append(LOG_GAP, &[gap("before")]).await.unwrap();
    let mut child = Command::new("sh")
        .args(["-c", r#"trap "" XFSZ; ulimit -f 16; exec "$0" "$@""#])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "folder::writes_more_than_fits", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", folder.path().display()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("refused: cannot write `"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("/log_gap/part-") && said.contains("`: File too large"), "{said}");
    assert_eq!(parquet_files(&lake, "log_gap").len(), 1, "what was begun is taken away");
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 1);
    lake.append_once(LOG_GAP, &[gap("after")], "shard", 1).await.unwrap();
    assert_eq!(count(&lake.session(&[]).await.unwrap(), "log_gap").await, 2);
}

#[tokio::test]
#[ignore = "the other process of the test above"]
async fn writes_more_than_fits() {
    let mut root = String::new();
    std::io::stdin().read_line(&mut root).unwrap();
    let lake = Lake::open(std::path::Path::new(root.trim_end())).await.unwrap();
    let noise = |row: u64| {
        (0..20_u64).map(|n| format!("{:x}", (row * 20 + n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect::<String>()
    };
    let rows: Vec<_> = (0..5_000).map(|row| gap(&noise(row))).collect();
    match lake.append_once(LOG_GAP, &rows, "shard", 1).await {
        Ok(_) => println!("written"),
        Err(error) => println!("refused: {error}"),
    }
}
