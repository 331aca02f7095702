//! Bodies that lie beside the objects of a log, fetched for the thread that decodes.
//!
//! A record names its body, and records are untrusted: a body is read from the bucket of its object alone, or from the folder `data`
//! beside the file, whatever the record says.

use super::store::{Bounds, Listed, LogStore, Opened};
use super::unread::Why;
use sightline_ingest::{Sidecar, Sidecars};
use std::sync::{Mutex, PoisonError};
use tokio::runtime::Handle;

/// Bytes of a body, as stored, that are read.
const LARGEST: u64 = 16 << 20;

/// Fetches from where the current object lies.
pub(super) struct BesideObjects {
    store: LogStore,
    runtime: Handle,
    object: Mutex<Listed>,
}

impl BesideObjects {
    pub(super) fn new(store: LogStore, runtime: Handle) -> Self {
        Self { store, runtime, object: Mutex::default() }
    }

    /// From now on bodies lie beside this object.
    pub(super) fn look_beside(&self, object: &Listed) {
        object.clone_into(&mut self.object.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Sidecars for BesideObjects {
    fn fetch(&self, uri: &str) -> Sidecar {
        let object = self.object.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(body) = beside(&object, uri) else {
            return Sidecar::Unread("it is named in another place than beside its log".to_owned());
        };
        match self.runtime.block_on(self.store.open_unlisted(&body, Bounds { whole: LARGEST, parquet: 0 })) {
            Ok(Opened::Whole(bytes)) => Sidecar::Found(bytes.to_vec()),
            Ok(Opened::Stream(_)) => Sidecar::TooLarge,
            Err(unread) => match unread.why {
                Why::Gone => Sidecar::Missing,
                Why::TooLarge => Sidecar::TooLarge,
                Why::Denied => Sidecar::Denied,
                _ => Sidecar::Unread(unread.error),
            },
        }
    }
}

/// URI and key of the body, in the place where the object lies.
fn beside(object: &Listed, uri: &str) -> Option<Listed> {
    let key = uri.strip_prefix("s3://")?.split_once('/')?.1;
    let name = key.rsplit('/').next().filter(|name| !name.is_empty() && *name != "..")?;
    let in_bucket = object.uri.starts_with("s3://");
    let (base, bucket) = (object.uri.rsplit_once('/')?.0, object.uri.strip_suffix(&object.key));
    Some(if in_bucket {
        Listed { uri: format!("{}{key}", bucket?), key: key.to_owned(), ..Listed::default() }
    } else {
        let folder = object.key.rsplit_once('/').map_or("", |(folder, _)| folder);
        Listed { uri: format!("{base}/data/{name}"), key: format!("{folder}/data/{name}"), ..Listed::default() }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(uri: &str, key: &str, body: &str) -> Option<(String, String)> {
        let object = Listed { uri: uri.to_owned(), key: key.to_owned(), ..Listed::default() };
        beside(&object, body).map(|body| (body.uri, body.key))
    }

    #[test]
    fn only_where_the_object_lies() {
        let pair = |uri: &str, key: &str| Some((uri.to_owned(), key.to_owned()));
        let body = "s3://logs/AWSLogs/1/data/r_input.json.gz";
        assert_eq!(
            place("s3://logs/AWSLogs/1/a.gz", "AWSLogs/1/a.gz", body),
            pair(body, "AWSLogs/1/data/r_input.json.gz")
        );
        // Another bucket's name is not followed.
        let elsewhere = "s3://private/AWSLogs/1/data/r_input.json.gz";
        assert_eq!(
            place("s3://logs/AWSLogs/1/a.gz", "AWSLogs/1/a.gz", elsewhere),
            pair(body, "AWSLogs/1/data/r_input.json.gz")
        );
        assert_eq!(
            place("file:///x/1/a.gz", "1/a.gz", body),
            pair("file:///x/1/data/r_input.json.gz", "1/data/r_input.json.gz")
        );
        assert_eq!(place("file:///x/1/a.gz", "1/a.gz", "s3://logs/.."), None);
        assert_eq!(place("file:///x/1/a.gz", "1/a.gz", "/etc/passwd"), None);
    }
}
