//! Answers that are somebody else's bytes, such as a model's: the body as it is, and the service's headers beside it.

use crate::aws::Aws;
use crate::error::{About, CallError};
use crate::operation::{Answer, Shape};
use aws_smithy_runtime_api::http::Headers;
use bytes::Bytes;
use serde_json::Value;

/// A body as it came.
#[derive(Debug)]
pub struct Blob {
    /// the body
    pub bytes: Bytes,
    headers: Headers,
}

impl Blob {
    /// A header of the answer, by its name in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)
    }
}

impl Aws {
    /// Calls an operation whose answer is a body that the API's model says nothing of. A blob of the input is base64 text, as everywhere.
    ///
    /// # Errors
    /// Those of [`Aws::call`].
    pub async fn blob(&self, region: &str, service: &str, operation: &str, input: Value) -> Result<Blob, CallError> {
        let about = About { service, operation, region };
        let limit = self.patience().largest;
        let Answer::Object(mut part) = self.answer(about, input, Shape::Body { limit }).await? else {
            return Ok(Blob { bytes: Bytes::new(), headers: Headers::new() });
        };
        let bytes = part.bytes(about).await?;
        Ok(Blob { bytes, headers: part.headers })
    }
}
