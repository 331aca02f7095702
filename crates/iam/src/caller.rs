//! Who makes a request.

/// A caller. ARNs are kept as they came.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Caller {
    /// An IAM user.
    User {
        /// `arn:…:iam::…:user/…`
        arn: String,
    },
    /// A role, by a session whose name is not known.
    Role {
        /// `arn:…:iam::…:role/…`
        arn: String,
    },
    /// One session of a role.
    Session {
        /// `arn:…:sts::…:assumed-role/…/…`
        arn: String,
        /// The role's ARN with its path, where it is known.
        role: Option<String>,
    },
    /// A session of `GetFederationToken`.
    FederatedUser {
        /// `arn:…:sts::…:federated-user/…`
        arn: String,
        /// The user that called `GetFederationToken`, where it is known.
        user: Option<String>,
    },
    /// The root user of an account.
    Root {
        /// Twelve digits.
        account: String,
    },
    /// An AWS service.
    Service(String),
    /// A web identity or SAML assertion of this provider.
    Federated(String),
    /// Nobody known.
    Anonymous,
}

/// Providers of web identities that AWS knows without a provider's ARN.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-federated-web-identity>.
const WEB_IDENTITIES: [&str; 4] =
    ["cognito-identity.amazonaws.com", "www.amazon.com", "graph.facebook.com", "accounts.google.com"];

/// The text names no kind of caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a principal: give the ARN of a user, role, session or identity provider, a service's name, or `anonymous`"
)]
pub struct UnknownCaller(String);

impl std::str::FromStr for Caller {
    type Err = UnknownCaller;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let arn = text.to_owned();
        let unknown = || UnknownCaller(sightline_model::untrusted::shortened(text, 200));
        if text == "anonymous" {
            return Ok(Self::Anonymous);
        }
        if WEB_IDENTITIES.contains(&text) {
            return Ok(Self::Federated(arn));
        }
        if !text.starts_with("arn:") {
            let is_service = text.contains('.') && !text.contains([':', '/', ' ']);
            return if is_service { Ok(Self::Service(arn)) } else { Err(unknown()) };
        }
        let resource = text.splitn(6, ':').nth(5).ok_or_else(unknown)?;
        let kind = resource.split('/').next().unwrap_or_default();
        match kind {
            "user" => Ok(Self::User { arn }),
            "role" => Ok(Self::Role { arn }),
            "assumed-role" => Ok(Self::Session { arn, role: None }),
            "federated-user" => Ok(Self::FederatedUser { arn, user: None }),
            "root" => Ok(Self::Root { account: account_of(text).unwrap_or_default().to_owned() }),
            "oidc-provider" | "saml-provider" => Ok(Self::Federated(arn)),
            _ => Err(unknown()),
        }
    }
}

impl Caller {
    /// The account that the caller belongs to; none for services, identity providers and anonymous callers.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::User { arn } | Self::Role { arn } | Self::Session { arn, .. } | Self::FederatedUser { arn, .. } => {
                account_of(arn)
            }
            Self::Root { account } => Some(account),
            Self::Service(_) | Self::Federated(_) | Self::Anonymous => None,
        }
    }

    /// Whether the caller is, or is a session of, a role that a service made for itself: no organization policy binds it.
    ///
    /// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html>.
    pub fn is_service_linked(&self) -> bool {
        match self {
            Self::Role { arn } => arn.contains(":role/aws-service-role/"),
            Self::Session { role: Some(role), .. } => role.contains(":role/aws-service-role/"),
            Self::Session { arn, role: None } => {
                role_name(arn).is_some_and(|name| name.starts_with("AWSServiceRoleFor"))
            }
            _ => false,
        }
    }
}

/// The account in an ARN.
pub fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4).filter(|account| !account.is_empty())
}

/// The role's name in the ARN of a session.
pub fn role_name(session: &str) -> Option<&str> {
    session.split('/').nth(1)
}
