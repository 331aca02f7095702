//! Who can use what, as the lake tells it, with each table that it rests on there and not there.

mod estate;
mod unused;

use std::collections::BTreeMap;
use std::sync::Arc;

use estate::{ACCOUNT, Estate, MANAGEMENT, MODEL, questions};
use serde_json::{Value, json};
use sightline_discover::access::{self, Inventory};
use sightline_iam::organization::Question;
use sightline_iam::solve::Tri;
use sightline_model::model_access::AccessDecision;
use sightline_model::{ModelAccess, RunId};

/// What `can` answers to each question.
async fn answers(estate: &Estate) -> BTreeMap<String, String> {
    let session = estate.session();
    let inventory = access::organization(&session).await.unwrap();
    access::register(&session, Arc::new(inventory));
    let asked: Vec<String> = questions()
        .iter()
        .map(|[principal, action, resource]| {
            format!(
                "SELECT '{principal} {action} {resource}' AS question, can('{principal}', '{action}', '{resource}') AS answer"
            )
        })
        .collect();
    let rows = session.sql(&asked.join(" UNION ALL ")).await.unwrap().rows().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    rows.iter().map(|row| (text(&row["question"]), text(&row["answer"]))).collect()
}

async fn inventory(estate: &Estate) -> Inventory {
    access::organization(&estate.session()).await.unwrap()
}

#[tokio::test]
async fn the_policies_decide() {
    let estate = Estate::new();
    let answers = answers(&estate).await;
    let shown: Vec<String> = answers.iter().map(|(question, answer)| format!("{answer:11} {question}")).collect();
    insta::assert_snapshot!(shown.join("\n").replace(ACCOUNT, "<member>").replace(MANAGEMENT, "<management>"), @"
    allow       arn:aws:iam::<management>:role/admin bedrock:InvokeModel arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku
    allow       arn:aws:iam::<management>:role/admin bedrock:ListGuardrails *
    deny        arn:aws:iam::<management>:role/admin lambda:InvokeFunction arn:aws:lambda:us-east-1:<member>:function:chat
    deny        arn:aws:iam::<management>:role/admin lambda:InvokeFunction arn:aws:lambda:us-east-1:<member>:function:shared
    deny        arn:aws:iam::<management>:role/admin secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:<member>:secret:key-AbCdEf
    deny        arn:aws:iam::<management>:role/admin sts:AssumeRole arn:aws:iam::<member>:role/ml
    deny        arn:aws:iam::<management>:user/bob bedrock:InvokeModel arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku
    deny        arn:aws:iam::<management>:user/bob bedrock:ListGuardrails *
    deny        arn:aws:iam::<management>:user/bob lambda:InvokeFunction arn:aws:lambda:us-east-1:<member>:function:chat
    deny        arn:aws:iam::<management>:user/bob lambda:InvokeFunction arn:aws:lambda:us-east-1:<member>:function:shared
    deny        arn:aws:iam::<management>:user/bob secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:<member>:secret:key-AbCdEf
    allow       arn:aws:iam::<management>:user/bob sts:AssumeRole arn:aws:iam::<member>:role/ml
    conditional arn:aws:iam::<member>:role/chat bedrock:InvokeModel arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku
    allow       arn:aws:iam::<member>:role/chat bedrock:ListGuardrails *
    deny        arn:aws:iam::<member>:role/chat lambda:InvokeFunction arn:aws:lambda:us-east-1:<member>:function:chat
    deny        arn:aws:iam::<member>:role/chat lambda:InvokeFunction arn:aws:lambda:us-east-1:<member>:function:shared
    deny        arn:aws:iam::<member>:role/chat secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:<member>:secret:key-AbCdEf
    deny        arn:aws:iam::<member>:role/chat sts:AssumeRole arn:aws:iam::<member>:role/ml
    conditional arn:aws:iam::<member>:role/ml bedrock:InvokeModel arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku
    allow       arn:aws:iam::<member>:role/ml bedrock:ListGuardrails *
    deny        arn:aws:iam::<member>:role/ml lambda:InvokeFunction arn:aws:lambda:us-east-1:<member>:function:chat
    deny        arn:aws:iam::<member>:role/ml lambda:InvokeFunction arn:aws:lambda:us-east-1:<member>:function:shared
    deny        arn:aws:iam::<member>:role/ml secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:<member>:secret:key-AbCdEf
    deny        arn:aws:iam::<member>:role/ml sts:AssumeRole arn:aws:iam::<member>:role/ml
    deny        arn:aws:iam::<member>:user/alice bedrock:InvokeModel arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku
    deny        arn:aws:iam::<member>:user/alice bedrock:ListGuardrails *
    allow       arn:aws:iam::<member>:user/alice lambda:InvokeFunction arn:aws:lambda:us-east-1:<member>:function:chat
    deny        arn:aws:iam::<member>:user/alice lambda:InvokeFunction arn:aws:lambda:us-east-1:<member>:function:shared
    allow       arn:aws:iam::<member>:user/alice secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:<member>:secret:key-AbCdEf
    deny        arn:aws:iam::<member>:user/alice sts:AssumeRole arn:aws:iam::<member>:role/ml
    ");
    assert_eq!(inventory(&estate).await.problems, vec![]);
}

/// Tables that the questions rest on, by the account that tells.
const RESTS_ON: &[(&str, &str)] = &[
    (ACCOUNT, "aws_iam_user"),
    (ACCOUNT, "aws_iam_group"),
    (ACCOUNT, "aws_iam_role"),
    (ACCOUNT, "aws_iam_policy"),
    (ACCOUNT, "aws_lambda_function"),
    (ACCOUNT, "aws_secretsmanager_secret"),
    (ACCOUNT, "aws_organizations_organization"),
    (MANAGEMENT, "aws_iam_user"),
    (MANAGEMENT, "aws_iam_role"),
    (MANAGEMENT, "aws_organizations_organization"),
    (MANAGEMENT, "aws_organizations_account"),
    (MANAGEMENT, "aws_organizations_root"),
    (MANAGEMENT, "aws_organizations_organizational_unit"),
    (MANAGEMENT, "aws_organizations_policy"),
];

/// How the tables may not be there: refused, cut off, never asked for.
const OUTCOMES: &[&str] = &["denied", "throttled", ""];

/// What is not read may turn an answer into one that is open, and into no other.
fn assert_only_opened(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>, fault: &str) -> usize {
    assert_eq!(before.len(), after.len());
    for (question, was) in before {
        let is = &after[question];
        let opened = is == "unknown" || (is == "conditional" && was != "unknown");
        assert!(is == was || opened, "{fault}: {question} was {was} and is {is}");
    }
    before.iter().filter(|(question, was)| after[*question] != **was).count()
}

#[tokio::test]
async fn a_table_that_was_not_read_opens_answers_and_turns_none() {
    let before = answers(&Estate::new()).await;
    for (at, (account, table)) in RESTS_ON.iter().enumerate() {
        let outcome = OUTCOMES[at % OUTCOMES.len()];
        let estate = Estate::new().without(account, table, outcome);
        let fault = format!("{table} of {account} {outcome}");
        let opened = assert_only_opened(&before, &answers(&estate).await, &fault);
        let redundant = ["aws_organizations_organization"].contains(table);
        assert!(opened > 0 || redundant, "{fault}: nothing changed");
        assert!(redundant || !inventory(&estate).await.problems.is_empty(), "{fault}: no word of it");
    }
}

#[tokio::test]
async fn a_detail_that_was_not_read_opens_what_rests_on_it() {
    let before = answers(&Estate::new()).await;
    let control =
        |kind: &str, name: &str| format!("arn:aws:organizations::{MANAGEMENT}:policy/o-1/{kind}_CONTROL_POLICY/{name}");
    let cases = [
        ("aws_lambda_function", estate::function("shared"), "lambda:GetPolicy", "policy"),
        ("aws_secretsmanager_secret", estate::secret(), "secretsmanager:GetResourcePolicy", "policy"),
        ("aws_iam_policy", estate::policy(ACCOUNT, "models"), "iam:GetPolicyVersion", "policy_document"),
        ("aws_iam_policy", estate::policy(ACCOUNT, "limits"), "iam:GetPolicyVersion", "policy_document"),
        ("aws_iam_role", estate::role(ACCOUNT, "ml"), "iam:GetRole", "assume_role_policy_document"),
        ("aws_organizations_policy", control("SERVICE", "guarded"), "organizations:DescribePolicy", "content"),
        ("aws_organizations_policy", control("SERVICE", "guarded"), "organizations:ListTargetsForPolicy", "targets"),
        ("aws_organizations_policy", control("SERVICE", "full"), "organizations:ListTargetsForPolicy", "targets"),
        ("aws_organizations_policy", control("RESOURCE", "inside"), "organizations:DescribePolicy", "content"),
        (
            "aws_organizations_account",
            format!("arn:aws:organizations::{MANAGEMENT}:account/o-1/{ACCOUNT}"),
            "organizations:ListParents",
            "parents",
        ),
        (
            "aws_organizations_root",
            "arn:aws:organizations::1:root/o-1/r-1".to_owned(),
            "organizations:ListRoots",
            "policy_types",
        ),
    ];
    for (table, target, operation, column) in cases {
        let estate = Estate::new().without_detail(table, &target, operation, column);
        let opened = assert_only_opened(&before, &answers(&estate).await, &format!("{operation} {target}"));
        assert!(opened > 0, "{operation} {target}: nothing changed");
    }
}

fn key(row: &ModelAccess) -> [String; 4] {
    [&row.principal_arn, &row.workload_arn, &row.action, &row.resource_arn].map(Clone::clone)
}

async fn rows(estate: &Estate) -> Vec<ModelAccess> {
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    access::model_access(&estate.session(), RunId::new(now, 1), now).await.unwrap()
}

#[tokio::test]
async fn rows_of_principals_workloads_and_strangers() {
    let rows = rows(&Estate::new()).await;
    let of_model = rows.iter().filter(|row| row.action == "bedrock:InvokeModel" && row.resource_arn == MODEL);
    let shown: Vec<String> = of_model
        .map(|row| {
            format!(
                "{} {} {} [{}] {} {} {}",
                row.decision,
                row.principal_kind,
                row.principal_arn,
                row.workload_arn,
                row.hops,
                row.resource_kind,
                row.residual
            )
            .trim_end()
            .to_owned()
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n").replace(ACCOUNT, "<member>").replace(MANAGEMENT, "<management>"), @"
    allow user arn:aws:iam::<management>:user/bob [] 1 foundation-model
    conditional user arn:aws:iam::<member>:user/alice [] 1 foundation-model calls `arn:aws:lambda:us-east-1:<member>:function:chat`, which runs as `arn:aws:iam::<member>:role/chat`, then with bedrock:GuardrailIdentifier
    allow role arn:aws:iam::<management>:role/admin [] 0 foundation-model
    conditional role arn:aws:iam::<member>:role/chat [] 0 foundation-model with bedrock:GuardrailIdentifier
    conditional role arn:aws:iam::<member>:role/ml [] 0 foundation-model with bedrock:GuardrailIdentifier
    conditional role arn:aws:iam::<member>:role/chat [arn:aws:lambda:us-east-1:<member>:function:chat] 0 foundation-model with bedrock:GuardrailIdentifier
    conditional role arn:aws:iam::<member>:role/chat [arn:aws:lambda:us-east-1:<member>:function:shared] 0 foundation-model with bedrock:GuardrailIdentifier
    conditional role arn:aws:iam::<member>:role/chat [arn:aws:bedrock-agentcore:us-east-1:<member>:runtime/assistant-1] 0 foundation-model with bedrock:GuardrailIdentifier
    conditional outside anybody, by its function URL without authentication [arn:aws:lambda:us-east-1:<member>:function:chat] 1 foundation-model calls `arn:aws:lambda:us-east-1:<member>:function:chat`, which runs as `arn:aws:iam::<member>:role/chat`, then with bedrock:GuardrailIdentifier
    conditional outside bearers of a token of https://login.example.com/.well-known/openid-configuration for audience chat [arn:aws:bedrock-agentcore:us-east-1:<member>:runtime/assistant-1] 1 foundation-model calls `arn:aws:bedrock-agentcore:us-east-1:<member>:runtime/assistant-1`, which runs as `arn:aws:iam::<member>:role/chat`, then with bedrock:GuardrailIdentifier
    ");
}

#[tokio::test]
async fn rows_that_were_there_stay_when_a_table_is_not_read() {
    let estate = Estate::new();
    let before = rows(&estate).await;
    for (at, (account, table)) in RESTS_ON.iter().enumerate() {
        let outcome = OUTCOMES[at % OUTCOMES.len()];
        let after = rows(&estate.clone().without(account, table, outcome)).await;
        let kept: BTreeMap<_, _> = after.iter().map(|row| (key(row), row)).collect();
        for row in &before {
            // Whom the table listed is told once for each action: itself, or whoever is not in the list any more.
            let lists =
                [row.principal_arn.clone(), format!("arn:aws:iam::{}:{}/*", row.account_id, row.principal_kind)];
            let unlisted = || {
                let open = |other: &ModelAccess| other.action == row.action && other.resource_arn == "*";
                after.iter().any(|other| open(other) && lists.contains(&other.principal_arn))
            };
            match kept.get(&key(row)) {
                Some(now) if row.decision == AccessDecision::Conditional => {
                    assert_eq!(now.decision, row.decision, "{table}: {now:?}")
                }
                Some(_) => {}
                None if *table == "aws_lambda_function" => assert!(
                    after.iter().any(|other| other.workload_arn == format!("arn:aws:lambda:*:{ACCOUNT}:function:*")
                        && other.action == row.action),
                    "{table}: {row:?}"
                ),
                None => assert!(unlisted(), "{table} of {account}: {row:?}"),
            }
        }
    }
}

#[tokio::test]
async fn models_that_could_not_be_listed_are_a_row() {
    let estate = Estate::new().without(ACCOUNT, "aws_bedrock_inference_profile", "denied");
    let rows = rows(&estate).await;
    let profiles: Vec<&ModelAccess> = rows.iter().filter(|row| row.resource_kind == "inference-profile").collect();
    assert!(
        profiles
            .iter()
            .any(|row| row.principal_arn == estate::role(ACCOUNT, "chat") && row.action == "bedrock:InvokeModel")
    );
    for row in profiles {
        assert_eq!(row.decision, AccessDecision::Conditional);
        assert_eq!(row.resource_arn, format!("arn:aws:bedrock:*:{ACCOUNT}:inference-profile/*"));
        assert!(row.residual.contains("denied: some:Action"), "{}", row.residual);
    }
}

#[tokio::test]
async fn enforced_guardrails_that_could_not_be_read_open_every_call_of_a_model() {
    let estate = Estate::new().without(MANAGEMENT, "aws_bedrock_enforced_guardrail_configuration", "denied");
    let rows = rows(&estate).await;
    let admin: Vec<&ModelAccess> = rows
        .iter()
        .filter(|row| row.principal_arn == estate::role(MANAGEMENT, "admin") && row.resource_arn == MODEL)
        .collect();
    assert!(!admin.is_empty());
    assert!(admin.iter().all(|row| row.decision == AccessDecision::Conditional && row.residual.contains("enforced")));
}

#[tokio::test]
async fn why_names_statements_and_what_is_open() {
    let session = Estate::new().session();
    access::register(&session, Arc::new(access::organization(&session).await.unwrap()));
    let why = async |principal: &str, action: &str, resource: &str| {
        let sql = format!("SELECT why('{principal}', '{action}', '{resource}') AS why");
        session.sql(&sql).await.unwrap().rows().unwrap()[0]["why"].as_str().unwrap().to_owned()
    };
    let answers = [
        why(&estate::role(ACCOUNT, "chat"), "bedrock:InvokeModel", MODEL).await,
        why(&estate::user(ACCOUNT, "alice"), "secretsmanager:GetSecretValue", &estate::secret()).await,
        why(&estate::user(ACCOUNT, "alice"), "bedrock:InvokeModel", MODEL).await,
        why(&estate::user(ACCOUNT, "nobody"), "bedrock:InvokeModel", MODEL).await,
        why(&estate::role(ACCOUNT, "chat"), "s3:GetObject", "arn:aws:s3:::elsewhere/x").await,
    ];
    insta::assert_snapshot!(answers.join("\n").replace(ACCOUNT, "<member>"), @"
    conditional with bedrock:GuardrailIdentifier: service control policies at ou-1: statement 1 of arn:aws:organizations::111111111111:policy/o-1/SERVICE_CONTROL_POLICY/full: allow, statement 1 of arn:aws:organizations::111111111111:policy/o-1/SERVICE_CONTROL_POLICY/guarded: deny
    allow: the resource's policy: statement 1 of policy of arn:aws:secretsmanager:us-east-1:<member>:secret:key-AbCdEf: allow
    deny, for nothing allows it: its policies say nothing of it
    unknown: `arn:aws:iam::<member>:user/nobody` is no user or role that was read
    unknown: whose `arn:aws:s3:::elsewhere/x` is, is not known
    ");
}

#[tokio::test]
async fn workloads_of_other_kinds() {
    let mut estate = Estate::new();
    let issuer = "oidc.eks.us-east-1.amazonaws.com/id/A1";
    estate.add(
        ACCOUNT,
        "aws_eks_cluster",
        &format!("arn:aws:eks:us-east-1:{ACCOUNT}:cluster/main"),
        json!({"name": "main", "identity": {"oidc": {"issuer": format!("https://{issuer}")}}}),
    );
    let trust = |condition: Value| {
        json!({"assume_role_policy_document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}")}, "Condition": condition}]}})
    };
    let subject = json!({"StringEquals": {format!("{issuer}:sub"): "system:serviceaccount:ai:chat"}});
    estate.add(ACCOUNT, "aws_iam_role", &estate::role(ACCOUNT, "pod"), trust(subject));
    estate.add(ACCOUNT, "aws_iam_role", &estate::role(ACCOUNT, "any-pod"), trust(json!({})));
    estate.add(
        ACCOUNT,
        "aws_glue_job",
        &format!("arn:aws:glue:us-east-1:{ACCOUNT}:job/etl"),
        json!({"name": "etl", "role": "chat"}),
    );
    estate.add(
        ACCOUNT,
        "aws_ecs_task",
        &format!("arn:aws:ecs:us-east-1:{ACCOUNT}:task/main/1"),
        json!({"task_role_arn": estate::role(ACCOUNT, "chat"), "enable_execute_command": true}),
    );
    let shown: Vec<String> = inventory(&estate)
        .await
        .organization
        .workloads
        .iter()
        .map(|one| {
            format!(
                "{} {} as {} by {} open to {}",
                one.kind,
                one.id,
                one.role,
                one.invoked_by.join("+"),
                one.open_to.join("+")
            )
            .trim_end()
            .to_owned()
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n").replace(ACCOUNT, "<member>"), @"
    function arn:aws:lambda:us-east-1:<member>:function:chat as arn:aws:iam::<member>:role/chat by lambda:InvokeFunction+lambda:InvokeAsync open to anybody, by its function URL without authentication
    function arn:aws:lambda:us-east-1:<member>:function:shared as arn:aws:iam::<member>:role/chat by lambda:InvokeFunction+lambda:InvokeAsync open to
    runtime arn:aws:bedrock-agentcore:us-east-1:<member>:runtime/assistant-1 as arn:aws:iam::<member>:role/chat by  open to bearers of a token of https://login.example.com/.well-known/openid-configuration for audience chat
    glue-job arn:aws:glue:us-east-1:<member>:job/etl as arn:aws:iam::<member>:role/chat by glue:StartJobRun open to
    task arn:aws:ecs:us-east-1:<member>:task/main/1 as arn:aws:iam::<member>:role/chat by ecs:ExecuteCommand open to
    pod arn:aws:eks:us-east-1:<member>:pod/main/ai/chat as arn:aws:iam::<member>:role/pod by  open to
    pod arn:aws:eks:us-east-1:<member>:pod/main/*/* as arn:aws:iam::<member>:role/any-pod by  open to
    ");
}

#[tokio::test]
async fn a_url_without_authentication_is_open_only_if_the_policy_lets_everybody_in() {
    let open = async |policy: Value| {
        let mut estate = Estate::new();
        let config = json!({"function_name": "web", "role": estate::role(ACCOUNT, "chat"), "url_config": {"AuthType": "NONE"}, "policy": policy});
        estate.add(ACCOUNT, "aws_lambda_function", &estate::function("web"), config);
        let workloads = inventory(&estate).await.organization.workloads;
        workloads.into_iter().find(|one| one.id == estate::function("web")).unwrap().open_to
    };
    let everybody = |condition: Value| json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "Resource": "*", "Condition": condition}]});
    assert_eq!(open(Value::Null).await, Vec::<String>::new());
    assert_eq!(
        open(everybody(json!({"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}))).await,
        Vec::<String>::new()
    );
    assert_eq!(
        open(everybody(json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))).await,
        ["perhaps anybody, by its function URL without authentication"]
    );
    assert_eq!(open(everybody(json!({}))).await, ["anybody, by its function URL without authentication"]);
}

#[tokio::test]
async fn an_endpoint_counts_for_what_goes_through_it() {
    let mut estate = Estate::new();
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "bedrock:InvokeModel", "Resource": "*"}]});
    let arn = format!("arn:aws:ec2:us-east-1:{MANAGEMENT}:vpc-endpoint/vpce-1");
    estate.add(MANAGEMENT, "aws_vpc_endpoint", &arn, json!({"vpc_endpoint_id": "vpce-1", "service_name": "com.amazonaws.us-east-1.bedrock-runtime", "policy_document": policy}));
    let inventory = inventory(&estate).await;
    let admin =
        inventory.organization.principals.iter().position(|one| one.arn == estate::role(MANAGEMENT, "admin")).unwrap();
    let through = |endpoint: &str, action: &str| {
        inventory.through(endpoint, admin, &Question::new(action, MODEL, "")).map(|answer| answer.tri)
    };
    assert_eq!(through("vpce-1", "bedrock:InvokeModel"), Some(Tri::Allow));
    assert_eq!(through("vpce-1", "bedrock:InvokeModelWithResponseStream"), Some(Tri::Deny));
    assert_eq!(through("vpce-2", "bedrock:InvokeModel"), None);
}

#[tokio::test]
async fn a_profile_needs_its_models_in_every_region() {
    let mut estate = Estate::new();
    let profile = format!("arn:aws:bedrock:us-east-1:{MANAGEMENT}:inference-profile/us.anthropic.claude-3-haiku");
    let there = MODEL.replace("us-east-1", "us-west-2");
    estate.add(
        MANAGEMENT,
        "aws_bedrock_inference_profile",
        &profile,
        json!({"models": [{"modelArn": MODEL}, {"modelArn": there}]}),
    );
    let here = json!({"StringEquals": {"aws:RequestedRegion": "us-east-1"}});
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "bedrock:*", "Resource": "*", "Condition": here}]});
    let inline = json!([{"PolicyName": "own", "PolicyDocument": policy}]);
    let role = estate::role(MANAGEMENT, "one-region");
    estate.add(
        MANAGEMENT,
        "aws_iam_role",
        &role,
        json!({"inline_policies": inline, "assume_role_policy_document": {"Version": "2012-10-17", "Statement": []}}),
    );
    let session = estate.session();
    access::register(&session, Arc::new(access::organization(&session).await.unwrap()));
    let sql = |principal: &str, resource: &str| {
        format!(
            "SELECT can('{principal}', 'bedrock:invokemodel', '{resource}') AS can, why('{principal}', 'bedrock:InvokeModel', '{resource}') AS why"
        )
    };
    let ask = async |principal: &str, resource: &str| {
        let row = session.sql(&sql(principal, resource)).await.unwrap().rows().unwrap().remove(0);
        [row["can"].as_str().unwrap().to_owned(), row["why"].as_str().unwrap().to_owned()]
    };
    assert_eq!(ask(&role, MODEL).await[0], "allow");
    let [can, why] = ask(&role, &profile).await;
    assert_eq!(can, "deny");
    assert!(why.starts_with("region us-west-2 of 3 permissions: deny"), "{why}");
    assert_eq!(ask(&estate::role(MANAGEMENT, "admin"), &profile).await[0], "allow");
    assert_eq!(ask(&estate::role(ACCOUNT, "chat"), &profile).await[0], "deny", "another account's profile");
}
