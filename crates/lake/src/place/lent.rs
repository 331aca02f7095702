//! Credentials for the bucket, lent by who can find them: this crate knows no chain of providers.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use object_store::aws::AwsCredential;
use object_store::{CredentialProvider, Error, Result};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Credentials, and for how long they may be used without asking again.
#[derive(Clone)]
pub struct Lent {
    /// names the key
    pub key_id: String,
    /// signs
    pub secret_key: String,
    /// goes with temporary keys
    pub token: Option<String>,
    /// from now on
    pub valid: Duration,
}

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lent").field("key_id", &self.key_id).field("valid", &self.valid).finish_non_exhaustive()
    }
}

/// Finds credentials; asked again when what it lent is over. The error is text for the user.
pub type Lender = Arc<dyn Fn() -> BoxFuture<'static, std::result::Result<Lent, String>> + Send + Sync>;

/// Holds what was lent until it is over.
pub(super) struct Purse {
    lender: Lender,
    held: Mutex<Option<(Arc<AwsCredential>, Instant)>>,
}

impl Purse {
    pub(super) fn new(lender: Lender) -> Self {
        Self { lender, held: Mutex::default() }
    }
}

impl fmt::Debug for Purse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Purse").finish_non_exhaustive()
    }
}

#[async_trait]
impl CredentialProvider for Purse {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> Result<Arc<AwsCredential>> {
        // Held while the lender looks: others wait for the same answer.
        let mut held = self.held.lock().await;
        if let Some((credential, until)) = &*held
            && Instant::now() < *until
        {
            return Ok(Arc::clone(credential));
        }
        let lent = (self.lender)().await.map_err(|reason| Error::Generic { store: "S3", source: reason.into() })?;
        let credential =
            Arc::new(AwsCredential { key_id: lent.key_id, secret_key: lent.secret_key, token: lent.token });
        *held = Some((Arc::clone(&credential), Instant::now() + lent.valid));
        Ok(credential)
    }
}
