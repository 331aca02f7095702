//! Renderings and verification, against the real tools where they are there.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "tests stop by panicking, and say what they skipped"
)]

mod actions;
mod broken;
mod cloudformation;
mod emulator;
mod linted;
mod parsed;
mod rendered;
mod terraform;
mod verified;
mod verified_eks;
mod verified_models;
mod verified_organization;
mod verified_vm;
mod workloads;

use sightline_onboard::{Format, Given, OnboardError, Parameters, Prerequisite};
use std::path::PathBuf;

const ACCOUNT: &str = "123456789012";
const VPC: &str = "vpc-0a1b2c3d4e5f60718";

/// Parameters that render everything, in one region.
fn plain() -> Given {
    Given {
        account_id: ACCOUNT.into(),
        regions: vec!["us-east-1".into()],
        principal: Some("210987654321".into()),
        external_id: Some("correct-horse-battery".into()),
        vpc_ids: vec![VPC.into()],
        models: vec![
            "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0".into(),
            format!(
                "arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
            ),
        ],
        clusters: vec!["apps".into()],
        organizational_units: vec!["r-ab12".into()],
        actions: ["bedrock:ListGuardrails", "bedrock:GetGuardrail", "ec2:DescribeInstances", "s3:ListAllMyBuckets"]
            .map(str::to_owned)
            .into(),
        ..Given::default()
    }
}

/// Parameters that use every option.
fn full() -> Given {
    Given {
        regions: vec!["eu-west-1".into(), "us-east-1".into()],
        bucket: Some("company-logs".into()),
        prefix: Some("security/sightline".into()),
        trail: Some("company".into()),
        organization_id: Some("o-a1b2c3d4e5".into()),
        principal: Some("arn:aws:iam::210987654321:role/scanner".into()),
        kms_key_arn: Some(format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab")),
        vpc_ids: vec![VPC.into(), "us-east-1/vpc-0123456789abcdef0".into()],
        security_audit: true,
        data_events: true,
        retention_days: Some(90),
        models: vec![
            "arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0".into(),
            format!("arn:aws:bedrock:eu-west-1:{ACCOUNT}:application-inference-profile/a1b2c3d4e5f6"),
            format!("arn:aws:sagemaker:us-east-1:{ACCOUNT}:endpoint/ranker"),
        ],
        guardrail: Some(format!("arn:aws:bedrock:eu-west-1:{ACCOUNT}:guardrail/gr12ab34cd56:1")),
        probe_role: Some("prober".into()),
        clusters: vec!["apps".into(), "us-east-1/batch".into()],
        scanner_cidrs: vec!["203.0.113.7/32".into()],
        vm_role: Some("instances".into()),
        pod_role: Some("pods".into()),
        namespace: Some("shop".into()),
        service_account: Some("assistant".into()),
        irsa: true,
        oidc_provider: Some("oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF".into()),
        organizational_units: vec!["ou-ab12-34567890".into()],
        delegated_administrator: Some("210987654321".into()),
        ..plain()
    }
}

/// Parameters that render what the common guides ask for.
fn documented() -> Given {
    Given { as_documented: true, ..plain() }
}

fn checked(given: Given) -> Parameters {
    Parameters::check(given).unwrap()
}

/// A rendering, where the unit has one in this language.
fn written(unit: &dyn Prerequisite, parameters: &Parameters, format: Format) -> Option<String> {
    match unit.render(parameters, format) {
        Ok(text) => Some(text),
        Err(OnboardError::NoForm { .. }) => None,
        Err(error) => panic!("{}: {error}", unit.id()),
    }
}

/// A program of the project's virtual environment, or a line that says that the test was skipped.
fn tool(name: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where Python is can only be told from outside")]
    let python = std::env::var_os("SIGHTLINE_PYTHON").map(PathBuf::from);
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../.venv/bin/python");
    let folder = python.unwrap_or_else(default).parent()?.to_path_buf();
    let found = Some(folder.join(name)).filter(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: no `{name}` in {}", folder.display());
    }
    found
}
