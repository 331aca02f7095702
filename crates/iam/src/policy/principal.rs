//! Principals as policies name them.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>.

use crate::caller::{Caller, account_of, role_name};
use sightline_model::untrusted::shortened;

/// One entry of a `Principal` element.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PrincipalPattern {
    /// `*`: everybody, anonymous callers too.
    Everybody,
    /// An account, by its digits or as `:root`.
    Account(String),
    /// A role, with all its sessions.
    Role(String),
    /// One session of a role.
    Session(String),
    /// A user.
    User(String),
    /// A federated user of `GetFederationToken`.
    FederatedUser(String),
    /// A service, such as `lambda.amazonaws.com`.
    Service(String),
    /// An OIDC or SAML provider.
    Federated(String),
    /// An S3 canonical user id.
    CanonicalUser(String),
    /// The id of a principal that was deleted: nobody.
    Deleted(String),
}

/// How an entry names a caller. Ordered: the later the more exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// Through its account: the account may delegate.
    Account,
    /// Through the role behind its session.
    Role,
    /// Itself, or as everybody.
    Directly,
}

impl PrincipalPattern {
    /// Reads one entry: `kind` is `AWS`, `Service`, `Federated` or `CanonicalUser`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(kind: &str, text: &str) -> Result<Self, String> {
        let own = || text.to_owned();
        match kind {
            "Service" | "Federated" | "CanonicalUser" if text.contains(['*', '?']) => Err(format!(
                "principal `{}` of kind `{kind}` has a wildcard, which only `AWS` may",
                shortened(text, 100)
            )),
            "Service" => Ok(Self::Service(own())),
            "Federated" => Ok(Self::Federated(own())),
            "CanonicalUser" => Ok(Self::CanonicalUser(own())),
            "AWS" => Self::parse_aws(text),
            _ => Err(format!("`{}` is not a kind of principal", shortened(kind, 100))),
        }
    }

    fn parse_aws(text: &str) -> Result<Self, String> {
        let own = text.to_owned();
        if text == "*" {
            return Ok(Self::Everybody);
        }
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self::Account(own));
        }
        if ["AROA", "AIDA", "AGPA", "ANPA"].iter().any(|prefix| text.starts_with(prefix)) && !text.contains(':') {
            return Ok(Self::Deleted(own));
        }
        let mut parts = text.splitn(6, ':').skip(2);
        let (service, account, resource) = (parts.next(), parts.nth(1), parts.next());
        match (service, account, resource) {
            _ if text.contains(['*', '?']) => {
                Err(format!("principal `{}` has a wildcard, which no principal may", shortened(text, 100)))
            }
            (Some("iam"), Some(account), Some("root")) => Ok(Self::Account(account.to_owned())),
            (Some("iam"), _, Some(role)) if role.starts_with("role/") => Ok(Self::Role(own)),
            (Some("iam"), _, Some(user)) if user.starts_with("user/") => Ok(Self::User(own)),
            (Some("sts"), _, Some(session)) if session.starts_with("assumed-role/") => Ok(Self::Session(own)),
            (Some("sts"), _, Some(user)) if user.starts_with("federated-user/") => Ok(Self::FederatedUser(own)),
            (Some("iam"), _, Some(provider))
                if provider.starts_with("saml-provider/") || provider.starts_with("oidc-provider/") =>
            {
                Ok(Self::Federated(own))
            }
            _ => Err(format!("`{}` is not a principal", shortened(text, 100))),
        }
    }

    /// How the entry names `caller`: none where it does not.
    pub fn names(&self, caller: &Caller) -> Option<Named> {
        match (self, caller) {
            (Self::Everybody, _) => Some(Named::Directly),
            (Self::Account(account), _) => (caller.account() == Some(account.as_str())).then_some(Named::Account),
            (Self::Role(role), Caller::Role { arn }) => (role == arn).then_some(Named::Role),
            (Self::Role(role), Caller::Session { arn, role: behind }) => {
                let same = match behind {
                    Some(behind) => role == behind,
                    // A session's ARN leaves out the role's path; a role's name is unique in its account.
                    None => account_of(role) == account_of(arn) && role.rsplit('/').next() == role_name(arn),
                };
                same.then_some(Named::Role)
            }
            (Self::Session(session), Caller::Session { arn, .. }) => (session == arn).then_some(Named::Directly),
            (Self::User(user), Caller::User { arn }) => (user == arn).then_some(Named::Directly),
            (Self::User(user), Caller::FederatedUser { user: Some(behind), .. }) => {
                (user == behind).then_some(Named::Role)
            }
            (Self::FederatedUser(user), Caller::FederatedUser { arn, .. }) => (user == arn).then_some(Named::Directly),
            (Self::Service(service), Caller::Service(name)) => {
                service.eq_ignore_ascii_case(name).then_some(Named::Directly)
            }
            (Self::Federated(provider), Caller::Federated(name)) => (provider == name).then_some(Named::Directly),
            _ => None,
        }
    }

    /// Whether the entry may name `caller`, which cannot be told from what is known of it: a role's session by name,
    /// a canonical user, the user behind a federated one.
    pub fn may_name(&self, caller: &Caller) -> bool {
        match (self, caller) {
            (Self::Session(session), Caller::Role { arn }) => {
                account_of(session) == account_of(arn) && role_name(session) == arn.rsplit('/').next()
            }
            (Self::User(user), Caller::FederatedUser { arn, user: None }) => account_of(user) == account_of(arn),
            (Self::CanonicalUser(_), caller) => caller.account().is_some(),
            _ => false,
        }
    }

    /// As it is written in a policy.
    pub fn text(&self) -> &str {
        match self {
            Self::Everybody => "*",
            Self::Account(text)
            | Self::Role(text)
            | Self::Session(text)
            | Self::User(text)
            | Self::FederatedUser(text)
            | Self::Service(text)
            | Self::Federated(text)
            | Self::CanonicalUser(text)
            | Self::Deleted(text) => text,
        }
    }
}
