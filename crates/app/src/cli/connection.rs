//! Arguments of every command that calls AWS.

use clap::Args;
use sightline_aws::{Aws, AwsError, Connect};

/// Whose credentials are used, and for which regions.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "AWS access")]
pub(crate) struct Connection {
    /// Profile of the shared AWS configuration [default: the default credential chain]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Role to assume with these credentials
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// External id that the role's trust policy asks for
    #[arg(long, value_name = "ID")]
    pub external_id: Option<String>,
    /// Region; may be given several times [default: all that the account has enabled]
    #[arg(long = "region", value_name = "REGION")]
    pub regions: Vec<String>,
}

impl Connection {
    /// The account's reader. Makes no call.
    ///
    /// # Errors
    /// An external id without a role that it is for; the configuration cannot be used.
    pub(crate) async fn connect(&self) -> anyhow::Result<Aws> {
        if self.external_id.is_some() && self.role_arn.is_none() {
            anyhow::bail!("`--external-id` needs `--role-arn`: it is given to the role that is assumed");
        }
        Ok(self.reader().await?)
    }

    /// As [`Connection::connect`], where the external id is for other roles as well.
    ///
    /// # Errors
    /// The configuration cannot be used.
    pub(crate) async fn reader(&self) -> Result<Aws, AwsError> {
        Aws::connect(self.options()).await
    }

    /// What is said of the account.
    pub(crate) fn options(&self) -> Connect {
        Connect {
            profile: self.profile.clone(),
            role_arn: self.role_arn.clone(),
            external_id: self.external_id.clone(),
            region: self.regions.first().cloned(),
        }
    }
}
