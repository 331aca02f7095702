//! A journal: what a long piece of work has done so far, kept beside the tables until it is done and becomes rows of them.
//!
//! A file of records, only ever added to. What was appended outlives the process at once, and a loss of power once it is
//! synced. A record that was half written when the process ended is as if it had never been.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sightline_model::untrusted::{for_terminal, shortened};

use crate::durable;
use crate::{Lake, LakeError};

/// The largest record, in bytes.
const LIMIT: u32 = 64 << 20;

/// Length and checksum before each record.
const HEAD: u64 = 8;

const EXTENSION: &str = "journal";

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// of its first byte
    offset: u64,
    length: u32,
}

/// A journal that is being written. One process at a time: whoever holds the stage's lock.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    end: u64,
    unsynced: u64,
}

/// Reads single records of a journal while it is written. Clones read the same file.
#[derive(Debug, Clone)]
pub struct JournalReader {
    path: PathBuf,
    file: Arc<Mutex<File>>,
}

/// The records of a journal from its start.
#[derive(Debug)]
pub struct JournalRecords {
    path: PathBuf,
    file: BufReader<File>,
    offset: u64,
}

impl Lake {
    /// Begins a journal. Names are letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// There is one of this name; it cannot be written.
    pub fn begin_journal(&self, name: &str) -> Result<Journal, LakeError> {
        let (folder, path) = self.journal(name)?;
        fs::create_dir_all(&folder).map_err(LakeError::io("create", &folder))?;
        let file = OpenOptions::new().append(true).create_new(true).open(&path);
        let file = file.map_err(LakeError::io("create", &path))?;
        durable::sync_folder(&folder)?;
        durable::sync_folder(self.place().state())?;
        Ok(Journal { path, file, end: 0, unsynced: 0 })
    }

    /// The records of a journal, to be read to their end before it is [continued](JournalRecords::go_on).
    ///
    /// # Errors
    /// There is none of this name, or it cannot be read.
    pub fn open_journal(&self, name: &str) -> Result<JournalRecords, LakeError> {
        let (_, path) = self.journal(name)?;
        let file = File::open(&path).map_err(LakeError::io("open", &path))?;
        Ok(JournalRecords { path, file: BufReader::new(file), offset: 0 })
    }

    /// The names of all journals, sorted.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn journals(&self) -> Result<Vec<String>, LakeError> {
        let folder = self.place().state().join(FOLDER);
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(vec![]),
            other => other.map_err(LakeError::io("read", &folder))?,
        };
        let mut names = vec![];
        for entry in entries {
            let path = entry.map_err(LakeError::io("read", &folder))?.path();
            let named = path.file_stem().and_then(|stem| stem.to_str()).filter(|stem| is_name(stem));
            if path.extension().is_some_and(|extension| extension == EXTENSION) {
                names.extend(named.map(str::to_owned));
            }
        }
        names.sort();
        Ok(names)
    }

    /// Takes a journal away; one that is gone already is none.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn drop_journal(&self, name: &str) -> Result<(), LakeError> {
        let (folder, path) = self.journal(name)?;
        match fs::remove_file(&path) {
            Ok(()) => durable::sync_folder(&folder),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(LakeError::io("remove", &path)(error)),
        }
    }

    fn journal(&self, name: &str) -> Result<(PathBuf, PathBuf), LakeError> {
        if !is_name(name) {
            return Err(LakeError::App { app: for_terminal(&shortened(name, 60)) });
        }
        let folder = self.place().state().join(FOLDER);
        let path = folder.join(format!("{name}.{EXTENSION}"));
        Ok((folder, path))
    }
}

const FOLDER: &str = "journals";

fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !name.is_empty() && name.len() <= 100 && name.bytes().all(plain)
}

impl Journal {
    /// Adds a record. It is there when the call is back, whatever becomes of the process.
    ///
    /// # Errors
    /// It is too large, or cannot be written; the journal then ends with the record before.
    pub fn append(&mut self, record: &[u8]) -> Result<Entry, LakeError> {
        let length = u32::try_from(record.len()).ok().filter(|length| *length <= LIMIT);
        let length = length.ok_or_else(|| self.damaged(format!("a record would have {} bytes", record.len())))?;
        let mut framed = Vec::with_capacity(record.len() + 8);
        framed.extend_from_slice(&length.to_le_bytes());
        framed.extend_from_slice(&crc32fast::hash(record).to_le_bytes());
        framed.extend_from_slice(record);
        if let Err(error) = self.file.write_all(&framed) {
            // What was half written must not stand before what comes next.
            drop(self.file.set_len(self.end));
            return Err(LakeError::io("write", &self.path)(error));
        }
        let entry = Entry { offset: self.end + HEAD, length };
        self.end += framed.len() as u64;
        self.unsynced += framed.len() as u64;
        Ok(entry)
    }

    /// Bytes that a loss of power would take.
    pub fn unsynced(&self) -> u64 {
        self.unsynced
    }

    /// Waits until the disk has all records.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn sync(&mut self) -> Result<(), LakeError> {
        self.file.sync_data().map_err(LakeError::io("write", &self.path))?;
        self.unsynced = 0;
        Ok(())
    }

    /// A reader of its records.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn reader(&self) -> Result<JournalReader, LakeError> {
        let file = File::open(&self.path).map_err(LakeError::io("open", &self.path))?;
        Ok(JournalReader { path: self.path.clone(), file: Arc::new(Mutex::new(file)) })
    }

    fn damaged(&self, reason: String) -> LakeError {
        LakeError::Damaged { path: self.path.clone(), reason }
    }
}

impl JournalReader {
    /// The journal's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The record at this place.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(&self, entry: Entry) -> Result<Vec<u8>, LakeError> {
        let mut record = vec![0; entry.length as usize];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let read = file.seek(SeekFrom::Start(entry.offset)).and_then(|_| file.read_exact(&mut record));
        read.map_err(LakeError::io("read", &self.path))?;
        Ok(record)
    }
}

impl JournalRecords {
    /// The next record and its place; none at the end, or where the rest is not whole.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn next_record(&mut self) -> Result<Option<(Entry, Vec<u8>)>, LakeError> {
        match self.record() {
            Ok(Some(record)) => {
                let length = record.len() as u64;
                let entry = Entry { offset: self.offset + HEAD, length: u32::try_from(length).unwrap_or(LIMIT) };
                self.offset += HEAD + length;
                Ok(Some((entry, record)))
            }
            Ok(None) => Ok(None),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(LakeError::io("read", &self.path)(error)),
        }
    }

    fn record(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let (mut length, mut sum) = ([0; 4], [0; 4]);
        self.file.read_exact(&mut length)?;
        self.file.read_exact(&mut sum)?;
        let length = u32::from_le_bytes(length);
        if length > LIMIT {
            return Ok(None);
        }
        let mut record = vec![0; length as usize];
        self.file.read_exact(&mut record)?;
        Ok((crc32fast::hash(&record) == u32::from_le_bytes(sum)).then_some(record))
    }

    /// The journal, to be gone on with after the last record that was given. What comes behind it is taken away.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn go_on(self) -> Result<Journal, LakeError> {
        let file = OpenOptions::new().append(true).open(&self.path).map_err(LakeError::io("open", &self.path))?;
        file.set_len(self.offset).map_err(LakeError::io("write", &self.path))?;
        Ok(Journal { path: self.path, file, end: self.offset, unsynced: 0 })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(lake: &Lake) -> Vec<Vec<u8>> {
        let mut records = lake.open_journal("j").unwrap();
        std::iter::from_fn(|| records.next_record().unwrap()).map(|(_, record)| record).collect()
    }

    #[tokio::test]
    async fn what_was_half_written_never_was() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::create(folder.path()).await.unwrap();
        let mut journal = lake.begin_journal("j").unwrap();
        let first = journal.append(b"first").unwrap();
        journal.append(b"second").unwrap();
        assert_eq!(journal.reader().unwrap().read(first).unwrap(), b"first");
        drop(journal);
        let path = folder.path().join("journals/j.journal");
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let expected: &[&[u8]] = match cut {
                0..13 => &[],
                _ => &[b"first"],
            };
            assert_eq!(records(&lake), expected, "cut at {cut}");
        }
        let mut broken = whole.clone();
        broken[9] ^= 1;
        fs::write(&path, &broken).unwrap();
        assert!(records(&lake).is_empty(), "a record that is not what was written ends the journal");
    }

    #[tokio::test]
    async fn it_goes_on_after_its_last_whole_record() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::create(folder.path()).await.unwrap();
        lake.begin_journal("j").unwrap().append(b"first").unwrap();
        let path = folder.path().join("journals/j.journal");
        OpenOptions::new().append(true).open(&path).unwrap().write_all(&[5, 0, 0]).unwrap();
        let mut open = lake.open_journal("j").unwrap();
        while open.next_record().unwrap().is_some() {}
        let mut journal = open.go_on().unwrap();
        let third = journal.append(b"third").unwrap();
        assert_eq!(journal.reader().unwrap().read(third).unwrap(), b"third");
        assert_eq!(records(&lake), [b"first".as_slice(), b"third"]);
        assert_eq!(lake.journals().unwrap(), ["j"]);
        lake.drop_journal("j").unwrap();
        assert!(lake.journals().unwrap().is_empty());
        assert!(lake.begin_journal("../j").is_err());
    }
}
