//! Packs of a user's own, from a folder.

use super::{Pack, read};
use crate::ProbeError;
use std::fs;
use std::path::Path;

/// Files of one folder, at most.
const MOST_FILES: usize = 20_000;
/// Bytes of one file, at most.
const LARGEST_FILE: u64 = 1 << 20;

/// The packs of a folder: the folder is a pack itself, or its folders are.
///
/// # Errors
/// When the folder cannot be read, has no pack, or a file of it cannot be used.
pub fn load(folder: &Path) -> Result<Vec<Pack>, ProbeError> {
    let shown = folder.display().to_string();
    let io = |path: &Path, error: std::io::Error| ProbeError::file("", &path.display().to_string(), error);
    let is_pack = folder.join("pack.toml").is_file();
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folders = match is_pack {
        true => vec![(name, folder.to_path_buf())],
        false => entries(folder)
            .map_err(|error| io(folder, error))?
            .into_iter()
            .map(|name| (name.clone(), folder.join(name)))
            .filter(|(_, path)| path.join("pack.toml").is_file())
            .collect(),
    };
    let mut files = Vec::new();
    for (name, path) in &folders {
        for file in entries(path).map_err(|error| io(path, error))?.into_iter().filter(|file| file.ends_with(".toml")) {
            let path = path.join(&file);
            let size = fs::metadata(&path).map_err(|error| io(&path, error))?.len();
            if size > LARGEST_FILE || files.len() >= MOST_FILES {
                let reason =
                    format!("a probe has at most {LARGEST_FILE} bytes, and a folder {MOST_FILES} probes; split it");
                return Err(ProbeError::file("", &path.display().to_string(), reason));
            }
            files.push((format!("{name}/{file}"), fs::read_to_string(&path).map_err(|error| io(&path, error))?));
        }
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let root = match is_pack {
        true => folder.parent().map(|parent| parent.display().to_string()).filter(|parent| !parent.is_empty()),
        false => Some(shown.clone()),
    };
    let packs = read::read(&root.map(|root| format!("{}/", root.trim_end_matches('/'))).unwrap_or_default(), &files)?;
    match packs.is_empty() {
        true => Err(ProbeError::file("", &shown, "no pack is in it; a pack is a folder with a `pack.toml`")),
        false => Ok(packs),
    }
}

/// Names in a folder, in order.
fn entries(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABOUT: &str = "id = 'mine'\nversion = '1.0.0'\ntitle = 't'\nabout = 'a'\nlicence = 'CC0-1.0'\n";
    const PROBE: &str = "id = 'x'\nfamily = 'f'\ntitle = 't'\nseverity = 'high'\ntrials = 1\nmax_output_tokens = 9\nturns = [{ role = 'user', text = 'a' }]\nbroken_if = [{ complies = {} }]\n";

    #[test]
    fn a_pack_or_a_folder_of_packs() {
        let folder = tempfile::tempdir().unwrap();
        let pack = folder.path().join("mine");
        fs::create_dir(&pack).unwrap();
        assert!(load(folder.path()).unwrap_err().to_string().contains("no pack is in it"));
        fs::write(pack.join("pack.toml"), ABOUT).unwrap();
        fs::write(pack.join("x.toml"), PROBE).unwrap();
        fs::write(pack.join("notes.txt"), "left alone").unwrap();
        for path in [folder.path(), &pack] {
            let packs = load(path).unwrap();
            assert_eq!((packs.len(), packs[0].probes.len()), (1, 1));
        }
        fs::write(pack.join("x.toml"), PROBE.replace("'high'", "'worst'")).unwrap();
        let fault = load(&pack).unwrap_err().to_string();
        assert!(fault.starts_with(&format!("`{}`: ", pack.join("x.toml").display())), "{fault}");
        fs::write(pack.join("x.toml"), [0xFF, 0xFE]).unwrap();
        assert!(load(&pack).unwrap_err().to_string().contains("x.toml"));
        assert!(load(&folder.path().join("absent")).is_err());
    }
}
