//! Errors of the crate's edge: of connecting and of the models ([`AwsError`]), and of single calls ([`CallError`]).

use crate::kind::CallErrorKind;
use sightline_model::Outcome;
use sightline_model::untrusted::shortened;
use std::fmt;

/// What can be wrong before any call is made.
#[derive(Debug, thiserror::Error)]
pub enum AwsError {
    /// No model of this service is embedded.
    #[error("no API model of a service `{0}`")]
    UnknownService(String),
    /// An embedded model does not hold together; tests keep this from happening.
    #[error("the embedded API model of `{service}` cannot be used: {reason}")]
    BadModel {
        /// the service's key
        service: String,
        /// what is wrong with it
        reason: String,
    },
    /// The environment or the profile asks for endpoints that the reader does not know.
    #[error("{what} endpoints are asked for ({variable}), which is not supported: unset it, or set AWS_ENDPOINT_URL")]
    Endpoints {
        /// FIPS or dual-stack
        what: &'static str,
        /// the variable that asks
        variable: &'static str,
    },
    /// The system has no certificates to know AWS by.
    #[error(
        "this machine has no certificates of authorities, by which AWS is told from strangers: install `ca-certificates`, \
         or name a file of them in SSL_CERT_FILE"
    )]
    NoAuthorities,
}

/// A call that gave no answer: what was asked where, and what AWS, or the way to it, said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// what it means
    pub kind: CallErrorKind,
    /// AWS's error code; a word of the reader's own in the same style where AWS gave none
    pub code: String,
    /// AWS's message, or the reader's own; at most 1,000 characters, untrusted
    pub message: String,
    /// the HTTP status, when there was an answer
    pub status: Option<u16>,
    /// the service's key
    pub service: String,
    /// the operation
    pub operation: String,
    /// the region that was asked
    pub region: String,
}

impl CallError {
    /// The coverage of a table whose call ended so.
    pub fn outcome(&self) -> Outcome {
        self.kind.outcome()
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} in {}: {}", self.service, self.operation, self.region, self.code)?;
        if self.message.is_empty() { Ok(()) } else { write!(f, ": {}", self.message) }
    }
}

impl std::error::Error for CallError {}

/// Which call an error is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) service: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) region: &'a str,
}

impl About<'_> {
    /// An error of the reader's own, without an answer's status.
    pub(crate) fn error(self, kind: CallErrorKind, code: &str, message: impl fmt::Display) -> CallError {
        CallError {
            kind,
            code: shortened(code, 200),
            message: shortened(&message.to_string(), 1000),
            status: None,
            service: shortened(self.service, 100),
            operation: shortened(self.operation, 100),
            region: shortened(self.region, 100),
        }
    }
}
