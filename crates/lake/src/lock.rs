//! One writer a stage: a lock that the kernel frees when its holder dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use sightline_model::untrusted::{for_terminal, shortened};

use crate::LakeError;

/// Held until it is dropped or its process ends, however it ends.
#[derive(Debug)]
pub struct LakeLock {
    _file: File,
}

pub(crate) const FOLDER: &str = "locks";

/// Takes `<root>/locks/<stage>.lock` or says who has it.
pub(crate) fn take(root: &Path, stage: &str, detail: &str) -> Result<LakeLock, LakeError> {
    if stage.is_empty() || !stage.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(LakeError::Stage { stage: for_terminal(&shortened(stage, 60)) });
    }
    let folder = root.join(FOLDER);
    std::fs::create_dir_all(&folder).map_err(LakeError::io("create", &folder))?;
    let path = folder.join(format!("{stage}.lock"));
    // The file is never deleted: a process that waits for a deleted file would hold a lock of its own beside ours.
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(LakeError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(LakeError::Locked { stage: stage.to_owned(), holder: holder(&mut file), path });
        }
        Err(TryLockError::Error(error)) => return Err(LakeError::io("lock", &path)(error)),
    }
    let written =
        file.set_len(0).and_then(|()| write!(file, "pid {}, {detail}", std::process::id())).and_then(|()| file.flush());
    written.map_err(LakeError::io("write", &path))?;
    Ok(LakeLock { _file: file })
}

pub(crate) fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.take(500).read_to_string(&mut text) {
        Ok(_) if !text.is_empty() => for_terminal(&shortened(&text, 300)),
        _ => "another process".to_owned(),
    }
}
