//! Standard input as one object. It can be read once only and its identity is what it holds, so it is put into a temporary file first.

use super::store::{Listed, Opened, Unlisted, broken_off};
use super::unread::{Unread, Why};
use crate::scan::Clock;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// Standard input, or what is given for it.
#[derive(Clone)]
pub struct StdinStore {
    state: Arc<Mutex<State>>,
    clock: Clock,
}

enum State {
    Unread(Box<dyn Read + Send>),
    Kept(Kept),
    Failed(String),
}

/// The file has no name: it goes with the last that holds it.
struct Kept {
    file: Arc<Mutex<File>>,
    size: u64,
    digest: String,
}

impl fmt::Debug for StdinStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StdinStore")
    }
}

impl StdinStore {
    pub(super) fn new(input: impl Read + Send + 'static, clock: Clock) -> Self {
        Self { state: Arc::new(Mutex::new(State::Unread(Box::new(input)))), clock }
    }

    pub(super) fn list(&self) -> BoxStream<'_, Result<Listed, Unlisted>> {
        stream::once(async {
            let store = self.clone();
            let listed = tokio::task::spawn_blocking(move || store.listed()).await;
            let listed = listed.unwrap_or_else(|error| Err(error.to_string()));
            listed.map_err(|error| Unlisted { place: "-".to_owned(), error })
        })
        .boxed()
    }

    pub(super) async fn open(&self, bound: u64) -> Result<Opened, Unread> {
        let store = self.clone();
        let opened = tokio::task::spawn_blocking(move || store.opened(bound)).await;
        opened.unwrap_or_else(|error| Err(Unread::new(Why::Failed, error)))
    }

    fn listed(&self) -> Result<Listed, String> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let State::Unread(input) = &mut *state {
            *state = match keep(input) {
                Ok(kept) => State::Kept(kept),
                Err(error) => State::Failed(format!("standard input cannot be kept in a temporary file: {error}")),
            };
        }
        match &*state {
            State::Kept(kept) => Ok(Listed {
                uri: format!("stdin:{}", kept.digest),
                key: "stdin".to_owned(),
                version: kept.size.to_string(),
                size: kept.size,
                last_modified: (self.clock)(),
                receipt: None,
            }),
            State::Failed(error) => Err(error.clone()),
            State::Unread(_) => Err("standard input was not read".to_owned()),
        }
    }

    fn opened(&self, bound: u64) -> Result<Opened, Unread> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State::Kept(kept) = &*state else {
            return Err(Unread::new(Why::Failed, "standard input was not listed"));
        };
        let mut reader = KeptReader { file: kept.file.clone(), at: 0, size: kept.size };
        if kept.size > bound {
            return Ok(Opened::Stream(Box::new(reader)));
        }
        let mut bytes = Vec::new();
        let failed =
            |error: io::Error| Unread::within(&error).cloned().unwrap_or_else(|| Unread::new(Why::Failed, error));
        reader.read_to_end(&mut bytes).map_err(failed)?;
        Ok(Opened::Whole(Bytes::from(bytes)))
    }
}

fn keep(input: &mut dyn Read) -> io::Result<Kept> {
    let mut file = BufWriter::new(tempfile::tempfile()?);
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 << 10];
    let mut size = 0;
    loop {
        let length = match input.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = buffer.get(..length).unwrap_or_default();
        hasher.update(read);
        file.write_all(read)?;
        size += length as u64;
    }
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(Kept { file: Arc::new(Mutex::new(file)), size, digest: format!("{:x}", hasher.finalize()) })
}

/// Reads the file from its beginning. Readers share the file's place: each read says where it is.
struct KeptReader {
    file: Arc<Mutex<File>>,
    at: u64,
    size: u64,
}

impl Read for KeptReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let length = file.read(buffer)?;
        self.at += length as u64;
        if length == 0 && !buffer.is_empty() && self.at < self.size {
            return Err(broken_off(Unread::new(Why::Inconsistent, "the temporary file of standard input was cut off")));
        }
        Ok(length)
    }
}
