//! Two accounts of an organization: users, roles, policies at every layer.

use std::sync::LazyLock;

use serde_json::{Value, json};
use sightline_collect::catalogue::{Catalogue, Scope, catalogue};
use sightline_lake::Session;
use sightline_model::lake_table::{API_CALL, COVERAGE, RESOURCE, SCAN};

pub(crate) const MANAGEMENT: &str = "111111111111";
pub(crate) const ACCOUNT: &str = "222222222222";
pub(crate) const MODEL: &str = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku";
const REGION: &str = "us-east-1";

fn tables() -> &'static Catalogue {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| catalogue().unwrap());
    &CATALOGUE
}

pub(crate) fn user(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:user/{name}")
}

pub(crate) fn role(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:role/{name}")
}

pub(crate) fn policy(account: &str, name: &str) -> String {
    format!("arn:aws:iam::{account}:policy/{name}")
}

pub(crate) fn function(name: &str) -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}")
}

pub(crate) fn secret() -> String {
    format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:key-AbCdEf")
}

pub(crate) fn runtime() -> String {
    format!("arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:runtime/assistant-1")
}

fn document(statement: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

pub(crate) fn allow(action: &str, resource: &str) -> Value {
    document(json!({"Effect": "Allow", "Action": action, "Resource": resource}))
}

fn allow_to(principal: &str, action: &str, resource: &str) -> Value {
    document(json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": resource}))
}

fn trust(kind: &str, who: &str) -> Value {
    document(json!({"Effect": "Allow", "Principal": {kind: who}, "Action": "sts:AssumeRole"}))
}

fn attached(arns: &[String]) -> Value {
    arns.iter().map(|arn| json!({"PolicyArn": arn, "PolicyName": arn.rsplit('/').next()})).collect()
}

fn inline(document: Value) -> Value {
    json!([{"PolicyName": "own", "PolicyDocument": document}])
}

/// Rows of a lake.
#[derive(Clone)]
pub(crate) struct Estate {
    resources: Vec<Value>,
    coverage: Vec<Value>,
    calls: Vec<Value>,
}

impl Estate {
    /// Both accounts, every table of them read.
    pub(crate) fn new() -> Self {
        let mut estate = Self { resources: vec![], coverage: vec![], calls: vec![] };
        for account in [MANAGEMENT, ACCOUNT] {
            for table in tables().tables() {
                let region = if table.scope == Scope::Global { "global" } else { REGION };
                estate.covered(account, region, &table.name, "ok", "");
            }
        }
        estate.organization();
        estate.identities();
        estate.others();
        estate
    }

    fn covered(&mut self, account: &str, region: &str, table: &str, outcome: &str, target: &str) {
        self.coverage.push(json!({"scan_id": format!("scan-{account}"), "account_id": account, "region": region,
            "table_name": table, "operation": "some:Operation", "action": "some:Action", "target": target, "outcome": outcome}));
    }

    pub(crate) fn add(&mut self, account: &str, table: &str, arn: &str, config: Value) {
        let region = arn.split(':').nth(3).filter(|region| !region.is_empty()).unwrap_or("global");
        let title = arn.rsplit(['/', ':']).next();
        self.resources.push(json!({"scan_id": format!("scan-{account}"), "account_id": account, "partition": "aws",
            "region": region, "table_name": table, "arn": arn, "title": title, "tags": {}, "config": config,
            "collected_at": "2026-11-20T00:00:00Z"}));
    }

    pub(crate) fn call(&mut self, call: Value) {
        self.calls.push(call);
    }

    /// The account's rows of the table were not read.
    pub(crate) fn without(mut self, account: &str, table: &str, outcome: &str) -> Self {
        let of = |row: &Value| row["account_id"] == account && row["table_name"] == table;
        self.resources.retain(|row| !of(row));
        let region = self.coverage.iter().find(|row| of(row)).map(|row| row["region"].clone()).unwrap();
        self.coverage.retain(|row| !of(row));
        if !outcome.is_empty() {
            self.covered(account, region.as_str().unwrap(), table, outcome, "");
        }
        self
    }

    /// One call about one resource was refused: its column is not there.
    pub(crate) fn without_detail(mut self, table: &str, target: &str, operation: &str, column: &str) -> Self {
        for row in &mut self.resources {
            if row["table_name"] == table && row["arn"] == target {
                row["config"].as_object_mut().unwrap().remove(column);
            }
        }
        let region = target.split(':').nth(3).filter(|region| !region.is_empty()).unwrap_or("global");
        let account = if table.starts_with("aws_organizations") { MANAGEMENT } else { ACCOUNT };
        self.covered(account, region, table, "denied", target);
        self.coverage.last_mut().unwrap()["operation"] = operation.into();
        self
    }

    pub(crate) fn session(&self) -> Session {
        let scan = |account: &str| json!({"scan_id": format!("scan-{account}"), "account_id": account, "finished_at": "2026-11-20T00:10:00Z", "regions": [REGION]});
        let rows = vec![
            (SCAN, vec![scan(MANAGEMENT), scan(ACCOUNT)]),
            (RESOURCE, self.resources.clone()),
            (COVERAGE, self.coverage.clone()),
            (API_CALL, self.calls.clone()),
        ];
        Session::in_memory(&tables().schemas(), rows).unwrap()
    }

    fn organization(&mut self) {
        for account in [MANAGEMENT, ACCOUNT] {
            let arn = format!("arn:aws:organizations::{MANAGEMENT}:organization/o-1");
            self.add(
                account,
                "aws_organizations_organization",
                &arn,
                json!({"id": "o-1", "master_account_id": MANAGEMENT, "feature_set": "ALL"}),
            );
        }
        for (account, parent) in [(MANAGEMENT, "r-1"), (ACCOUNT, "ou-1")] {
            let arn = format!("arn:aws:organizations::{MANAGEMENT}:account/o-1/{account}");
            self.add(
                MANAGEMENT,
                "aws_organizations_account",
                &arn,
                json!({"id": account, "parents": [{"Id": parent}]}),
            );
        }
        let types = json!([{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}, {"Type": "RESOURCE_CONTROL_POLICY", "Status": "ENABLED"}]);
        self.add(
            MANAGEMENT,
            "aws_organizations_root",
            "arn:aws:organizations::1:root/o-1/r-1",
            json!({"id": "r-1", "policy_types": types}),
        );
        self.add(
            MANAGEMENT,
            "aws_organizations_organizational_unit",
            "arn:aws:organizations::1:ou/o-1/ou-1",
            json!({"id": "ou-1", "parent_id": "r-1"}),
        );
        let full = document(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
        self.control("full", "SERVICE_CONTROL_POLICY", full, &["r-1", "ou-1", MANAGEMENT, ACCOUNT]);
        let guarded = json!({"Effect": "Deny", "Action": "bedrock:InvokeModel*", "Resource": "*", "Condition": {"Null": {"bedrock:GuardrailIdentifier": "true"}}});
        self.control("guarded", "SERVICE_CONTROL_POLICY", document(guarded), &["ou-1"]);
        let inside = json!({"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}});
        self.control("inside", "RESOURCE_CONTROL_POLICY", document(inside), &["r-1"]);
    }

    fn control(&mut self, name: &str, kind: &str, content: Value, targets: &[&str]) {
        let arn = format!("arn:aws:organizations::{MANAGEMENT}:policy/o-1/{kind}/{name}");
        let targets: Value = targets.iter().map(|id| json!({"TargetId": id})).collect();
        self.add(
            MANAGEMENT,
            "aws_organizations_policy",
            &arn,
            json!({"id": name, "type": kind, "content": content, "targets": targets}),
        );
    }

    fn identities(&mut self) {
        let assume = inline(allow("sts:AssumeRole", &role(ACCOUNT, "ml")));
        self.add(
            MANAGEMENT,
            "aws_iam_user",
            &user(MANAGEMENT, "bob"),
            json!({"user_name": "bob", "inline_policies": assume, "attached_policies": [], "groups": []}),
        );
        let root = document(json!({"Effect": "Allow", "Action": "*", "Resource": "*"}));
        self.add(MANAGEMENT, "aws_iam_role", &role(MANAGEMENT, "admin"), json!({"role_name": "admin", "inline_policies": inline(root), "attached_policies": [], "assume_role_policy_document": trust("AWS", &user(MANAGEMENT, "bob"))}));
        self.add(
            ACCOUNT,
            "aws_iam_user",
            &user(ACCOUNT, "alice"),
            json!({"user_name": "alice", "inline_policies": [], "attached_policies": [], "groups": ["people"]}),
        );
        self.add(ACCOUNT, "aws_iam_group", "arn:aws:iam::222222222222:group/people", json!({"group_name": "people", "inline_policies": inline(allow("lambda:InvokeFunction", &function("chat"))), "attached_policies": []}));
        let boundary =
            json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": policy(ACCOUNT, "limits")});
        self.add(ACCOUNT, "aws_iam_role", &role(ACCOUNT, "ml"), json!({"role_name": "ml", "inline_policies": [], "attached_policies": attached(&[policy(ACCOUNT, "models")]), "permissions_boundary": boundary, "assume_role_policy_document": trust("AWS", &user(MANAGEMENT, "bob"))}));
        self.add(ACCOUNT, "aws_iam_role", &role(ACCOUNT, "chat"), json!({"role_name": "chat", "inline_policies": inline(allow("bedrock:*", "*")), "attached_policies": [], "assume_role_policy_document": trust("Service", "lambda.amazonaws.com")}));
        self.add(ACCOUNT, "aws_iam_policy", &policy(ACCOUNT, "models"), json!({"policy_document": allow("*", "*")}));
        self.add(
            ACCOUNT,
            "aws_iam_policy",
            &policy(ACCOUNT, "limits"),
            json!({"policy_document": allow("bedrock:*", "*")}),
        );
    }

    fn others(&mut self) {
        let url = json!({"AuthType": "NONE"});
        let everybody = json!({"Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl", "Resource": function("chat"), "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}});
        self.add(ACCOUNT, "aws_lambda_function", &function("chat"), json!({"function_name": "chat", "role": role(ACCOUNT, "chat"), "policy": document(everybody), "url_config": url}));
        let bob = allow_to(&user(MANAGEMENT, "bob"), "lambda:InvokeFunction", &function("shared"));
        self.add(
            ACCOUNT,
            "aws_lambda_function",
            &function("shared"),
            json!({"function_name": "shared", "role": role(ACCOUNT, "chat"), "policy": bob}),
        );
        self.add(
            ACCOUNT,
            "aws_secretsmanager_secret",
            &secret(),
            json!({"name": "key", "policy": allow_to(&user(ACCOUNT, "alice"), "secretsmanager:GetSecretValue", "*")}),
        );
        let jwt = json!({"customJWTAuthorizer": {"discoveryUrl": "https://login.example.com/.well-known/openid-configuration", "allowedAudience": ["chat"]}});
        self.add(ACCOUNT, "aws_bedrock_agentcore_runtime", &runtime(), json!({"agent_runtime_id": "assistant-1", "agent_runtime_name": "assistant", "role_arn": role(ACCOUNT, "chat"), "authorizer_configuration": jwt}));
        self.add(ACCOUNT, "aws_bedrock_foundation_model", MODEL, json!({"model_id": "anthropic.claude-3-haiku"}));
    }
}

/// Principal, action, resource.
pub(crate) fn questions() -> Vec<[String; 3]> {
    let ask = |principal: String, action: &str, resource: &str| [principal, action.to_owned(), resource.to_owned()];
    let mut out = Vec::new();
    for principal in [
        role(ACCOUNT, "ml"),
        role(ACCOUNT, "chat"),
        user(ACCOUNT, "alice"),
        user(MANAGEMENT, "bob"),
        role(MANAGEMENT, "admin"),
    ] {
        out.push(ask(principal.clone(), "bedrock:InvokeModel", MODEL));
        out.push(ask(principal.clone(), "bedrock:ListGuardrails", "*"));
        out.push(ask(principal.clone(), "sts:AssumeRole", &role(ACCOUNT, "ml")));
        out.push(ask(principal.clone(), "lambda:InvokeFunction", &function("chat")));
        out.push(ask(principal.clone(), "lambda:InvokeFunction", &function("shared")));
        out.push(ask(principal, "secretsmanager:GetSecretValue", &secret()));
    }
    out
}
