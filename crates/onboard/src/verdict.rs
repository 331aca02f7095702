//! What verification says of one thing.

use serde::{Deserialize, Serialize};
use sightline_aws::CallError;
use sightline_model::untrusted::shortened;
use std::fmt;

/// How one thing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// it is there and as it should be
    Ok,
    /// it is not there
    Missing,
    /// it is there, and not as it should be
    Wrong,
    /// could not look, or what was seen does not decide
    CannotTell,
}

impl State {
    /// The words for people: `ok`, `missing`, `wrong`, `cannot tell`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Wrong => "wrong",
            Self::CannotTell => "cannot tell",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One line of `onboard verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// the prerequisite's id
    pub prerequisite: String,
    /// what it speaks of: an ARN, or `vpc-… in eu-west-1`
    pub target: String,
    /// how it stands
    pub status: State,
    /// one sentence: what was seen, or what could not be. It may quote the account's names: make it safe where it is shown
    pub reason: String,
    /// the call that told, such as `s3:GetBucketPolicy in us-east-1`
    pub call: String,
    /// the exact snippet that puts it right; empty where there is nothing to put right, or nobody can know how
    pub fix: String,
}

/// A call that gave no answer.
#[derive(Debug)]
pub(crate) struct Unanswered {
    pub(crate) error: CallError,
    /// the IAM action that allows the call
    pub(crate) action: &'static str,
}

impl Unanswered {
    pub(crate) fn new(error: CallError, action: &'static str) -> Box<Self> {
        Box::new(Self { error, action })
    }
}

/// Makes the verdicts of one prerequisite on one target.
#[derive(Debug, Clone)]
pub(crate) struct Judge {
    prerequisite: &'static str,
    target: String,
}

impl Judge {
    pub(crate) fn new(prerequisite: &'static str, target: impl Into<String>) -> Self {
        Self { prerequisite, target: target.into() }
    }

    pub(crate) fn ok(&self, call: &str, reason: impl Into<String>) -> Verdict {
        self.verdict(State::Ok, call, reason.into(), String::new())
    }

    pub(crate) fn missing(&self, call: &str, reason: impl Into<String>, fix: impl Into<String>) -> Verdict {
        self.verdict(State::Missing, call, reason.into(), fix.into())
    }

    pub(crate) fn wrong(&self, call: &str, reason: impl Into<String>, fix: impl Into<String>) -> Verdict {
        self.verdict(State::Wrong, call, reason.into(), fix.into())
    }

    pub(crate) fn cannot_tell(&self, call: &str, reason: impl Into<String>) -> Verdict {
        self.verdict(State::CannotTell, call, reason.into(), String::new())
    }

    /// The call was refused or failed: nothing is known, and the reason says what would have let us look.
    pub(crate) fn unanswered(&self, unanswered: &Unanswered) -> Verdict {
        let Unanswered { error, action } = unanswered;
        let call = format!("{}:{} in {}", error.service, error.operation, error.region);
        let told = shortened(&format!("{}: {}", error.code, error.message), 300);
        let (reason, fix) = match error.kind {
            sightline_aws::CallErrorKind::Denied => (
                format!("`{action}` is not allowed to this caller ({told})"),
                format!("allow {action} to the scanner's role"),
            ),
            _ => (format!("the call failed: {told}"), String::new()),
        };
        self.verdict(State::CannotTell, &call, reason, fix)
    }

    fn verdict(&self, status: State, call: &str, reason: String, fix: String) -> Verdict {
        let (prerequisite, target) = (self.prerequisite.to_owned(), self.target.clone());
        Verdict { prerequisite, target, status, reason, call: call.to_owned(), fix }
    }
}
