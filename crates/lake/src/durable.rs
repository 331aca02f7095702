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

/// Puts a file into its place where there is none of this name, whole or not at all. `false`: there is one. What a killed process leaves is in
/// `beside`, a folder of the same file system.
pub(crate) fn create(folder: &Path, beside: &Path, name: &str, bytes: &[u8]) -> Result<bool, LakeError> {
    fs::create_dir_all(beside).map_err(LakeError::io("create", beside))?;
    let (path, beside) = (folder.join(name), beside.join(format!("{name}.{}", std::process::id())));
    let written = File::create(&beside).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.map_err(LakeError::io("write", &path))?;
    // Unlike a rename, a link takes no name that another has.
    let linked = fs::hard_link(&beside, &path);
    drop(fs::remove_file(&beside));
    match linked {
        Ok(()) => sync_folder(folder).map(|()| true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(LakeError::io("write", &path)(error)),
    }
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
