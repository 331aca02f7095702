//! Small objects of a lake in a bucket, by their name in the lake: `lake.json`, claims, and the look at data files.

use std::path::Path;

use futures::TryStreamExt;
use object_store::{Error, ObjectMeta, ObjectStoreExt, PutMode, PutOptions, PutPayload, WriteMultipart};
use sightline_model::untrusted::shortened;

use super::Place;
use crate::LakeError;

/// A larger file goes up in parts of this size, in bytes.
const PART: usize = 8 << 20;

/// Parts that are under way at once.
const AT_ONCE: usize = 2;

impl Place {
    /// The object; `None` where there is none.
    pub(crate) async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, LakeError> {
        let read = async { self.store().get(&self.path(name)).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed("read", name, error)),
        }
    }

    /// Puts an object where there is none of this name. `false`: there is one. A request whose answer was lost may have put it too.
    pub(crate) async fn create(&self, name: &str, bytes: Vec<u8>) -> Result<bool, LakeError> {
        let options = PutOptions::from(PutMode::Create);
        match self.store().put_opts(&self.path(name), PutPayload::from(bytes), options).await {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(self.failed("write", name, error)),
        }
    }

    /// Removes an object that may be gone already.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), LakeError> {
        match self.store().delete(&self.path(name)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed("remove", name, error)),
        }
    }

    /// How many bytes the object has; `None` where there is none.
    pub(crate) async fn size(&self, name: &str) -> Result<Option<u64>, LakeError> {
        match self.store().head(&self.path(name)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed("look at", name, error)),
        }
    }

    /// All objects below a name.
    pub(crate) async fn list(&self, name: &str) -> Result<Vec<ObjectMeta>, LakeError> {
        let path = self.path(name);
        let listed: Result<Vec<ObjectMeta>, Error> = self.store().list(Some(&path)).try_collect().await;
        listed.map_err(|error| self.failed("list", name, error))
    }

    /// Puts a file of this machine. Its name was never used before, so it may be put twice.
    pub(crate) async fn upload(&self, file: &Path, name: &str) -> Result<(), LakeError> {
        let failed = |error| self.failed("write", name, error);
        let bytes = tokio::fs::metadata(file).await.map_err(LakeError::io("read", file))?.len();
        if bytes <= PART as u64 {
            let bytes = tokio::fs::read(file).await.map_err(LakeError::io("read", file))?;
            return self.store().put(&self.path(name), bytes.into()).await.map(drop).map_err(failed);
        }
        let upload = self.store().put_multipart(&self.path(name)).await.map_err(failed)?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, PART);
        let fed = self.feed(file, name, &mut writer).await;
        if let Err(error) = fed {
            // Parts that stay cost money: the bucket's lifecycle rule takes away what this does not.
            drop(writer.abort().await);
            return Err(error);
        }
        writer.finish().await.map(drop).map_err(failed)
    }

    async fn feed(&self, file: &Path, name: &str, writer: &mut WriteMultipart) -> Result<(), LakeError> {
        use tokio::io::AsyncReadExt;
        let mut open = tokio::fs::File::open(file).await.map_err(LakeError::io("open", file))?;
        let mut part = vec![0; 1 << 20];
        loop {
            let read = open.read(&mut part).await.map_err(LakeError::io("read", file))?;
            if read == 0 {
                return Ok(());
            }
            writer.wait_for_capacity(AT_ONCE).await.map_err(|error| self.failed("write", name, error))?;
            writer.write(part.get(..read).unwrap_or_default());
        }
    }

    pub(crate) fn failed(&self, doing: &'static str, name: &str, error: Error) -> LakeError {
        let message = shortened(&error.to_string(), 600);
        LakeError::Store { doing, path: self.shown().join(name), message }
    }
}
