//! What is asked.

use crate::organization::Question;

/// Something that somebody may be able to do: allowed when all of its parts are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// `service:Name`
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// Twelve digits. Empty for resources that AWS owns, which everybody asks of his own account; with an account, of its
    /// callers alone.
    pub resource_account: String,
    /// All must be allowed, to one caller.
    pub parts: Vec<Part>,
}

/// A part of an ask: a model in one of the regions of a profile, a guardrail that is enforced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What people know it by.
    pub label: String,
    /// The question.
    pub question: Question,
    /// Accounts whose callers it concerns; empty: all.
    pub callers: Vec<String>,
    /// Why the part is not settled, where AWS's pages do not settle it.
    pub doubt: Option<Doubt>,
}

/// What is not settled about a part. The texts say what would have to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// Whether it is asked at all. The text: that it is not.
    Asked(String),
    /// Whether it is this other question. The text: that it is the part's own.
    Other(Question, String),
}

impl Part {
    /// A part that is settled.
    pub fn new(label: impl Into<String>, question: Question) -> Self {
        Self { label: label.into(), question, callers: Vec::new(), doubt: None }
    }

    /// The part, and why it is not settled.
    #[must_use]
    pub fn doubted(mut self, doubt: Doubt) -> Self {
        self.doubt = Some(doubt);
        self
    }

    pub(super) fn questions(&self) -> impl Iterator<Item = &Question> {
        let other = match &self.doubt {
            Some(Doubt::Other(question, _)) => Some(question),
            _ => None,
        };
        std::iter::once(&self.question).chain(other)
    }

    pub(super) fn concerns(&self, account: &str) -> bool {
        self.callers.is_empty() || self.callers.iter().any(|own| own == account)
    }
}

impl From<Question> for Ask {
    fn from(question: Question) -> Self {
        Self {
            action: question.action.clone(),
            resource: question.resource.clone(),
            resource_account: question.resource_account.clone(),
            parts: vec![Part::new(question.resource.clone(), question)],
        }
    }
}
