//! The credentials themselves, for a library that signs its own requests: the object store of a lake.

use crate::aws::Aws;
use crate::connect;
use crate::error::{About, CallError};
use crate::failure;
use crate::kind::CallErrorKind;
use aws_credential_types::provider::ProvideCredentials;
use std::fmt;
use std::time::SystemTime;

/// Credentials. What is secret is not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// names the key
    pub access_key_id: String,
    /// signs
    pub secret_access_key: String,
    /// goes with temporary keys
    pub session_token: Option<String>,
    /// when they run out
    pub expires_at: Option<SystemTime>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl Aws {
    /// The credentials of now. They are looked for each time: a role is assumed, a metadata service asked. Who asks often keeps them.
    ///
    /// # Errors
    /// There are none, or they cannot be had.
    pub async fn keys(&self) -> Result<Keys, CallError> {
        let about = About { service: "sts", operation: "GetCallerIdentity", region: self.default_region() };
        let Some(provider) = self.config().credentials_provider() else {
            return Err(about.error(CallErrorKind::NoCredentials, "NoCredentials", "no AWS credentials found"));
        };
        let found = provider.provide_credentials().await.map_err(|error| failure::of_credentials(about, &error))?;
        Ok(Keys {
            access_key_id: found.access_key_id().to_owned(),
            secret_access_key: found.secret_access_key().to_owned(),
            session_token: found.session_token().map(str::to_owned),
            expires_at: found.expiry(),
        })
    }

    /// Where the environment or the profile says that S3 is: `AWS_ENDPOINT_URL_S3`, then `AWS_ENDPOINT_URL`. `None`: at AWS.
    pub fn s3_endpoint(&self) -> Option<String> {
        connect::configured_endpoint(self.config(), "S3")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_shown() {
        let keys = Keys {
            access_key_id: "AKIAEXAMPLE".to_owned(),
            secret_access_key: "s3cret".to_owned(),
            session_token: Some("t0ken".to_owned()),
            expires_at: None,
        };
        let shown = format!("{keys:?}");
        assert!(shown.contains("AKIAEXAMPLE") && !shown.contains("s3cret") && !shown.contains("t0ken"), "{shown}");
    }
}
