//! Places of logs: local ones, an S3 endpoint that fails and lies, and queues, topics and log groups of an emulator.

mod emulated;
mod endpoint;
mod lists;
mod local;

use futures::StreamExt;
use jiff::Timestamp;
use sightline_aws::{Aws, Emulated};
use sightline_collect::logs::{Bounds, Listed, LogStore, Opened, Unlisted, Unread};
use sightline_collect::scan::Clock;
use std::sync::Arc;

/// Everything that the store lists.
async fn listed(store: &LogStore, since: Option<Timestamp>) -> Vec<Result<Listed, Unlisted>> {
    store.list_since(since).collect().await
}

/// The keys, where all could be listed.
async fn keys(store: &LogStore, since: Option<Timestamp>) -> Vec<String> {
    listed(store, since).await.into_iter().map(|listed| listed.unwrap().key).collect()
}

/// Up to so many bytes whole.
fn bounds(whole: u64) -> Bounds {
    Bounds { whole, parquet: whole }
}

/// All bytes of what was opened, or what its reader said at the end.
async fn all_of(opened: Opened) -> Result<Vec<u8>, Unread> {
    match opened {
        Opened::Whole(bytes) => Ok(bytes.to_vec()),
        Opened::Stream(mut reader) => {
            let read = move || {
                let mut bytes = Vec::new();
                reader.read_to_end(&mut bytes).map(|_| bytes)
            };
            let read = tokio::task::spawn_blocking(read).await.unwrap();
            read.map_err(|error| Unread::within(&error).unwrap_or_else(|| panic!("{error}")).clone())
        }
    }
}

async fn read(store: &LogStore, object: &Listed, whole: u64) -> Result<Vec<u8>, Unread> {
    all_of(store.open(object, bounds(whole)).await?).await
}

fn connect(endpoint: &str) -> Aws {
    Aws::emulated(Emulated {
        endpoint: endpoint.to_owned(),
        access_key_id: "123456789012".to_owned(),
        region: "us-east-1".to_owned(),
        ..Emulated::default()
    })
}

fn clock_at(time: Timestamp) -> Clock {
    Arc::new(move || time)
}
