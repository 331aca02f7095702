//! What the account should have, as it stands on the command line.

use crate::stage::catalogue;
use clap::Args;
use serde::{Deserialize, Serialize};
use sightline_collect::catalogue::FirstCall;
use sightline_onboard::{Given, TrialCall};
use utoipa::ToSchema;

/// What the account should have.
#[derive(Debug, Clone, Default, Args, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = OnboardingParameters)]
#[command(next_help_heading = "What the account should have")]
pub(crate) struct Expected {
    /// The log bucket [default: sightline-logs-ACCOUNT-REGION]
    #[arg(long)]
    bucket: Option<String>,
    /// The account that owns the log bucket [default: the account itself]
    #[arg(long, value_name = "DIGITS")]
    bucket_account: Option<String>,
    /// Folder in the bucket under which the logs lie
    #[arg(long)]
    prefix: Option<String>,
    /// The trail [default: sightline]
    #[arg(long)]
    trail: Option<String>,
    /// The scanner's role [default: sightline-scanner]
    #[arg(long = "scanner-role", value_name = "NAME")]
    role: Option<String>,
    /// Who may assume the scanner's role: an account, or the ARN of a role or user
    #[arg(long)]
    principal: Option<String>,
    /// The external id that assuming the scanner's role must take
    #[arg(long = "scanner-external-id", value_name = "ID")]
    scanner_external_id: Option<String>,
    /// The organisation, if the trail is to be the organisation's
    #[arg(long, value_name = "o-ID")]
    organization_id: Option<String>,
    /// KMS key of the logs [default: the bucket's own encryption]
    #[arg(long, value_name = "ARN")]
    kms_key_arn: Option<String>,
    /// VPC to log, `vpc-…` or `REGION/vpc-…`; may be given several times
    #[arg(long = "vpc-id", value_name = "VPC")]
    vpc_ids: Vec<String>,
    /// Let the scanner's role have AWS's SecurityAudit as well
    #[arg(long)]
    security_audit: bool,
    /// Let the trail record data events of agents, knowledge bases and endpoints: they cost by the event
    #[arg(long)]
    data_events: bool,
    /// Days that logs are kept [default: 400]
    #[arg(long, value_name = "DAYS")]
    retention_days: Option<u32>,
    /// What may be invoked, by the prober and by workloads: a model, inference profile, deployment or endpoint; may be given several times
    #[arg(long = "model", value_name = "ARN")]
    models: Vec<String>,
    /// The guardrail without which workloads may not invoke, `:VERSION` behind it if only that one counts
    #[arg(long, value_name = "ARN")]
    guardrail: Option<String>,
    /// The prober's role [default: sightline-prober]
    #[arg(long, value_name = "NAME")]
    probe_role: Option<String>,
    /// EKS cluster to read, `NAME` or `REGION/NAME`; may be given several times
    #[arg(long = "eks-cluster", value_name = "CLUSTER")]
    clusters: Vec<String>,
    /// Addresses from which the scanner calls a cluster's public endpoint; may be given several times
    #[arg(long = "scanner-cidr", value_name = "CIDR")]
    scanner_cidrs: Vec<String>,
    /// The role of instances that call models [default: sightline-vm-models]
    #[arg(long, value_name = "NAME")]
    vm_role: Option<String>,
    /// The role of pods that call models [default: sightline-pod-models]
    #[arg(long, value_name = "NAME")]
    pod_role: Option<String>,
    /// The namespace of those pods [default: default]
    #[arg(long)]
    namespace: Option<String>,
    /// Their service account [default: model-caller]
    #[arg(long, value_name = "NAME")]
    service_account: Option<String>,
    /// Bind the service account by IRSA instead of Pod Identity
    #[arg(long)]
    irsa: bool,
    /// The issuer of the cluster's tokens, for IRSA, without `https://`
    #[arg(long, value_name = "HOST/PATH")]
    oidc_provider: Option<String>,
    /// Organizational unit, or the root, whose accounts are to be read; may be given several times
    #[arg(long = "organizational-unit", value_name = "OU")]
    organizational_units: Vec<String>,
    /// The account that the scanner runs in, as the organisation's delegated administrator
    #[arg(long, value_name = "DIGITS")]
    delegated_administrator: Option<String>,
}

impl Expected {
    /// What was given, of this account.
    pub(crate) fn given(
        self,
        account_id: String,
        partition: Option<String>,
        regions: Vec<String>,
    ) -> anyhow::Result<Given> {
        let catalogue = catalogue()?;
        let trial = |first: FirstCall| TrialCall {
            service: first.call.service,
            operation: first.call.operation,
            action: first.call.action,
            input: first.input,
            unsupported: first.unsupported,
        };
        let calls = catalogue.first_calls(&account_id).into_iter().map(trial).collect();
        Ok(Given {
            account_id,
            partition,
            regions,
            bucket: self.bucket,
            bucket_account: self.bucket_account,
            prefix: self.prefix,
            trail: self.trail,
            role: self.role,
            organization_id: self.organization_id,
            principal: self.principal,
            external_id: self.scanner_external_id,
            kms_key_arn: self.kms_key_arn,
            vpc_ids: self.vpc_ids,
            actions: catalogue.actions(),
            calls,
            security_audit: self.security_audit,
            data_events: self.data_events,
            retention_days: self.retention_days,
            models: self.models,
            guardrail: self.guardrail,
            probe_role: self.probe_role,
            clusters: self.clusters,
            scanner_cidrs: self.scanner_cidrs,
            vm_role: self.vm_role,
            pod_role: self.pod_role,
            namespace: self.namespace,
            service_account: self.service_account,
            irsa: self.irsa,
            oidc_provider: self.oidc_provider,
            organizational_units: self.organizational_units,
            delegated_administrator: self.delegated_administrator,
            as_documented: false,
        })
    }
}
