//! Looks whether the account has what Sightline needs. It changes nothing there.

use super::{Came, Credentials, Desk};
use crate::cli::onboard::{Expected, verify};
use serde::{Deserialize, Serialize};
use sightline_onboard::State;
use utoipa::ToSchema;

/// What is looked at.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = VerifyJob)]
pub(crate) struct Verify {
    /// As whom
    pub(super) credentials: Credentials,
    /// These prerequisites; all where none is named
    prerequisites: Vec<String>,
    /// What the account should have
    parameters: Expected,
}

impl Verify {
    pub(super) fn check(&self) -> anyhow::Result<()> {
        crate::cli::onboard::chosen(&self.prerequisites).map(drop)
    }

    pub(super) async fn run(&self, desk: &Desk) -> anyhow::Result<Came> {
        desk.told.tell(|told| told.stage = "asking the account".to_owned());
        let verdicts = verify(&self.prerequisites, &self.credentials.connection(), self.parameters.clone()).await?;
        let blind = verdicts.iter().any(|verdict| verdict.status == State::CannotTell);
        Came::to(&verdicts, blind)
    }
}
