//! What every surface asks with: the connection, the target, the run.

use super::TAG;
use super::openai::Web;
use crate::target::Target;
use serde_json::{Value, json};
use sightline_aws::{Aws, CallError, CallErrorKind};
use std::sync::OnceLock;

/// Asks one target for one run.
#[derive(Debug)]
pub(crate) struct Asker<'a> {
    pub(super) aws: &'a Aws,
    pub(super) target: &'a Target,
    pub(super) run_id: &'a str,
    web: OnceLock<Web>,
}

impl<'a> Asker<'a> {
    /// The connection listens to models: its calls bear the run's name.
    pub(crate) fn new(aws: &'a Aws, target: &'a Target, run_id: &'a str) -> Self {
        Self { aws, target, run_id, web: OnceLock::new() }
    }

    /// Attempts beyond the first of each call, so far.
    pub(crate) fn retries(&self) -> u64 {
        self.aws.usage().retries
    }

    /// Connections to servers that are no service of AWS.
    ///
    /// # Errors
    /// TLS cannot be set up.
    pub(super) fn web(&self) -> Result<&Web, String> {
        if let Some(web) = self.web.get() {
            return Ok(web);
        }
        let web = Web::new()?;
        Ok(self.web.get_or_init(|| web))
    }

    /// What names a call in the service's own logs.
    pub(super) fn metadata(&self, probe_id: &str) -> Value {
        json!({TAG: self.run_id, "probe": probe_id})
    }

    /// The error of an answer that is not what the surface knows.
    pub(super) fn unreadable(&self, service: &str, operation: &str, reason: impl Into<String>) -> CallError {
        CallError {
            kind: CallErrorKind::Unreadable,
            code: "UnreadableAnswer".into(),
            message: reason.into(),
            status: Some(200),
            service: service.into(),
            operation: operation.into(),
            region: self.target.region().into(),
        }
    }
}
