//! What runs, as which role, and who has it act.

use std::collections::BTreeSet;

use serde::Deserialize;
use sightline_iam::caller::Caller;
use sightline_iam::context::Context;
use sightline_iam::interpret::interpret;
use sightline_iam::organization::{Organization, PrincipalKind, Workload};
use sightline_iam::request::{Policies, Request};
use sightline_iam::solve::{Tri, classify};
use sightline_lake::Session;
use sightline_model::untrusted::shortened;

use super::document::Documents;
use super::inspected::Inspected;
use super::pod;
use crate::DiscoverError;
use crate::query::{Query, query};

/// A kind of workload.
struct Kind {
    name: &'static str,
    /// What their ARNs look like: service, and how the last part begins.
    arns: (&'static str, &'static str),
    query: Query,
    /// The tables whose gaps leave workloads out, or their roles.
    tables: &'static [&'static str],
    /// Actions on the workload that have it act for the caller.
    invoked_by: &'static [&'static str],
}

macro_rules! kind {
    ($name:literal, $service:literal, $prefix:literal, $query:literal, [$($table:literal),+], [$($action:literal),*]) => {
        Kind { name: $name, arns: ($service, $prefix), query: query!($query), tables: &[$($table),+], invoked_by: &[$($action),*] }
    };
}

fn kinds() -> Vec<Kind> {
    vec![
        kind!(
            "instance",
            "ec2",
            "instance/",
            "access/workload/instance",
            ["aws_ec2_instance", "aws_iam_instance_profile"],
            []
        ),
        kind!(
            "function",
            "lambda",
            "function:",
            "access/workload/function",
            ["aws_lambda_function"],
            ["lambda:InvokeFunction", "lambda:InvokeAsync"]
        ),
        kind!(
            "function",
            "lambda",
            "function:",
            "access/workload/function_alias",
            ["aws_lambda_alias"],
            ["lambda:InvokeFunction", "lambda:InvokeAsync"]
        ),
        kind!("agent", "bedrock", "agent/", "access/workload/agent", ["aws_bedrock_agent"], []),
        kind!(
            "agent",
            "bedrock",
            "agent/",
            "access/workload/agent_alias",
            ["aws_bedrock_agent_alias"],
            ["bedrock:InvokeAgent"]
        ),
        kind!("flow", "bedrock", "flow/", "access/workload/flow", ["aws_bedrock_flow"], []),
        kind!(
            "flow",
            "bedrock",
            "flow/",
            "access/workload/flow_alias",
            ["aws_bedrock_flow"],
            ["bedrock:InvokeFlow", "bedrock:StartFlowExecution"]
        ),
        kind!(
            "knowledge-base",
            "bedrock",
            "knowledge-base/",
            "access/workload/knowledge_base",
            ["aws_bedrock_knowledge_base"],
            ["bedrock:Retrieve", "bedrock:RetrieveAndGenerate"]
        ),
        kind!(
            "runtime",
            "bedrock-agentcore",
            "runtime/",
            "access/workload/runtime",
            ["aws_bedrock_agentcore_runtime"],
            ["bedrock-agentcore:InvokeAgentRuntime", "bedrock-agentcore:InvokeAgentRuntimeCommand"]
        ),
        kind!(
            "gateway",
            "bedrock-agentcore",
            "gateway/",
            "access/workload/gateway",
            ["aws_bedrock_agentcore_gateway"],
            ["bedrock-agentcore:InvokeGateway"]
        ),
        kind!(
            "endpoint",
            "sagemaker",
            "endpoint/",
            "access/workload/endpoint",
            ["aws_sagemaker_endpoint", "aws_sagemaker_endpoint_config", "aws_sagemaker_model"],
            ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointAsync", "sagemaker:InvokeEndpointWithResponseStream"]
        ),
        kind!(
            "notebook",
            "sagemaker",
            "notebook-instance/",
            "access/workload/notebook",
            ["aws_sagemaker_notebook_instance"],
            ["sagemaker:CreatePresignedNotebookInstanceUrl"]
        ),
        kind!(
            "studio-user",
            "sagemaker",
            "user-profile/",
            "access/workload/studio_user",
            ["aws_sagemaker_user_profile", "aws_sagemaker_domain"],
            ["sagemaker:CreatePresignedDomainUrl"]
        ),
        kind!(
            "training-job",
            "sagemaker",
            "training-job/",
            "access/workload/training_job",
            ["aws_sagemaker_training_job"],
            []
        ),
        kind!(
            "processing-job",
            "sagemaker",
            "processing-job/",
            "access/workload/processing_job",
            ["aws_sagemaker_processing_job"],
            []
        ),
        kind!(
            "pipeline",
            "sagemaker",
            "pipeline/",
            "access/workload/pipeline",
            ["aws_sagemaker_pipeline"],
            ["sagemaker:StartPipelineExecution"]
        ),
        kind!("glue-job", "glue", "job/", "access/workload/glue_job", ["aws_glue_job"], ["glue:StartJobRun"]),
        kind!(
            "state-machine",
            "states",
            "stateMachine:",
            "access/workload/state_machine",
            ["aws_sfn_state_machine"],
            ["states:StartExecution", "states:StartSyncExecution"]
        ),
        kind!(
            "build-project",
            "codebuild",
            "project/",
            "access/workload/build_project",
            ["aws_codebuild_project"],
            ["codebuild:StartBuild"]
        ),
        kind!("task", "ecs", "task/", "access/workload/task", ["aws_ecs_task"], []),
        kind!("service", "ecs", "service/", "access/workload/service", ["aws_ecs_service"], []),
        kind!("pod", "eks", "pod/", "access/workload/pod", ["aws_eks_pod_identity_association"], []),
    ]
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    arn: String,
    /// an ARN, or a role's name
    role: String,
    /// who may call its URL: `NONE`, `AWS_IAM`; empty: it has none
    url: String,
    /// the issuer of the tokens that let callers in, and for whom they must be
    issuer: String,
    audience: Vec<String>,
    clients: Vec<String>,
    has_shell: bool,
}

/// Longest words about who else may call, in characters.
const WORDS: usize = 300;

/// Workloads of a kind that could not be listed, or not all of them: their roles may do anything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnlistedWorkloads {
    /// Twelve digits.
    pub account: String,
    /// `function`, …
    pub kind: &'static str,
    /// `arn:aws:lambda:*:123456789012:function:*`
    pub arns: String,
    /// `denied: lambda:ListFunctions`
    pub why: String,
}

/// Adds what runs; the organization has its principals and policies already. Gives what could not be listed.
pub(crate) async fn read(
    session: &Session,
    inspected: &Inspected,
    documents: &mut Documents,
    organization: &mut Organization,
) -> Result<Vec<UnlistedWorkloads>, DiscoverError> {
    let mut unlisted = Vec::new();
    for kind in kinds() {
        for account in inspected.accounts() {
            unlisted.extend(self::unlisted(&kind, account, inspected, documents));
        }
        let rows: Vec<Row> = kind.query.rows(session).await?;
        let workloads: Vec<Workload> =
            rows.into_iter().filter(|row| !row.role.is_empty()).map(|row| workload(&kind, row, organization)).collect();
        organization.workloads.extend(workloads);
    }
    organization.workloads.extend(pod::read(session).await?);
    let mut seen = BTreeSet::new();
    organization.workloads.retain(|workload| seen.insert((workload.id.clone(), workload.role.clone())));
    unlisted.sort();
    unlisted.dedup();
    Ok(unlisted)
}

fn unlisted(kind: &Kind, account: &str, inspected: &Inspected, documents: &mut Documents) -> Vec<UnlistedWorkloads> {
    let mut out = Vec::new();
    for table in kind.tables {
        if let Some(why) = inspected.gap(account, table) {
            documents.problem(account, &format!("workloads of kind {} may be missing: {table} ({why})", kind.name));
            let (service, prefix) = kind.arns;
            let arns = format!("arn:aws:{service}:*:{account}:{prefix}*");
            out.push(UnlistedWorkloads { account: account.to_owned(), kind: kind.name, arns, why });
        }
    }
    out
}

fn workload(kind: &Kind, row: Row, organization: &Organization) -> Workload {
    let mut invoked_by: Vec<String> = kind.invoked_by.iter().map(|action| (*action).to_owned()).collect();
    let mut open_to = Vec::new();
    if !row.issuer.is_empty() {
        // A runtime or gateway takes tokens or signatures, not both.
        // Source: <https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-oauth.html>.
        invoked_by.clear();
        open_to.push(bearers(&row));
    }
    match (kind.name, row.url.as_str()) {
        ("function", "NONE") => open_to.extend(by_url(&row, organization)),
        ("function", "AWS_IAM") => invoked_by.push("lambda:InvokeFunctionUrl".to_owned()),
        ("gateway", "NONE") => open_to.push("anybody: the gateway asks for no authorization".to_owned()),
        _ => {}
    }
    if row.has_shell {
        invoked_by.push("ecs:ExecuteCommand".to_owned());
    }
    let role = role_arn(&row, organization);
    Workload { id: row.arn, kind: kind.name.to_owned(), account: row.account_id, role, invoked_by, open_to }
}

fn bearers(row: &Row) -> String {
    let list = |what: &str, names: &[String]| match names {
        [] => String::new(),
        names => format!(" for {what} {}", names.join(" or ")),
    };
    let whom = format!("{}{}", list("audience", &row.audience), list("client", &row.clients));
    shortened(&format!("bearers of a token of {}{whom}", row.issuer), WORDS)
}

/// A URL without authentication still needs the function's policy to let everybody in.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>.
fn by_url(row: &Row, organization: &Organization) -> Option<String> {
    let mut context = Context::open();
    context.set_value("lambda:FunctionUrlAuthType", "NONE");
    let request = Request {
        caller: Caller::Anonymous,
        action: "lambda:InvokeFunctionUrl".to_owned(),
        resource: row.arn.clone(),
        resource_account: row.account_id.clone(),
        context,
    };
    let rcp = organization.accounts.get(&row.account_id).map(|account| account.rcp.clone()).unwrap_or_default();
    let resource = organization.resource_policy(&row.arn, &row.account_id);
    let allowed = interpret(&request, &Policies { rcp, resource, ..Policies::default() }).allowed();
    match classify(&allowed, &|_| true) {
        Tri::Allow => Some("anybody, by its function URL without authentication".to_owned()),
        Tri::Conditional => Some("perhaps anybody, by its function URL without authentication".to_owned()),
        Tri::Deny => None,
    }
}

/// Some services name their role without the rest of its ARN.
fn role_arn(row: &Row, organization: &Organization) -> String {
    if row.role.starts_with("arn:") {
        return row.role.clone();
    }
    let name = row.role.rsplit('/').next().unwrap_or(&row.role);
    let is_it = |kind: PrincipalKind, account: &str| kind == PrincipalKind::Role && account == row.account_id;
    let roles = organization.principals.iter().filter(|role| is_it(role.kind, &role.account));
    let found = roles.into_iter().find(|role| role.name() == name);
    found.map_or_else(|| format!("arn:aws:iam::{}:role/{}", row.account_id, row.role), |role| role.arn.clone())
}
