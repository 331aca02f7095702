//! A scan of a small estate in third-party emulators (`estate.py` starts and fills them). Skipped, and said so, without their
//! Python.

use serde_json::Value;
use sightline_aws::{Aws, Emulated};
use sightline_collect::catalogue::catalogue;
use sightline_collect::scan::{Quiet, ScanOptions, ScanSummary, scan};
use sightline_lake::{Lake, Session};
use sightline_model::RunId;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

const ACCOUNT: &str = "123456789012";

/// The emulators; they end with this value, because they wait for their input to close.
struct Estate {
    child: Child,
    moto: String,
    ministack: String,
}

impl Drop for Estate {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The Python that has the emulators, or a line that says that the test is skipped.
pub(crate) fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var_os("SIGHTLINE_PYTHON").map(PathBuf::from);
    let found = named.into_iter().chain([root.join(".venv/bin/python")]).find(|path| path.exists());
    if found.is_none() {
        println!("skipped: no Python with the emulators; set SIGHTLINE_PYTHON");
    }
    found
}

fn estate() -> Option<Estate> {
    let python = python()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/estate.py");
    let mut child = Command::new(python)
        .arg(script)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let urls: BTreeMap<String, String> =
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the estate said `{line}`"));
    Some(Estate { child, moto: urls["moto"].clone(), ministack: urls["ministack"].clone() })
}

fn connect(estate: &Estate) -> Aws {
    let services = ["BEDROCK", "BEDROCK_AGENT", "EKS"].map(|name| (name.to_owned(), estate.ministack.clone()));
    Aws::emulated(Emulated {
        endpoint: estate.moto.clone(),
        services: services.into(),
        access_key_id: ACCOUNT.to_owned(),
        region: "us-east-1".to_owned(),
    })
}

struct Scanned {
    summary: ScanSummary,
    session: Session,
    _folder: TempDir,
}

async fn scanned(estate: &Estate) -> Scanned {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::create(folder.path()).await.unwrap();
    let clock = Arc::new(jiff::Timestamp::now);
    let options = ScanOptions::new(RunId::new(clock(), 1), clock, "test");
    let regions = vec!["us-east-1".to_owned(), "eu-west-1".to_owned()];
    let summary = scan(&connect(estate), &lake, ScanOptions { regions, ..options }, &Quiet).await.unwrap();
    let session = lake.session(&catalogue().unwrap().schemas()).await.unwrap();
    Scanned { summary, session, _folder: folder }
}

impl Scanned {
    /// The rows of a query, one text each.
    async fn lines(&self, sql: &str) -> Vec<String> {
        let rows = self.session.sql(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}")).rows().unwrap();
        let cell = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        rows.iter().map(|row| row.values().map(cell).collect::<Vec<_>>().join(" | ")).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_estate() {
    let Some(estate) = estate() else { return };
    let scanned = scanned(&estate).await;

    let expected: &[(&str, &[&str])] = &[
        (
            "select title, role_name, tags->>'team', inline_policies->0->>'PolicyName', attached_policies->0->>'PolicyArn',
             assume_role_policy_document->'Statement'->0->'Principal'->>'Service' from aws_iam_role",
            &["app | app | ai | invoke | arn:aws:iam::123456789012:policy/invoke-all | ec2.amazonaws.com"],
        ),
        (
            "select title, json_length(access_keys), json_length(mfa_devices), login_profile is not null from aws_iam_user",
            &["alice | 1 | 0 | true"],
        ),
        ("select title, policy_document->'Statement'->0->>'Action' from aws_iam_policy", &["invoke-all | bedrock:InvokeModel"]),
        ("select user_name, password_enabled, mfa_active, access_key_1_active from aws_iam_credential_report", &["alice | true | false | true"]),
        ("select title, iam_instance_profile->>'Arn', state->>'Name' from aws_ec2_instance", &["web | arn:aws:iam::123456789012:instance-profile/app | running"]),
        ("select region, title, policy is not null from aws_s3_bucket order by title", &["us-east-1 | logs | true", "eu-west-1 | models | false"]),
        ("select region, title, is_multi_region_trail, is_logging from aws_cloudtrail_trail", &["us-east-1 | main | true | false"]),
        ("select service_name, private_dns_enabled, policy_document->>'Version' from aws_vpc_endpoint", &["com.amazonaws.us-east-1.bedrock-runtime | true | 2012-10-17"]),
        ("select key_manager, key_rotation_enabled, policy is not null from aws_kms_key", &["CUSTOMER | false | true"]),
        ("select cluster_name, title from aws_eks_pod_identity_association", &["main | shop/bot"]),
        ("select title from aws_eks_access_entry where title like '%app'", &["arn:aws:iam::123456789012:role/app"]),
        ("select title, status from aws_bedrock_guardrail", &["safe | READY"]),
        ("select title, foundation_model, instruction from aws_bedrock_agent", &["helper | amazon.nova-lite-v1:0 | (redacted, 57 characters)"]),
        (
            "select d.title from aws_bedrock_data_source d join aws_bedrock_knowledge_base k on d.knowledge_base_arn = k.arn",
            &["documents"],
        ),
        ("select region from aws_bedrock_model_invocation_logging_configuration where s3_config is null order by 1", &["eu-west-1", "us-east-1"]),
        ("select environment->'Variables'->>'API_TOKEN' from aws_lambda_function", &["(redacted, 19 characters)"]),
        ("select primary_container->'Environment'->>'HF_TOKEN' from aws_sagemaker_model", &["(redacted, 19 characters)"]),
        ("select url_config->>'AuthType' from aws_lambda_function", &["NONE"]),
        ("select title from aws_lambda_alias", &["summarise:live"]),
        (
            "select u.title, coalesce(a.title, r.title) from aws_organizations_organizational_unit u
             left join aws_organizations_organizational_unit a on a.id = u.parent_id
             left join aws_organizations_root r on r.id = u.parent_id order by 1",
            &["inner | outer", "outer | Root"],
        ),
        ("select parents->0->>'Type' from aws_organizations_account", &["ROOT"]),
        (
            "select p.content->'Statement'->0->>'Action', u.title from aws_organizations_policy p
             join aws_organizations_organizational_unit u on p.targets->0->>'TargetId' = u.id where p.title = 'no-models'",
            &["bedrock:* | outer"],
        ),
        ("select arn, policy->'Statement'->0->>'Principal' from aws_sqs_queue", &["arn:aws:sqs:us-east-1:123456789012:jobs | *"]),
        ("select title, policy->'Statement'->0->>'Principal' from aws_sns_topic", &["news | *"]),
        ("select title, policy->'Statement'->0->>'Principal' from aws_secretsmanager_secret", &["token | *"]),
        ("select title, policy->'Statement'->0->>'Principal' from aws_ecr_repository order by 1", &["own | null", "shared | *"]),
        ("select title, task_role_arn from aws_ecs_task_definition", &["translate:2 | null"]),
        ("select title, task_role_arn from aws_ecs_service", &["translate | arn:aws:iam::123456789012:role/app"]),
        ("select title, role_arn from aws_sfn_state_machine", &["approve | arn:aws:iam::123456789012:role/app"]),
        ("select title, role from aws_glue_job", &["enrich | app"]),
        ("select title, service_role from aws_codebuild_project", &["train | arn:aws:iam::123456789012:role/app"]),
        (
            "select title, launch_template_data->'IamInstanceProfile'->>'Name' from aws_ec2_launch_template_version",
            &["workers:1 | app"],
        ),
    ];
    for (sql, lines) in expected {
        assert_eq!(scanned.lines(sql).await, *lines, "{sql}");
    }

    let once = "select table_name, arn, count(*) from current_resource group by 1, 2 having count(*) > 1";
    assert_eq!(scanned.lines(once).await, Vec::<String>::new(), "each resource once");
    let named = "select arn from current_resource where arn not like 'arn:aws:%' or title = ''";
    assert_eq!(scanned.lines(named).await, Vec::<String>::new(), "each resource has an ARN and a title");
    let secrets = "select table_name from resource where config like '%not-to-be-collected%' or title like '%not-to-be-collected%'";
    assert_eq!(scanned.lines(secrets).await, Vec::<String>::new(), "secrets are not kept");
    let incomplete = "select distinct operation from current_coverage where outcome <> 'ok' order by operation";
    assert_eq!(scanned.lines(incomplete).await, NOT_EMULATED.lines().collect::<Vec<_>>());
    let counted =
        scanned.lines("select count(*) from current_coverage where outcome not in ('ok', 'unsupported')").await;
    assert_eq!(counted, [scanned.summary.incomplete().to_string()]);
}

/// The operations that the emulators lack, each in one way or another.
const NOT_EMULATED: &str = include_str!("not_emulated.txt");
