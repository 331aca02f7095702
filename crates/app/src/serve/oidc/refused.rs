//! Why nobody signs in.

use crate::serve::problem::Problem;
use http::StatusCode;

/// Why, as the console and programs are told. What exactly could not be verified is for the log alone.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The provider knows this person, and no role is mapped to them
    NoRole(String),
    /// The provider, or the person, said no
    Denied,
    /// It took too long, or was begun in another browser
    Stale,
    /// What the provider sent is not what it must be
    Unverified(String),
    /// The provider cannot be asked
    Unreachable(String),
}

impl Refused {
    /// The word for it, as it stands in the link to the console.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::NoRole(_) => "no-role",
            Self::Denied => "refused",
            Self::Stale => "stale",
            Self::Unverified(_) => "unverified",
            Self::Unreachable(_) => "unreachable",
        }
    }

    /// Writes down what is not told.
    pub(crate) fn log(&self) {
        let detail = match self {
            Self::NoRole(whose) | Self::Unverified(whose) | Self::Unreachable(whose) => whose.as_str(),
            Self::Denied | Self::Stale => "",
        };
        tracing::warn!(reason = self.word(), detail, "nobody signed in");
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let (status, text) = match &refused {
            Refused::NoRole(_) => (
                StatusCode::FORBIDDEN,
                "the provider knows you, and no role here is mapped to you: whoever runs this server maps roles in `[serve.oidc.roles]`",
            ),
            Refused::Denied => (StatusCode::FORBIDDEN, "the provider did not sign you in"),
            Refused::Stale => (
                StatusCode::UNAUTHORIZED,
                "this sign-in took too long, was used before, or was begun in another browser: begin again",
            ),
            Refused::Unverified(_) => (
                StatusCode::BAD_GATEWAY,
                "what the provider sent cannot be verified; the log has it under the request's id",
            ),
            Refused::Unreachable(_) => {
                (StatusCode::BAD_GATEWAY, "the provider cannot be asked; the log has it under the request's id")
            }
        };
        Self::new(status, text)
    }
}
