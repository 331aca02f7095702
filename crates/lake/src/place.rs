//! Where a lake is: a folder, or a prefix of an S3 bucket; and the one way from a lake's place to its object store.
//!
//! | | a folder | a bucket |
//! |---|---|---|
//! | tables, claims, `lake.json` | there | there |
//! | locks, journals of scans, what queries spill, files on their way up | there | a local folder, the *state* |
//!
//! Nothing in the state is needed by another machine: a claim is, and lies in the bucket. What is written to a bucket is durable when the
//! request is answered; in a folder it is synced.

mod data;
mod lent;
mod objects;
mod s3;

pub use lent::{Lender, Lent};
pub use s3::S3Access;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use deltalake::logstore::{LogStoreRef, StorageConfig, default_logstore};
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use object_store::path::Path as StorePath;
use object_store::prefix::PrefixStore;
use sightline_model::untrusted::{for_terminal, shortened};
use url::Url;

use crate::LakeError;

/// A lake's place, with its object store. Clones are the same place.
#[derive(Debug, Clone)]
pub struct Place(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// the folder, or `s3://bucket/prefix`, as errors name it
    shown: PathBuf,
    /// ends with `/`
    url: Url,
    store: Arc<dyn ObjectStore>,
    store_url: ObjectStoreUrl,
    /// of the lake in its store
    base: StorePath,
    state: PathBuf,
    is_folder: bool,
}

impl Place {
    /// A folder that exists.
    ///
    /// # Errors
    /// There is none, or its path cannot be used.
    pub fn folder(root: &Path) -> Result<Self, LakeError> {
        let root = match root.canonicalize() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(LakeError::Missing { path: root.to_owned() });
            }
            other => other.map_err(LakeError::io("open", root))?,
        };
        check_path(&root)?;
        let absolute = |()| LakeError::Folder { path: root.clone(), reason: "is not absolute" };
        let url = Url::from_directory_path(&root).map_err(absolute)?;
        let base = StorePath::from_absolute_path(&root)
            .map_err(|error| LakeError::Damaged { path: root.clone(), reason: error.to_string() })?;
        Ok(Self(Arc::new(Inner {
            shown: root.clone(),
            url,
            store: Arc::new(LocalFileSystem::new()),
            store_url: ObjectStoreUrl::local_filesystem(),
            base,
            state: root,
            is_folder: true,
        })))
    }

    /// A prefix of a bucket: `s3://bucket/prefix`, or the bucket itself. Makes no call. `state` is a local folder, made when it is first
    /// needed; two lakes must not share it.
    ///
    /// # Errors
    /// The address is none; the store cannot be set up.
    pub fn bucket(address: &str, access: &S3Access, state: &Path) -> Result<Self, LakeError> {
        let refused =
            |reason: &'static str| LakeError::Address { address: for_terminal(&shortened(address, 200)), reason };
        let (bucket, prefix) = s3::parts(address).map_err(refused)?;
        let base =
            StorePath::parse(prefix).map_err(|_| refused("has an empty part or a sign that keys cannot have"))?;
        let mut text = format!("s3://{bucket}/{base}");
        if !text.ends_with('/') {
            text.push('/');
        }
        let url = Url::parse(&text).map_err(|_| refused("is no URL"))?;
        let store_url = ObjectStoreUrl::parse(format!("s3://{bucket}")).map_err(|_| refused("names no bucket"))?;
        Ok(Self(Arc::new(Inner {
            shown: PathBuf::from(text.trim_end_matches('/')),
            url,
            store: s3::store(bucket, access)?,
            store_url,
            base,
            state: state.to_owned(),
            is_folder: false,
        })))
    }

    /// The folder, or `s3://bucket/prefix`.
    pub fn shown(&self) -> &Path {
        &self.0.shown
    }

    /// The local folder of what no other machine needs. Of a folder's lake it is the folder itself.
    pub fn state(&self) -> &Path {
        &self.0.state
    }

    /// Whether the lake is a folder of this machine.
    pub fn is_folder(&self) -> bool {
        self.0.is_folder
    }

    /// The URL that files of the lake have in plans: whoever runs a plan needs [`Place::store`] under it.
    pub fn store_url(&self) -> &ObjectStoreUrl {
        &self.0.store_url
    }

    /// The store, from the root of the file system or of the bucket.
    pub fn store(&self) -> Arc<dyn ObjectStore> {
        Arc::clone(&self.0.store)
    }

    /// Lets an engine read the files that plans over this lake name.
    pub fn register(&self, runtime: &RuntimeEnv) {
        // A folder's store is there from the start.
        if !self.0.is_folder {
            runtime.register_object_store(self.0.store_url.as_ref(), self.store());
        }
    }

    /// The lake's folder, where it is one.
    pub(crate) fn local(&self) -> Option<&Path> {
        self.0.is_folder.then_some(self.0.shown.as_path())
    }

    /// A table's place as errors name it; of a folder's lake its folder.
    pub(crate) fn of_table(&self, table: &str) -> PathBuf {
        self.0.shown.join(table)
    }

    pub(crate) fn base(&self) -> &StorePath {
        &self.0.base
    }

    /// The path of a name in the lake, such as `claims/a.json`.
    pub(crate) fn path(&self, name: &str) -> StorePath {
        name.split('/').fold(self.0.base.clone(), |path, part| path.join(part))
    }

    /// Delta's view of a table.
    pub(crate) fn log_store(&self, table: &str) -> Result<LogStoreRef, LakeError> {
        let url = self.0.url.join(&format!("{table}/"));
        let url = url.map_err(|error| LakeError::Damaged { path: self.of_table(table), reason: error.to_string() })?;
        let prefixed = Arc::new(PrefixStore::new(self.store(), self.path(table)));
        Ok(default_logstore(prefixed, self.store(), &url, &StorageConfig::default()))
    }
}

/// Paths pass through URLs, and Delta's library decodes them once too often.
pub(crate) fn check_path(root: &Path) -> Result<(), LakeError> {
    let refused = |reason| Err(LakeError::Folder { path: root.to_owned(), reason });
    match root.to_str() {
        None => refused("is not UTF-8"),
        Some(text) if text.contains('%') => refused("holds a `%`"),
        Some(_) => Ok(()),
    }
}
