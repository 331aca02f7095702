//! What an executor may open: files of its lake, to read them.
//!
//! Ballista's ports ask nobody who they are. Who reaches them can send any plan, such as one that reads `/etc/passwd` or writes a file.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path as StorePath;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use url::Url;

use crate::{LakeError, Place};

/// The files of one lake, as an executor sees them: all others are refused, and so is writing.
#[derive(Debug, Clone)]
pub struct LakeFiles {
    store: Arc<dyn ObjectStore>,
    /// the store's URL: `file:///`, `s3://bucket`
    pub(super) url: Url,
    root: StorePath,
}

impl LakeFiles {
    /// The files under `root` of a store that plans know by this URL.
    pub fn new(url: Url, store: Arc<dyn ObjectStore>, root: StorePath) -> Self {
        Self { store, url, root }
    }

    /// The files of the lake at this place.
    pub fn of(place: &Place) -> Self {
        let url: &Url = place.store_url().as_ref();
        Self::new(url.clone(), place.store(), place.base().clone())
    }

    /// The files of a lake in this folder, which may be mounted later.
    ///
    /// # Errors
    /// The path is not absolute.
    pub fn in_folder(folder: &Path) -> Result<Self, LakeError> {
        let unfit = |reason: String| LakeError::Damaged { path: folder.to_owned(), reason };
        let root = StorePath::from_absolute_path(folder).map_err(|error| unfit(error.to_string()))?;
        let url = Url::parse("file:///").map_err(|error| unfit(error.to_string()))?;
        Ok(Self::new(url, Arc::new(LocalFileSystem::new()), root))
    }

    fn check(&self, path: &StorePath) -> Result<()> {
        if path.prefix_matches(&self.root) {
            return Ok(());
        }
        let source = format!("this executor reads files of the lake at `{}` alone", self.root).into();
        Err(Error::PermissionDenied { path: path.to_string(), source })
    }

    fn read_only(path: &StorePath) -> Error {
        Error::PermissionDenied { path: path.to_string(), source: "executors do not write to lakes".into() }
    }
}

impl fmt::Display for LakeFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "files of the lake at {}{}", self.url, self.root)
    }
}

#[async_trait]
impl ObjectStore for LakeFiles {
    async fn put_opts(&self, location: &StorePath, _payload: PutPayload, _options: PutOptions) -> Result<PutResult> {
        Err(Self::read_only(location))
    }

    async fn put_multipart_opts(
        &self,
        location: &StorePath,
        _options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(Self::read_only(location))
    }

    async fn get_opts(&self, location: &StorePath, options: GetOptions) -> Result<GetResult> {
        self.check(location)?;
        self.store.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &StorePath, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.check(location)?;
        self.store.get_ranges(location, ranges).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<StorePath>>) -> BoxStream<'static, Result<StorePath>> {
        locations.map(|location| Err(Self::read_only(&location?))).boxed()
    }

    fn list(&self, prefix: Option<&StorePath>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.check(prefix.unwrap_or(&StorePath::default())) {
            Ok(()) => self.store.list(prefix),
            Err(error) => futures::stream::once(std::future::ready(Err(error))).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&StorePath>) -> Result<ListResult> {
        self.check(prefix.unwrap_or(&StorePath::default()))?;
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, _from: &StorePath, to: &StorePath, _options: CopyOptions) -> Result<()> {
        Err(Self::read_only(to))
    }
}
