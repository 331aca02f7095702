//! The scanner's permissions: the calls of the inventory and of verification, as documents that fit a managed policy, and the
//! logs, which alone are read as data.

use crate::bucket;
use crate::error::OnboardError;
use crate::parameters::Parameters;
use crate::prerequisite::{self, Permission, Scope};
use crate::render::policy::{Policy, Reasoned};
use sightline_iam::Statement;
use sightline_iam::split::{self, Part};
use std::collections::{BTreeMap, BTreeSet};

/// Managed policies that a role may hold unless the quota was raised, less one for `SecurityAudit`.
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>.
const ATTACHED_LIMIT: usize = 9;

/// Actions that read or open data. They stand in statements of their own, on the logs alone, whoever declares them.
const DATA: [&str; 3] = ["kms:Decrypt", "s3:GetObject", "s3:ListBucket"];

/// What `SecurityAudit` lets through of data.
const AUDIT_DATA: [&str; 2] = ["bedrock:GetKnowledgeBaseDocuments", "s3vectors:GetVectors"];

/// Everything that is asked for on all resources: the given actions, and those of verification.
pub(crate) fn actions(parameters: &Parameters) -> BTreeSet<String> {
    let verified = prerequisite::permissions().into_values().filter(|permission| permission.scope == Scope::Account);
    let verified = verified.map(|permission| permission.action.to_owned());
    parameters.actions.iter().cloned().chain(verified).filter(|action| !DATA.contains(&action.as_str())).collect()
}

/// The scanner's policies.
pub(crate) fn policies(parameters: &Parameters) -> Result<Vec<Policy>, OnboardError> {
    let further = [logs(parameters), data_of_audit(parameters), members(parameters)].concat();
    with_inventory(parameters, Policy::new("logs", further))
}

/// The policies of the scanner's role in the organization's other accounts: the logs lie in the scanner's own account, and no further
/// role is assumed from there.
pub(crate) fn member_policies(parameters: &Parameters) -> Result<Vec<Policy>, OnboardError> {
    with_inventory(parameters, Policy::new("no-data", data_of_audit(parameters)))
}

fn with_inventory(parameters: &Parameters, further: Policy) -> Result<Vec<Policy>, OnboardError> {
    let actions = actions(parameters);
    let parts = split::parts(&actions);
    let inventory = parts.iter().map(|part| Policy::new(format!("inventory-{}", part.name), inventory(part)));
    let further = Some(further).filter(|policy| !policy.statements.is_empty());
    let policies: Vec<Policy> = inventory.chain(further).collect();
    if policies.len() > ATTACHED_LIMIT {
        let (actions, documents) = (actions.len(), policies.len());
        return Err(OnboardError::TooManyPolicies { actions, documents, limit: ATTACHED_LIMIT });
    }
    Ok(policies)
}

fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

fn inventory(part: &Part) -> Vec<Reasoned> {
    let mut notes = BTreeMap::new();
    let mut before = "";
    for action in &part.actions {
        if service(action) != before {
            before = service(action);
            notes.insert(action.clone(), purpose(before));
        }
    }
    let why = "Each action is one call that Sightline makes to list or describe configuration; none changes anything, none reads data. \
               Most of them know no resource, hence all of them.";
    let narrow = "On everything it would read more than configuration: here on what is listed alone.";
    let reasoned = part.statements().into_iter().map(|statement| match statement.resource == ["*"] {
        true => Reasoned { why: why.to_owned(), notes: std::mem::take(&mut notes), statement },
        false => Reasoned::new(narrow, statement),
    });
    reasoned.collect()
}

/// What the calls of a service are for.
fn purpose(service: &str) -> String {
    let known = match service {
        "account" => "which regions the account has enabled",
        "bedrock" => "models, guardrails, agents, knowledge bases, flows, and how calls are logged",
        "bedrock-agentcore" => "agent runtimes, gateways and memories",
        "bedrock-mantle" => "projects of the OpenAI-compatible endpoint",
        "cloudtrail" => "which trails record what, and whether they do",
        "ec2" => "instances, networks, endpoints and flow logs: the paths to the models",
        "ecs" => "tasks that call models",
        "eks" => "clusters, who may enter them, and which pods hold which roles",
        "iam" => "who holds which permissions: who can use a model",
        "kms" => "which keys protect models and logs; no key is used",
        "lambda" => "functions that call models, and their roles",
        "logs" => "where logs go; no log is read",
        "organizations" => "the accounts, and the policies above them",
        "s3" => "buckets of training data and logs, and who may read them; no object is read",
        "sagemaker" => "endpoints, models and notebooks",
        "sts" => "whom the scanner calls as",
        other => return format!("configuration of {other}"),
    };
    format!("{service}: {known}")
}

/// The log bucket, and those of other regions' invocation logs: what verification asks of them, and their objects; the key that opens
/// them.
fn logs(parameters: &Parameters) -> Vec<Reasoned> {
    let on_bucket = prerequisite::permissions().into_values().filter(|permission| permission.scope == Scope::LogBucket);
    let (listing, reading): (Vec<Permission>, Vec<Permission>) =
        on_bucket.partition(|one| one.action == "s3:ListBucket");
    let names = |all: &[Permission]| all.iter().map(|one| one.action.to_owned()).collect::<Vec<_>>();
    let stores: Vec<Parameters> =
        parameters.regions.iter().map(|region| bucket::of_region(parameters, region)).collect();
    let bucket = || stores.iter().map(Parameters::bucket_arn).collect::<Vec<_>>();
    let objects = stores.iter().map(|store| store.objects_arn("AWSLogs/*")).collect();
    let keys = format!("{}AWSLogs/*", parameters.prefix);
    let list = Statement::allow("ListLogs", names(&listing), bucket()).when("StringLike", "s3:prefix", [keys.clone()]);
    let read = Statement::allow("ReadLogs", vec!["s3:GetObject".to_owned()], objects);
    let mut statements = vec![
        Reasoned {
            why: "How the log bucket is set up: verification compares it with what it should be.".to_owned(),
            notes: reading.iter().map(|one| (one.action.to_owned(), one.why.to_owned())).collect(),
            statement: Statement::allow("DescribeLogBucket", names(&reading), bucket()),
        },
        Reasoned::new("Which log files there are; names below AWSLogs/ alone.", list),
        Reasoned::new("The log files themselves: the only data that the scanner reads.", read),
    ];
    if let Some(key) = &parameters.kms_key_arn {
        let via = parameters.regions.iter().map(|region| format!("s3.{region}.{}", parameters.dns_suffix()));
        let decrypt = Statement::allow("DecryptLogs", vec!["kms:Decrypt".to_owned()], vec![key.clone()]);
        let decrypt = decrypt.when("StringEquals", "kms:ViaService", via);
        statements
            .push(Reasoned::new("The logs are encrypted with this key; it opens them through S3 alone.", decrypt));
    }
    statements
}

/// What goes with `SecurityAudit`.
fn data_of_audit(parameters: &Parameters) -> Vec<Reasoned> {
    let data = AUDIT_DATA.map(str::to_owned).to_vec();
    let deny = Statement::deny("NoDataOfSecurityAudit", data, vec!["*".to_owned()]);
    let why = "SecurityAudit reads documents and vectors; the scanner needs neither.";
    parameters.security_audit.then(|| Reasoned::new(why, deny)).into_iter().collect()
}

/// Entering the organization's other accounts, where they are to be read.
fn members(parameters: &Parameters) -> Vec<Reasoned> {
    let used = prerequisite::permissions().into_values().filter(|permission| permission.scope == Scope::MemberRole);
    let actions = used.map(|permission| permission.action.to_owned()).collect();
    let roles = format!("arn:{}:iam::*:role/{}", parameters.partition, parameters.role);
    let mut assume = Statement::allow("EnterMembers", actions, vec![roles]);
    if let Some(organization) = &parameters.organization_id {
        assume = assume.when("StringEquals", "aws:ResourceOrgID", [organization.clone()]);
    }
    let why = "The organization's other accounts are read through a role of this name in each of them, and no other role is assumed.";
    (!parameters.organizational_units.is_empty()).then(|| Reasoned::new(why, assume)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Given;
    use proptest::prelude::*;
    use sightline_iam::document::MANAGED_POLICY_LIMIT;

    fn parameters(actions: BTreeSet<String>) -> Parameters {
        Parameters::check(Given { account_id: "123456789012".into(), actions, ..Given::default() }).unwrap()
    }

    #[test]
    fn data_is_never_asked_for_on_all_resources() {
        let actions = DATA.iter().map(|&action| action.to_owned()).collect();
        let on_everything: Vec<String> = policies(&parameters(actions))
            .unwrap()
            .into_iter()
            .flat_map(|policy| policy.document().statement)
            .filter(|statement| statement.resource == ["*"])
            .flat_map(|statement| statement.action)
            .collect();
        assert!(DATA.iter().all(|data| !on_everything.iter().any(|action| action == data)), "{on_everything:?}");
    }

    proptest! {
        #[test]
        fn documents_fit_and_lose_nothing(actions in proptest::collection::btree_set("(a|bb|ccc-d):[A-Z][a-z]{3,60}", 0..350)) {
            let parameters = parameters(actions);
            let made = policies(&parameters).unwrap();
            let mut granted = BTreeSet::new();
            for document in made.iter().map(Policy::document) {
                prop_assert!(document.length() <= MANAGED_POLICY_LIMIT, "{}", document.length());
                granted.extend(document.statement.into_iter().filter(|s| s.resource == ["*"]).flat_map(|s| s.action));
            }
            prop_assert_eq!(granted, super::actions(&parameters));
        }
    }
}
