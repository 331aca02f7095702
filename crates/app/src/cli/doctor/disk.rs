//! Room on the disk and the right to write: where the lake is or will be, and where a pipe's logs are kept while they are read.

use super::line::Line;
use std::io;
use std::path::{Path, PathBuf};

const CHECK: &str = "disk";

const MB: u64 = 1_000_000;
const GB: u64 = 1_000 * MB;

/// Below this, nothing should be begun.
const TOO_LITTLE: u64 = 500 * MB;
/// Below this, a large account or a day of logs may not fit.
const LITTLE: u64 = 5 * GB;
/// Files and folders that the lake of a few scans takes.
const FEW_NAMES: u64 = 10_000;

/// What a file system has left.
#[derive(Debug, Clone, Copy)]
struct Space {
    /// bytes that this user may take
    bytes: u64,
    /// files and folders that it may make; nothing where the file system has no such limit
    names: Option<u64>,
    is_writable: bool,
}

/// Looks at both places, and writes nothing. The lake with the spill files of queries in it comes first.
pub(super) fn lines(lake: &Path, temporary: &Path) -> Vec<Line> {
    vec![of_place("the lake", lake, "`--lake FOLDER`"), of_place("temporary files", temporary, "TMPDIR")]
}

fn of_place(what: &str, path: &Path, elsewhere: &str) -> Line {
    let looked = nearest(path).and_then(|found| Ok((space(&found)?, found)));
    match looked {
        Ok((space, found)) => judged(what, space, &found, elsewhere),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            Line::cannot_tell(CHECK, format!("{what}: free space is not known on this system"), "look yourself")
        }
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            let told = format!("{what}: `{}` goes through a file as if it were a folder", path.display());
            Line::wrong(CHECK, told, format!("name a folder with {elsewhere}"))
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Line::wrong(
            CHECK,
            format!("{what}: this user may not look into `{}`", path.display()),
            format!("give this user the right to, or name another folder with {elsewhere}"),
        ),
        Err(error) => Line::cannot_tell(
            CHECK,
            format!("{what}: cannot look at `{}`: {error}", path.display()),
            format!("name another folder with {elsewhere}"),
        ),
    }
}

/// The folder itself, or the one in which it would be made.
fn nearest(path: &Path) -> io::Result<PathBuf> {
    let path = std::path::absolute(path)?;
    for folder in path.ancestors() {
        match std::fs::metadata(folder) {
            Ok(found) if found.is_dir() => return Ok(folder.to_owned()),
            Ok(_) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::NotFound.into())
}

#[cfg(unix)]
fn space(folder: &Path) -> io::Result<Space> {
    use rustix::fs::{Access, access, statvfs};
    let found = statvfs(folder)?;
    let bytes = found.f_bavail.saturating_mul(found.f_frsize);
    let names = (found.f_files > 0).then_some(found.f_favail);
    let is_writable = access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok();
    Ok(Space { bytes, names, is_writable })
}

#[cfg(not(unix))]
fn space(_: &Path) -> io::Result<Space> {
    Err(io::ErrorKind::Unsupported.into())
}

fn judged(what: &str, space: Space, folder: &Path, elsewhere: &str) -> Line {
    let folder = folder.display();
    let told = format!("{what}: {} free at `{folder}`", size(space.bytes));
    let fix = format!("free space, or name another disk with {elsewhere}");
    if !space.is_writable {
        let told = format!("{what}: this user may not write to `{folder}`");
        Line::wrong(
            CHECK,
            told,
            format!("give this user the right to write there, or name another folder with {elsewhere}"),
        )
    } else if space.bytes < TOO_LITTLE {
        Line::wrong(CHECK, told, fix)
    } else if space.names.is_some_and(|names| names < FEW_NAMES) {
        let names = space.names.unwrap_or_default();
        Line::warning(CHECK, format!("{told}, and room for {names} more files only"), fix)
    } else if space.bytes < LITTLE {
        Line::warning(CHECK, format!("{told}: logs of a busy day may not fit"), fix)
    } else {
        Line::ok(CHECK, told)
    }
}

fn size(bytes: u64) -> String {
    if bytes >= 10 * GB {
        format!("{} GB", bytes / GB)
    } else if bytes >= GB {
        format!("{}.{} GB", bytes / GB, bytes % GB / (100 * MB))
    } else {
        format!("{} MB", bytes / MB)
    }
}

#[cfg(test)]
mod tests {
    use super::super::line::Status;
    use super::*;

    #[test]
    fn room_is_judged_by_bytes_names_and_the_right_to_write() {
        for (bytes, names, is_writable, status) in [
            (100 * GB, None, true, Status::Ok),
            (5 * GB, Some(1_000_000), true, Status::Ok),
            (5 * GB - 1, None, true, Status::Warning),
            (500 * MB, None, true, Status::Warning),
            (500 * MB - 1, None, true, Status::Wrong),
            (100 * GB, Some(5), true, Status::Warning),
            (100 * GB, None, false, Status::Wrong),
        ] {
            let line = judged("the lake", Space { bytes, names, is_writable }, Path::new("/x"), "`--lake`");
            assert_eq!(line.status, status, "{bytes} {names:?} {is_writable}");
        }
        assert_eq!([size(12 * GB), size(1_234 * MB), size(499 * MB)], ["12 GB", "1.2 GB", "499 MB"]);
    }

    #[test]
    fn a_lake_that_is_not_there_is_looked_for_above() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        assert_eq!(nearest(&root.join("a/b/c")).unwrap(), root);
        std::fs::write(root.join("file"), "").unwrap();
        assert_eq!(nearest(&root.join("file/lake")).unwrap_err().kind(), io::ErrorKind::NotADirectory);
        assert_eq!(of_place("the lake", &root.join("file"), "`--lake`").status, Status::Wrong);
    }
}
