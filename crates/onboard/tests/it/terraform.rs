//! The renderings in Terraform's own hands: `validate` of every unit and of the modules in one go, then `apply` of the file with
//! everything to emulators, after which `verify` must find nothing wrong with it.
//!
//! The program `terraform` is taken from the path, the provider from a mirror: the folder that `SIGHTLINE_TF_MIRROR` names, or one of
//! the folders where Terraform itself looks. Where either is not there, the test says that it was skipped.

use crate::emulator::{Ministack, Moto};
use crate::{ACCOUNT, checked, full, plain, written};
use jiff::Timestamp;
use serde_json::Value;
use sightline_onboard::{ALL, Context, Format, Given, State, Verdict, find, verify_all};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};

/// The settings that an emulator needs, laid over the provider of a rendering.
const OVERRIDE: &str = r#"
provider "aws" {
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  s3_use_path_style           = true
}
"#;

struct Terraform {
    folder: tempfile::TempDir,
    mirror: PathBuf,
    environment: Vec<(&'static str, String)>,
}

impl Terraform {
    fn new(environment: Vec<(&'static str, String)>) -> Option<Self> {
        let found = Command::new("terraform").arg("version").output().is_ok_and(|output| output.status.success());
        if !found {
            eprintln!("skipped: no `terraform` on the path");
            return None;
        }
        let Some(mirror) = mirror() else {
            eprintln!("skipped: no mirror with hashicorp/aws; SIGHTLINE_TF_MIRROR may name one");
            return None;
        };
        Some(Self { folder: tempfile::tempdir().unwrap(), mirror, environment })
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn run<S: AsRef<OsStr>>(&self, words: &[S]) -> String {
        let Output { status, stdout, stderr } = Command::new("terraform")
            .args(words)
            .current_dir(self.folder.path())
            .env_remove("TF_CLI_CONFIG_FILE")
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_IN_AUTOMATION", "1")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        let shown: Vec<_> = words.iter().map(|word| word.as_ref().to_string_lossy()).collect();
        assert!(status.success(), "terraform {}\n{said}", shown.join(" "));
        said
    }

    fn init(&self) {
        let mirror = format!("-plugin-dir={}", self.mirror.display());
        self.run(&["init", "-input=false", "-no-color", &mirror]);
    }
}

/// The first folder that has the provider.
fn mirror() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "where the provider is can only be told from outside")]
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let home = var("HOME").unwrap_or_default();
    let usual = [
        home.join(".terraform.d/plugins"),
        home.join(".local/share/terraform/plugins"),
        PathBuf::from("/usr/local/share/terraform/plugins"),
        PathBuf::from("/usr/share/terraform/plugins"),
    ];
    // Images of machines without network keep theirs in a folder of its own below /opt.
    let below_opt = std::fs::read_dir("/opt").into_iter().flatten().flatten().map(|folder| folder.path());
    let has = |folder: &PathBuf| folder.join("registry.terraform.io/hashicorp/aws").is_dir();
    var("SIGHTLINE_TF_MIRROR").into_iter().chain(usual).chain(below_opt).find(has)
}

/// Every unit with defaults and with every option, and the modules, each as a module of one configuration: the provider's schema is read
/// once.
#[test]
fn every_rendering_is_valid() {
    let Some(terraform) = Terraform::new(vec![]) else { return };
    let mut root = "provider \"aws\" {\n  region = \"us-east-1\"\n}\n".to_owned();
    let mut count = 0;
    for (name, given) in [("plain", plain()), ("full", full()), ("documented", Given { as_documented: true, ..full() })]
    {
        for unit in ALL {
            let Some(text) = written(*unit, &checked(given.clone()), Format::Terraform) else { continue };
            let name = format!("{name}-{}", unit.id());
            terraform.write(&format!("{name}/main.tf"), &text);
            root.push_str(&format!("module \"{name}\" {{\n  source = \"./{name}\"\n}}\n"));
            count += 1;
        }
    }
    let identity = "  principal           = \"210987654321\"\n  scanner_external_id = \"correct-horse-battery\"\n";
    for (module, more) in [("", ""), ("organization/", "  organizational_units = [\"r-ab12\"]\n")] {
        let source = format!("./deploy/terraform/{module}");
        let name = if more.is_empty() { "account" } else { "organization" };
        root.push_str(&format!("module \"{name}\" {{\n  source = \"{source}\"\n{identity}{more}}}\n"));
        count += 1;
    }
    for (path, text) in sightline_onboard::modules(plain().actions).unwrap() {
        terraform.write(&path, &text);
    }
    terraform.write("main.tf", &root);
    terraform.init();
    let said = terraform.run(&["validate", "-no-color"]);
    assert!(said.contains("The configuration is valid"), "{said}");
    // The shape is that of `terraform fmt`.
    std::fs::remove_file(terraform.folder.path().join("main.tf")).unwrap();
    let modules = terraform.run(&["fmt", "-no-color", "-check", "-diff", "-recursive"]);
    assert!(modules.is_empty(), "{modules}");
    eprintln!("validated: {count} renderings and modules");
}

/// What the account has before: a VPC with an interface, an organization, and, in the other emulator, a cluster.
fn estate(moto: &Moto, ministack: &Ministack) -> Given {
    let id = |answer: Value, pointer: &str| answer.pointer(pointer).and_then(Value::as_str).unwrap().to_owned();
    let vpc = id(moto.aws("ec2 create-vpc --cidr-block 10.9.0.0/16"), "/Vpc/VpcId");
    let subnet = format!("ec2 create-subnet --vpc-id {vpc} --cidr-block 10.9.1.0/24");
    let subnet = id(moto.aws(&subnet), "/Subnet/SubnetId");
    moto.aws(&format!("ec2 create-network-interface --subnet-id {subnet}"));
    moto.aws("organizations create-organization --feature-set ALL");
    let root = id(moto.aws("organizations list-roots"), "/Roots/0/Id");
    let unit = format!("organizations create-organizational-unit --parent-id {root} --name workloads");
    let unit = id(moto.aws(&unit), "/OrganizationalUnit/Id");
    let member = moto.aws("organizations create-account --account-name shop --email shop@example.com");
    let member = id(member, "/CreateAccountStatus/AccountId");
    let places = format!("--source-parent-id {root} --destination-parent-id {unit}");
    moto.run(&format!("aws organizations move-account --account-id {member} {places}"));
    let cluster = format!(
        "aws eks create-cluster --name apps --role-arn arn:aws:iam::{ACCOUNT}:role/cluster --resources-vpc-config '{{\"subnetIds\": [\"{subnet}\"]}}' \
         --access-config authenticationMode=API_AND_CONFIG_MAP\n\
         aws eks create-addon --cluster-name apps --addon-name eks-pod-identity-agent"
    );
    moto.run(&format!("export AWS_ENDPOINT_URL_EKS={}\n{cluster}", ministack.url()));
    // A model that the emulator offers.
    let models = plain().models.into_iter().filter(|model| model.contains("::foundation-model/")).collect();
    Given { vpc_ids: vec![vpc], organizational_units: vec![unit], models, ..plain() }
}

fn read(moto: &Moto, words: &str, pointer: &str) -> String {
    moto.aws(words)
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{words}: no {pointer}"))
        .to_owned()
}

/// Delivers a file of each kind of log. The emulator takes the bucket policy's refusal of requests without TLS for one of all requests:
/// the policy steps aside meanwhile.
fn deliver(moto: &Moto, bucket: &str) {
    let policy = read(moto, &format!("s3api get-bucket-policy --bucket {bucket}"), "/Policy");
    let log = read(moto, "ec2 describe-flow-logs", "/FlowLogs/0/FlowLogId");
    let flows = format!(
        "AWSLogs/aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=01/day=02/hour=03/{ACCOUNT}_vpcflowlogs_us-east-1_{log}_20260102T0300Z_0.log.gz"
    );
    let keys = [flows, format!("AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/01/02/x.json.gz")];
    let puts: String =
        keys.iter().map(|key| format!("aws s3api put-object --bucket {bucket} --key '{key}'\n")).collect();
    moto.run(&format!(
        "aws s3api delete-bucket-policy --bucket {bucket}\n{puts}aws s3api put-bucket-policy --bucket {bucket} --policy '{policy}'"
    ));
}

/// What the emulators lose: moto does not find the tags of a query log configuration that it has just made.
const LOST: (&str, &str) = ("aws_route53_resolver_", "resolver-logs");

/// What the emulators cannot tell: by unit, words of the verdict.
const UNTOLD: [(&str, &str); 4] = [
    ("ai-scan-permissions", "the call failed: Http500"),
    ("ai-scan-permissions", "conditions decide"),
    ("eks-access", "was not tried"),
    ("model-access", "the call failed: Http500"),
];

/// `-target` for every resource but those.
fn targets(text: &str) -> Vec<String> {
    let body: hcl::Body = hcl::from_str(text).unwrap();
    let resources = body.blocks().filter(|block| block.identifier() == "resource");
    let addresses = resources.map(|block| format!("{}.{}", block.labels()[0].as_str(), block.labels()[1].as_str()));
    addresses.filter(|address| !address.starts_with(LOST.0)).map(|address| format!("-target={address}")).collect()
}

/// Plans the modules in a configuration of their own, with every variable given. Nothing of it is applied: the account has it already.
fn plan_modules(terraform: &Terraform, given: &Given) {
    let Given { vpc_ids, organizational_units, .. } = given;
    let key = format!("arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    let identity = "principal = \"210987654321\"\n scanner_external_id = \"correct-horse-battery\"";
    let account = format!(
        "vpc_ids = {vpc_ids:?}\n organizational_units = {organizational_units:?}\n regions = [\"us-east-1\", \"eu-west-1\"]\n prefix = \"logs\"\n kms_key_arn = \"{key}\""
    );
    let units = format!("organizational_units = {organizational_units:?}");
    let module = |name: &str, source: &str, more: &str| {
        format!("module \"{name}\" {{\n source = \"./deploy/terraform{source}\"\n {identity}\n {more}\n}}\n")
    };
    let calls = [("fewest", "", ""), ("all", "", account.as_str()), ("members", "/organization", units.as_str())];
    let calls: String = calls.iter().map(|(name, source, more)| module(name, source, more)).collect();
    terraform.write("modules/main.tf", &format!("provider \"aws\" {{\n  region = \"us-east-1\"\n}}\n{calls}"));
    terraform.write("modules/emulator_override.tf", OVERRIDE);
    for (path, text) in sightline_onboard::modules(given.actions.clone()).unwrap() {
        terraform.write(&format!("modules/{path}"), &text);
    }
    let mirror = format!("-plugin-dir={}", terraform.mirror.display());
    terraform.run(&["-chdir=modules", "init", "-input=false", "-no-color", &mirror]);
    terraform.run(&["-chdir=modules", "plan", "-input=false", "-no-color", "-out=plan"]);
    let shown = terraform.run(&["-chdir=modules", "show", "-json", "plan"]);
    let plan: Value = serde_json::from_str(&shown).unwrap();
    let resources = plan["resource_changes"].as_array().unwrap();
    let after = |address: &str, pointer: &str| {
        let resource = resources.iter().find(|resource| resource["address"] == address);
        resource
            .and_then(|resource| resource.pointer(pointer))
            .cloned()
            .unwrap_or_else(|| panic!("{address} {pointer}"))
    };
    let sids = |module: &str| {
        let policy = after(&format!("module.{module}.aws_iam_policy.logs"), "/change/after/policy");
        let policy: Value = serde_json::from_str(policy.as_str().unwrap()).unwrap();
        let all = policy["Statement"].as_array().unwrap().iter();
        all.map(|statement| statement["Sid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    // What hinges on a variable is there with it alone.
    assert_eq!(sids("fewest"), ["DescribeLogBucket", "ListLogs", "ReadLogs"]);
    assert_eq!(sids("all"), ["DescribeLogBucket", "ListLogs", "ReadLogs", "DecryptLogs", "EnterMembers"]);
    let bucket = format!("arn:aws:s3:::sightline-logs-{ACCOUNT}-us-east-1");
    let log = |module: &str| format!("module.{module}.aws_flow_log.workloads[\"{}\"]", vpc_ids[0]);
    assert_eq!(after(&log("all"), "/change/after/log_destination"), format!("{bucket}/logs/"));
    assert!(!resources.iter().any(|resource| resource["address"] == log("fewest")));
    let rule = "/change/after/rule/0/apply_server_side_encryption_by_default/0/sse_algorithm";
    let encryption =
        |module: &str| after(&format!("module.{module}.aws_s3_bucket_server_side_encryption_configuration.logs"), rule);
    assert_eq!((encryption("fewest"), encryption("all")), ("AES256".into(), "aws:kms".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_applied_is_found() {
    let (Some(moto), Some(ministack)) = (Moto::start(), Ministack::start()) else { return };
    let environment = vec![
        ("AWS_ENDPOINT_URL", moto.url().to_owned()),
        ("AWS_ENDPOINT_URL_EKS", ministack.url().to_owned()),
        ("AWS_ENDPOINT_URL_BEDROCK", ministack.url().to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "emulated".to_owned()),
    ];
    let Some(terraform) = Terraform::new(environment) else { return };
    let given = estate(&moto, &ministack);
    let parameters = checked(given.clone());
    let text = find("discovery-iac").unwrap().render(&parameters, Format::Terraform).unwrap();
    terraform.write("main.tf", &text);
    terraform.write("emulator_override.tf", OVERRIDE);
    terraform.init();
    let mut words = vec!["plan".to_owned(), "-input=false".to_owned(), "-no-color".to_owned(), "-out=plan".to_owned()];
    words.extend(targets(&text));
    let planned = terraform.run(&words);
    let told = planned.lines().find(|line| line.starts_with("Plan:")).unwrap_or_default();
    let made = terraform.run(&["apply", "-input=false", "-no-color", "plan"]);
    assert!(made.contains("Apply complete!"), "{made}");

    plan_modules(&terraform, &given);
    deliver(&moto, parameters.bucket());
    let session = format!(
        "sts assume-role --role-arn arn:aws:iam::{ACCOUNT}:role/sightline-scanner --role-session-name scan --external-id correct-horse-battery"
    );
    let key = read(&moto, &session, "/Credentials/AccessKeyId");
    let aws = moto.connect(&key, &[("EKS", ministack.url()), ("BEDROCK", ministack.url())]);
    #[expect(clippy::disallowed_methods, reason = "the emulator stamps objects with the real time")]
    let now = Timestamp::now();
    let verdicts = verify_all(&Context { aws, parameters, now, pods: None }).await;
    let shown = |v: &Verdict| format!("{} {}: {} ({})", v.prerequisite, v.status, v.reason, v.call);
    let applied = || verdicts.iter().filter(|verdict| verdict.prerequisite != LOST.1);
    let is_untold = |v: &Verdict| {
        let known = UNTOLD.iter().any(|(unit, told)| v.prerequisite == *unit && v.reason.contains(told));
        v.status == State::CannotTell && known
    };
    let bad: Vec<String> = applied().filter(|v| v.status != State::Ok && !is_untold(v)).map(shown).collect();
    assert!(bad.is_empty(), "{told}\n{}", bad.join("\n"));
    let untold: BTreeSet<&str> = applied().filter(|v| v.status != State::Ok).map(|v| v.prerequisite.as_str()).collect();
    let proved: BTreeSet<&str> = applied().map(|v| v.prerequisite.as_str()).filter(|id| !untold.contains(id)).collect();
    let verified = ALL.iter().filter(|unit| !unit.is_composition()).count();
    assert_eq!(proved.len() + untold.len() + 1, verified);
    for id in ["cloudtrail", "log-bucket", "organization", "pod-model-role", "scanner-identity", "vpc-flow-logs"] {
        assert!(proved.contains(id), "{id}: {proved:?}");
    }
    let line = |ids: BTreeSet<&str>| Vec::from_iter(ids).join(" ");
    eprintln!(
        "{told} All ok: {}; in part, the emulators do not answer: {}; lost: {}",
        line(proved),
        line(untold),
        LOST.1
    );
}
