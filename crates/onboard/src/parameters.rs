//! What the user says about the account, checked.

use crate::error::OnboardError;
use crate::form;
use crate::render::open;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sightline_model::partition;
use std::collections::BTreeSet;

/// What the user gave, unchecked. Everything but the account has a default; see [`Parameters::check`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Given {
    /// twelve digits
    pub account_id: String,
    /// such as `aws`; by default that of the first region
    pub partition: Option<String>,
    /// regions with workloads or models; the first is home: the bucket and the trail are made there. Default `us-east-1`
    pub regions: Vec<String>,
    /// the log bucket; default `sightline-logs-<account>-<home region>`
    pub bucket: Option<String>,
    /// the account that owns the log bucket; default the account itself
    pub bucket_account: Option<String>,
    /// folder in the bucket under which the logs lie; default none
    pub prefix: Option<String>,
    /// the trail; default `sightline`
    pub trail: Option<String>,
    /// the scanner's role; default `sightline-scanner`
    pub role: Option<String>,
    /// `o-…`: the trail is then the organisation's
    pub organization_id: Option<String>,
    /// who may assume the scanner's role: an account's twelve digits, or the ARN of a role or user
    pub principal: Option<String>,
    /// the secret-like text without which nobody may assume the scanner's role
    pub external_id: Option<String>,
    /// ARN of the KMS key of the logs; default none: the bucket's own encryption (SSE-S3)
    pub kms_key_arn: Option<String>,
    /// VPCs to log: `vpc-…` in the home region, `<region>/vpc-…` elsewhere
    pub vpc_ids: Vec<String>,
    /// the IAM actions of the inventory, such as `bedrock:ListGuardrails`
    pub actions: BTreeSet<String>,
    /// calls of the inventory that take no input, which verification tries where it runs as the scanner's role
    pub calls: Vec<TrialCall>,
    /// attach AWS's `SecurityAudit` as well
    pub security_audit: bool,
    /// let the trail record data events of agents, knowledge bases, endpoints, …: they cost by the event
    pub data_events: bool,
    /// days that logs are kept; default 400
    pub retention_days: Option<u32>,
    /// ARNs of what may be invoked, by the prober and by the workloads that are given a role
    pub models: Vec<String>,
    /// ARN of the guardrail without which workloads may not invoke; `:` and a version behind it if only that one counts
    pub guardrail: Option<String>,
    /// the prober's role; default `sightline-prober`
    pub probe_role: Option<String>,
    /// EKS clusters to read: a name in the home region, `<region>/<name>` elsewhere
    pub clusters: Vec<String>,
    /// address ranges from which the scanner calls a cluster's public endpoint, such as `203.0.113.7/32`
    pub scanner_cidrs: Vec<String>,
    /// the role of instances that call models; default `sightline-vm-models`
    pub vm_role: Option<String>,
    /// the role of pods that call models; default `sightline-pod-models`
    pub pod_role: Option<String>,
    /// the Kubernetes namespace of those pods; default `default`
    pub namespace: Option<String>,
    /// their service account; default `model-caller`
    pub service_account: Option<String>,
    /// bind the service account by IRSA instead of Pod Identity
    pub irsa: bool,
    /// the issuer of the cluster's tokens, for IRSA, without `https://`
    pub oidc_provider: Option<String>,
    /// organizational units, or the root, whose accounts are to be read
    pub organizational_units: Vec<String>,
    /// the account that the scanner runs in, if it is to be the organization's delegated administrator
    pub delegated_administrator: Option<String>,
    /// render what the common guides ask for, to the letter, where they are followed so
    pub as_documented: bool,
}

/// A call that only reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrialCall {
    /// the API model's name, such as `bedrock-agent`
    pub service: String,
    /// such as `ListAgents`
    pub operation: String,
    /// the IAM action, such as `bedrock:ListAgents`
    pub action: String,
    /// its input, mostly none
    pub input: Value,
    /// codes of failures which say that the account or the region has no such service
    pub unsupported: Vec<String>,
}

/// An EKS cluster and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cluster {
    /// the region
    pub region: String,
    /// its name
    pub name: String,
}

/// A VPC and where it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Vpc {
    /// the region
    pub region: String,
    /// `vpc-…`
    pub id: String,
}

/// Checked parameters.
// INVARIANT: every text consists of letters, digits and `_+=,.@:/-` alone. No quote, white space, `$`, `{` or line break reaches
// a renderer; the renderers escape all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameters {
    pub(crate) account_id: String,
    pub(crate) partition: String,
    pub(crate) home: String,
    pub(crate) regions: Vec<String>,
    pub(crate) bucket: String,
    pub(crate) bucket_account: String,
    /// empty, or with a slash at its end
    pub(crate) prefix: String,
    pub(crate) trail: String,
    pub(crate) role: String,
    pub(crate) organization_id: Option<String>,
    pub(crate) principal: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) kms_key_arn: Option<String>,
    pub(crate) vpcs: Vec<Vpc>,
    pub(crate) actions: BTreeSet<String>,
    pub(crate) calls: Vec<TrialCall>,
    pub(crate) security_audit: bool,
    pub(crate) data_events: bool,
    pub(crate) retention_days: u32,
    pub(crate) models: Vec<String>,
    pub(crate) guardrail: Option<String>,
    pub(crate) probe_role: String,
    pub(crate) clusters: Vec<Cluster>,
    pub(crate) scanner_cidrs: Vec<String>,
    pub(crate) vm_role: String,
    pub(crate) pod_role: String,
    pub(crate) namespace: String,
    pub(crate) service_account: String,
    pub(crate) irsa: bool,
    pub(crate) oidc_provider: Option<String>,
    pub(crate) organizational_units: Vec<String>,
    pub(crate) delegated_administrator: Option<String>,
    pub(crate) as_documented: bool,
}

impl Parameters {
    /// Checks what was given, and fills in the defaults.
    pub fn check(given: Given) -> Result<Self, OnboardError> {
        let account_id = form::ACCOUNT.check(given.account_id)?;
        let mut regions = form::REGION.check_all(given.regions)?;
        if regions.is_empty() {
            regions.push("us-east-1".to_owned());
        }
        let home = regions.first().cloned().unwrap_or_default();
        let partition =
            form::PARTITION.check(given.partition.unwrap_or_else(|| partition::of_region(&home).to_owned()))?;
        let default_bucket = || format!("sightline-logs-{account_id}-{home}");
        let bucket = form::BUCKET.check(given.bucket.unwrap_or_else(default_bucket))?;
        let prefix = form::PREFIX.check_optional(given.prefix.filter(|prefix| !prefix.is_empty()))?;
        let principal = given.principal.map(|who| principal_arn(who, &partition)).transpose()?;
        let vpcs = given.vpc_ids.into_iter().map(|text| vpc(&text, &home)).collect::<Result<BTreeSet<_>, _>>()?;
        let clusters =
            given.clusters.into_iter().map(|text| cluster(&text, &home)).collect::<Result<BTreeSet<_>, _>>()?;
        let role = |name: Option<String>, default: &str| form::ROLE.check(name.unwrap_or_else(|| default.to_owned()));
        Ok(Self {
            prefix: prefix.map_or_else(String::new, |prefix| format!("{}/", prefix.trim_end_matches('/'))),
            trail: form::TRAIL.check(given.trail.unwrap_or_else(|| "sightline".to_owned()))?,
            role: role(given.role, "sightline-scanner")?,
            probe_role: role(given.probe_role, "sightline-prober")?,
            vm_role: role(given.vm_role, "sightline-vm-models")?,
            pod_role: role(given.pod_role, "sightline-pod-models")?,
            models: form::MODEL.check_all(given.models)?,
            guardrail: form::GUARDRAIL.check_optional(given.guardrail)?,
            clusters: clusters.into_iter().collect(),
            scanner_cidrs: form::CIDR.check_all(given.scanner_cidrs)?,
            namespace: form::NAMESPACE.check(given.namespace.unwrap_or_else(|| "default".to_owned()))?,
            service_account: form::SERVICE_ACCOUNT
                .check(given.service_account.unwrap_or_else(|| "model-caller".to_owned()))?,
            irsa: given.irsa,
            oidc_provider: form::OIDC_PROVIDER.check_optional(given.oidc_provider)?,
            organizational_units: form::ORGANIZATIONAL_UNIT.check_all(given.organizational_units)?,
            delegated_administrator: form::ACCOUNT.check_optional(given.delegated_administrator)?,
            as_documented: given.as_documented,
            organization_id: form::ORGANIZATION.check_optional(given.organization_id)?,
            external_id: form::EXTERNAL_ID.check_optional(given.external_id)?,
            kms_key_arn: form::KMS_KEY.check_optional(given.kms_key_arn)?,
            vpcs: vpcs.into_iter().collect(),
            actions: form::ACTION.check_all(given.actions)?.into_iter().collect(),
            calls: given.calls,
            security_audit: given.security_audit,
            data_events: given.data_events,
            retention_days: retention(given.retention_days)?,
            bucket_account: form::ACCOUNT.check_optional(given.bucket_account)?.unwrap_or_else(|| account_id.clone()),
            account_id,
            partition,
            home,
            regions,
            bucket,
            principal,
        })
    }

    /// The account of which the parameters speak.
    pub fn account_id(&self) -> &str {
        &self.account_id
    }

    /// Its regions; the first is home.
    pub fn regions(&self) -> &[String] {
        &self.regions
    }

    /// The log bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Whether another account owns the log bucket.
    pub(crate) fn is_bucket_elsewhere(&self) -> bool {
        self.bucket_account != self.account_id
    }

    pub(crate) fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.partition, self.bucket)
    }

    /// The ARN of everything below a key of the bucket, the prefix put before it.
    pub(crate) fn objects_arn(&self, key: &str) -> String {
        format!("{}/{}{key}", self.bucket_arn(), self.prefix)
    }

    pub(crate) fn trail_arn(&self) -> String {
        format!("arn:{}:cloudtrail:{}:{}:trail/{}", self.partition, self.home, self.account_id, self.trail)
    }

    pub(crate) fn role_arn(&self) -> String {
        self.arn_of_role(&self.role)
    }

    /// The ARN of a role of the account.
    pub(crate) fn arn_of_role(&self, name: &str) -> String {
        format!("arn:{}:iam::{}:role/{name}", self.partition, self.account_id)
    }

    /// A managed policy of AWS.
    pub(crate) fn aws_policy_arn(&self, name: &str) -> String {
        format!("arn:{}:iam::aws:policy/{name}", self.partition)
    }

    /// `amazonaws.com`, or what stands for it in this partition. Source: `partitions.json` of botocore.
    pub(crate) fn dns_suffix(&self) -> &'static str {
        match self.partition.as_str() {
            "aws-cn" => "amazonaws.com.cn",
            "aws-iso" => "c2s.ic.gov",
            "aws-iso-b" => "sc2s.sgov.gov",
            "aws-iso-e" => "cloud.adc-e.uk",
            "aws-iso-f" => "csp.hci.ic.gov",
            "aws-eusc" => "amazonaws.eu",
            text if open::is_open(text) => open::DNS_SUFFIX,
            _ => "amazonaws.com",
        }
    }
}

fn retention(days: Option<u32>) -> Result<u32, OnboardError> {
    let days = days.unwrap_or(400);
    if (1..=36_500).contains(&days) {
        return Ok(days);
    }
    Err(OnboardError::parameter("retention-days", &days.to_string(), "1 to 36500 days"))
}

fn principal_arn(who: String, partition: &str) -> Result<String, OnboardError> {
    if form::ACCOUNT.fits(&who) {
        return Ok(format!("arn:{partition}:iam::{who}:root"));
    }
    form::PRINCIPAL.check(who)
}

fn vpc(text: &str, home: &str) -> Result<Vpc, OnboardError> {
    let (region, id) = text.split_once('/').unwrap_or((home, text));
    Ok(Vpc { region: form::REGION.check(region.to_owned())?, id: form::VPC.check(id.to_owned())? })
}

fn cluster(text: &str, home: &str) -> Result<Cluster, OnboardError> {
    let (region, name) = text.split_once('/').unwrap_or((home, text));
    Ok(Cluster { region: form::REGION.check(region.to_owned())?, name: form::CLUSTER.check(name.to_owned())? })
}
