//! The stages of an attack on models, in the order in which they tell most.

use serde::Deserialize;

/// A detection's place in the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// somebody is new to models, or comes from where the identity never was
    Arrival,
    /// which models there are and who watches is found out
    Recon,
    /// models are opened to the account or the account to others
    Access,
    /// keys are made or taken over
    Credential,
    /// logs, guardrails and policies are weakened
    Evasion,
    /// agents, knowledge bases and code are changed
    Tamper,
    /// models are called for what they cost or give away
    Impact,
}

impl Stage {
    /// The word in files and in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Arrival => "arrival",
            Self::Recon => "recon",
            Self::Access => "access",
            Self::Credential => "credential",
            Self::Evasion => "evasion",
            Self::Tamper => "tamper",
            Self::Impact => "impact",
        }
    }

    /// What somebody did, as a part of a case's title.
    pub(crate) fn deed(self) -> &'static str {
        match self {
            Self::Arrival => "came new to models",
            Self::Recon => "looked around",
            Self::Access => "opened access",
            Self::Credential => "used or made keys",
            Self::Evasion => "weakened logs or guardrails",
            Self::Tamper => "changed agents, data or code",
            Self::Impact => "drew on models",
        }
    }
}
