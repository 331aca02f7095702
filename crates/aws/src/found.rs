//! Which credentials the default chain finds and where, without what is secret in them.

use crate::aws::Aws;
use crate::connect::{self, Connect};
use crate::error::{About, CallError};
use crate::failure;
use crate::kind::CallErrorKind;
use aws_credential_types::Credentials;
use aws_credential_types::credential_feature::AwsCredentialFeature as Feature;
use aws_credential_types::provider::ProvideCredentials;
use std::time::SystemTime;

/// Credentials, whether AWS takes them or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// it names the key and is no secret
    pub access_key_id: String,
    /// whether a session token goes with it, as with all credentials that run out
    pub is_temporary: bool,
    /// when they run out, as far as it is known
    pub expires_at: Option<SystemTime>,
    /// where they are from, the last step first; empty where it is not told
    pub origins: Vec<Origin>,
}

/// Where credentials are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// `AWS_ACCESS_KEY_ID` and what goes with it
    Environment,
    /// the shared configuration files
    Profile,
    /// `sts:AssumeRole`
    Role,
    /// `sts:AssumeRoleWithWebIdentity`
    WebIdentity,
    /// IAM Identity Center
    Sso,
    /// `aws login`
    Login,
    /// a program that the profile names
    Process,
    /// the endpoint of ECS and of EKS Pod Identity
    Container,
    /// the metadata service of EC2
    Instance,
}

impl Origin {
    fn of(feature: &Feature) -> Option<Self> {
        match feature {
            Feature::CredentialsEnvVars => Some(Self::Environment),
            Feature::CredentialsProfile
            | Feature::CredentialsProfileSourceProfile
            | Feature::CredentialsProfileNamedProvider => Some(Self::Profile),
            Feature::CredentialsStsAssumeRole => Some(Self::Role),
            Feature::CredentialsEnvVarsStsWebIdToken
            | Feature::CredentialsStsAssumeRoleWebId
            | Feature::CredentialsProfileStsWebIdToken => Some(Self::WebIdentity),
            Feature::CredentialsSso | Feature::CredentialsProfileSso => Some(Self::Sso),
            Feature::CredentialsLogin | Feature::CredentialsProfileLogin => Some(Self::Login),
            Feature::CredentialsProcess | Feature::CredentialsProfileProcess => Some(Self::Process),
            Feature::CredentialsHttp => Some(Self::Container),
            Feature::CredentialsImds => Some(Self::Instance),
            _ => None,
        }
    }

    /// Whether the chain asks for new ones before these run out.
    pub fn renews(self) -> bool {
        !matches!(self, Self::Environment | Self::Profile)
    }
}

impl Found {
    fn of(credentials: &Credentials) -> Self {
        let features = credentials.get_property::<Vec<Feature>>().map(Vec::as_slice).unwrap_or_default();
        let mut origins: Vec<Origin> = features.iter().rev().filter_map(Origin::of).collect();
        origins.dedup();
        Self {
            access_key_id: credentials.access_key_id().to_owned(),
            is_temporary: credentials.session_token().is_some(),
            expires_at: credentials.expiry(),
            origins,
        }
    }
}

impl Aws {
    /// The credentials that calls are signed with. Looking for them may take calls: a role is assumed, a metadata service asked.
    ///
    /// # Errors
    /// There are none, or they could not be asked for.
    pub async fn credentials(&self) -> Result<Found, CallError> {
        let about = About { service: "sts", operation: "GetCallerIdentity", region: self.default_region() };
        let Some(provider) = self.config().credentials_provider() else {
            return Err(about.error(CallErrorKind::NoCredentials, "NoCredentials", "no AWS credentials found"));
        };
        let found = provider.provide_credentials().await;
        found.map(|credentials| Found::of(&credentials)).map_err(|error| failure::of_credentials(about, &error))
    }
}

impl Connect {
    /// The region that the options, the environment or the profile name; without one calls go to `us-east-1`.
    pub async fn named_region(&self) -> Option<String> {
        connect::region_chain(self).region().await.map(|region| region.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_names_its_origins_and_no_secret() {
        let mut credentials = Credentials::new("AKIAEXAMPLE", "s3cret", Some("t0ken".to_owned()), None, "test");
        credentials.set_property(vec![Feature::CredentialsProfile, Feature::CredentialsStsAssumeRole]);
        let found = Found::of(&credentials);
        assert_eq!(found.origins, [Origin::Role, Origin::Profile]);
        assert!(found.is_temporary);
        let shown = format!("{found:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("t0ken"), "{shown}");
    }

    #[test]
    fn what_is_written_down_is_not_renewed() {
        assert!(!Origin::Environment.renews() && !Origin::Profile.renews());
        assert!(Origin::Role.renews() && Origin::Instance.renews());
    }
}
