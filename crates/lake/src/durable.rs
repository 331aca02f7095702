//! What must outlive a loss of power: the file system keeps what is written in memory until it is told otherwise.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::LakeError;

/// Waits until the disk has the names in this folder. Systems other than Unix have no such call, and write names with the file.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), LakeError> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(LakeError::io("write", folder))
}

/// Waits until the disk has the bytes of this file.
pub(crate) fn sync(path: &Path) -> Result<(), LakeError> {
    // Some systems refuse the call to those who may not write.
    let file = File::options().write(true).open(path);
    file.and_then(|file| file.sync_all()).map_err(LakeError::io("write", path))
}

/// Puts a file into its place, whole or not at all. One writer at a time.
pub(crate) fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), LakeError> {
    let (path, beside) = (folder.join(name), folder.join(format!("{name}.tmp")));
    let written = File::create(&beside).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.and_then(|()| fs::rename(&beside, &path)).map_err(LakeError::io("write", &path))?;
    sync_folder(folder)
}

/// Removes a file that may be gone already.
pub(crate) fn remove(folder: &Path, name: &str) -> Result<(), LakeError> {
    let path = folder.join(name);
    match fs::remove_file(&path) {
        Ok(()) => sync_folder(folder),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(LakeError::io("remove", &path)(error)),
    }
}
