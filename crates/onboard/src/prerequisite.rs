//! What a prerequisite is, and all of them.
//!
//! To add one, add a file to `src/prerequisite` with `pub static UNIT` of a type that implements [`Prerequisite`]. Begin with the
//! declaration: functions of [`Parameters`] that return what shall be, as values (policy statements, fields, selectors). The renderers
//! write those values down and `verify` compares the same values with the account, so that the two cannot disagree.

use crate::context::Context;
use crate::error::OnboardError;
use crate::parameters::Parameters;
use crate::verdict::Verdict;
use futures::future::BoxFuture;
use std::collections::BTreeMap;

include!(concat!(env!("OUT_DIR"), "/prerequisites.rs"));

/// One thing that an account needs.
pub trait Prerequisite: Sync {
    /// Its name on the command line, such as `log-bucket`.
    fn id(&self) -> &'static str;

    /// What it is, in a few words.
    fn title(&self) -> &'static str;

    /// A paragraph that teaches it: what it is for, what it costs, what is often got wrong.
    fn about(&self) -> &'static str;

    /// The parameters that it reads.
    fn parameters(&self) -> &'static [Parameter];

    /// What [`Prerequisite::verify`] must be allowed to do.
    fn permissions(&self) -> &'static [Permission];

    /// Writes it down. The same parameters give the same text.
    fn render(&self, parameters: &Parameters, format: Format) -> Result<String, OnboardError>;

    /// Whether it is made of the other prerequisites: it is then left out where all are written down, each for itself, and verifying it
    /// is verifying them.
    fn is_composition(&self) -> bool {
        false
    }

    /// Looks whether the account has it. It never fails: what could not be seen is a verdict that says so.
    // INVARIANT: at least one verdict; no call that changes anything.
    fn verify<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Vec<Verdict>>;
}

/// A language in which a prerequisite is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// HCL for Terraform and OpenTofu, provider `hashicorp/aws` 5 or newer
    Terraform,
    /// a CloudFormation template in YAML
    CloudFormation,
    /// a POSIX shell script of AWS CLI version 2 commands
    Cli,
    /// a JSON object: name → policy document
    Policy,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Terraform, Self::CloudFormation, Self::Cli, Self::Policy];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::CloudFormation => "cloudformation",
            Self::Cli => "cli",
            Self::Policy => "policy",
        }
    }

    /// The usual ending of a file of this format.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Terraform => "tf",
            Self::CloudFormation => "yaml",
            Self::Cli => "sh",
            Self::Policy => "json",
        }
    }
}

/// A parameter that a prerequisite reads; its value is a field of [`crate::Given`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// its name on the command line
    pub name: &'static str,
    /// what it is, and its default
    pub about: &'static str,
}

/// An IAM action that verification uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// such as `s3:GetBucketPolicy`
    pub action: &'static str,
    /// why it is asked for
    pub why: &'static str,
    /// on what
    pub scope: Scope,
}

/// On what a permission is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// on all resources: what is described is not known before
    Account,
    /// on the log bucket alone
    LogBucket,
    /// on the scanner's role in other accounts of the organization
    MemberRole,
}

impl Permission {
    pub(crate) const fn account(action: &'static str, why: &'static str) -> Self {
        Self { action, why, scope: Scope::Account }
    }

    pub(crate) const fn log_bucket(action: &'static str, why: &'static str) -> Self {
        Self { action, why, scope: Scope::LogBucket }
    }

    pub(crate) const fn member_role(action: &'static str, why: &'static str) -> Self {
        Self { action, why, scope: Scope::MemberRole }
    }
}

/// The prerequisite of this id.
pub fn find(id: &str) -> Option<&'static dyn Prerequisite> {
    ALL.iter().copied().find(|prerequisite| prerequisite.id() == id)
}

/// What verifying every prerequisite takes, by action.
pub fn permissions() -> BTreeMap<&'static str, Permission> {
    ALL.iter().flat_map(|unit| unit.permissions()).map(|permission| (permission.action, *permission)).collect()
}

/// Verifies all prerequisites at once, save those that are made of others; the verdicts come in the order of [`ALL`].
pub async fn verify_all(context: &Context) -> Vec<Verdict> {
    let all = ALL.iter().filter(|unit| !unit.is_composition()).map(|prerequisite| prerequisite.verify(context));
    futures::future::join_all(all).await.into_iter().flatten().collect()
}

/// The parameters that several prerequisites read.
pub(crate) mod given {
    use super::Parameter;

    pub(crate) const ACCOUNT_ID: Parameter = Parameter { name: "account-id", about: "the account's twelve digits" };
    pub(crate) const REGIONS: Parameter =
        Parameter { name: "region", about: "regions with workloads or models, the first is home; default `us-east-1`" };
    pub(crate) const BUCKET: Parameter =
        Parameter { name: "bucket", about: "the log bucket; default `sightline-logs-<account>-<home region>`" };
    pub(crate) const PREFIX: Parameter =
        Parameter { name: "prefix", about: "folder in the bucket under which the logs lie; default none" };
    pub(crate) const TRAIL: Parameter = Parameter { name: "trail", about: "the trail's name; default `sightline`" };
    pub(crate) const KMS_KEY: Parameter =
        Parameter { name: "kms-key-arn", about: "an existing KMS key for the logs; default none, S3's own encryption" };
    pub(crate) const UNITS: Parameter = Parameter {
        name: "organizational-unit",
        about: "organizational units, or the root, whose accounts are to be read; default none: this account alone",
    };
    pub(crate) const DELEGATED: Parameter = Parameter {
        name: "delegated-administrator",
        about: "the account that the scanner runs in, if it is to list the organization's accounts; default none",
    };
    pub(crate) const ORGANIZATION: Parameter =
        Parameter { name: "organization-id", about: "the organisation, if the trail is to be the organisation's" };
    pub(crate) const PRINCIPAL: Parameter = Parameter {
        name: "principal",
        about: "who may assume the scanner's and the prober's role: an account's twelve digits, or the ARN of a role or user",
    };
    pub(crate) const EXTERNAL_ID: Parameter = Parameter {
        name: "scanner-external-id",
        about: "a text of at least eight characters that must be given when those roles are assumed",
    };
    pub(crate) const MODELS: Parameter = Parameter {
        name: "model",
        about: "ARN of a model, inference profile, deployment, agent or flow alias, knowledge base, guardrail or SageMaker endpoint that may be invoked; may be given several times",
    };
    pub(crate) const GUARDRAIL: Parameter = Parameter {
        name: "guardrail",
        about: "ARN of the guardrail without which workloads may not invoke; default none",
    };
    pub(crate) const CLUSTERS: Parameter = Parameter {
        name: "eks-cluster",
        about: "EKS clusters: a name in the home region, `<region>/<name>` elsewhere; verification without it looks at every cluster",
    };
    pub(crate) const AS_DOCUMENTED: Parameter =
        Parameter { name: "as-documented", about: "render what the common guides ask for, to the letter" };
}
