//! The Terraform modules under `deploy/terraform`, and a CloudFormation template beside them: the renderings of the prerequisites with variables where an account's own values
//! would stand. There is no second copy of a policy: a module is what `sightline onboard terraform` writes, left open.

mod cloudformation;

use crate::compose::{self, Part};
use crate::error::OnboardError;
use crate::parameters::{Given, Parameters, Vpc};
use crate::prerequisite::{Format, Parameter, find};
use crate::render::hcl::{self, Block};
use crate::render::node::Node;
use crate::render::open::{Kind, open};
use std::collections::BTreeSet;

/// A variable of a module, by the parameter that it stands for.
struct Variable {
    /// as in Terraform
    name: &'static str,
    /// as on the command line
    parameter: &'static str,
    /// what it is, where that is something else than on the command line
    about: Option<&'static str>,
    kind: &'static str,
    /// none: it must be given
    default: Option<Node>,
    /// what it must fulfil, and the words for those who gave something else
    check: Option<(&'static str, &'static str)>,
}

/// A module: where it lies, and what it is made of.
struct Module {
    folder: &'static str,
    head: &'static str,
    units: &'static [&'static str],
    variables: Vec<Variable>,
    outputs: &'static [(&'static str, &'static str, &'static str)],
}

/// The files of the modules and the template, by their paths in the repository; `actions` are those of the inventory.
///
/// # Errors
/// As [`crate::Prerequisite::render`], where the actions fill more policies than a role holds.
pub fn modules(actions: BTreeSet<String>) -> Result<Vec<(String, String)>, OnboardError> {
    let mut files = vec![(cloudformation::PATH.to_owned(), cloudformation::template(actions.clone())?)];
    let parameters = left_open(actions)?;
    for module in [account(), organization()] {
        let file = |name: &str| format!("deploy/terraform/{}{name}", module.folder);
        files.push((file("main.tf"), main(&module, &parameters)?));
        files.push((file("variables.tf"), variables(&module)));
        files.push((file("outputs.tf"), outputs(&module)));
    }
    Ok(files)
}

/// Parameters that stand for whatever the module is given.
fn left_open(actions: BTreeSet<String>) -> Result<Parameters, OnboardError> {
    let anybody = Given { account_id: "000000000000".to_owned(), actions, ..Given::default() };
    let one = |expression: &str| open(Kind::One, expression);
    let home = one("data.aws_region.current.id");
    Ok(Parameters {
        account_id: one("data.aws_caller_identity.current.account_id"),
        partition: one("data.aws_partition.current.partition"),
        home: home.clone(),
        regions: vec![home.clone(), open(Kind::Many, "local.further")],
        bucket: one("local.bucket"),
        bucket_account: one("data.aws_caller_identity.current.account_id"),
        prefix: format!("{}/", one("var.prefix")),
        trail: one("var.trail"),
        role: one("var.scanner_role"),
        principal: Some(one("var.principal")),
        external_id: Some(one("var.scanner_external_id")),
        kms_key_arn: Some(open(Kind::Perhaps, "var.kms_key_arn")),
        vpcs: vec![Vpc { region: home, id: open(Kind::Many, "var.vpc_ids") }],
        organizational_units: vec![open(Kind::Many, "var.organizational_units")],
        ..Parameters::check(anybody)?
    })
}

fn given(name: &'static str, parameter: &'static str, kind: &'static str) -> Variable {
    Variable { name, parameter, about: None, kind, default: None, check: None }
}

impl Variable {
    fn or(self, default: impl Into<Node>) -> Self {
        Self { default: Some(default.into()), ..self }
    }

    fn about(self, about: &'static str) -> Self {
        Self { about: Some(about), ..self }
    }

    fn check(self, condition: &'static str, otherwise: &'static str) -> Self {
        Self { check: Some((condition, otherwise)), ..self }
    }
}

fn identity() -> [Variable; 3] {
    [
        given("principal", "principal", "string"),
        given("scanner_external_id", "scanner-external-id", "string")
            .check("length(var.scanner_external_id) >= 8", "An external id of fewer than eight characters is guessed."),
        given("scanner_role", "scanner-role", "string")
            .or("sightline-scanner")
            .check("length(var.scanner_role) <= 40", "The names of its policies begin with it: at most 40 characters."),
    ]
}

fn account() -> Module {
    let none = || Node::code("null");
    let own = [
        given("vpc_ids", "vpc-id", "set(string)")
            .or(Node::list::<Node>([]))
            .about("VPCs to log, in the provider's region; default none"),
        given("regions", "region", "set(string)")
            .or(Node::list::<Node>([]))
            .about("further regions with workloads or models, whose logs go into the bucket; the home region is the provider's"),
        given("bucket", "bucket", "string").or(none()),
        given("prefix", "prefix", "string")
            .or("")
            .check("!startswith(var.prefix, \"/\") && !endswith(var.prefix, \"/\")", "Without slashes at its ends."),
        given("trail", "trail", "string").or("sightline"),
        given("kms_key_arn", "kms-key-arn", "string").or(none()),
        given("organizational_units", "organizational-unit", "set(string)").or(Node::list::<Node>([])),
        given("retention_days", "retention-days", "number").or(400u32),
    ];
    Module {
        folder: "",
        head: "What an account needs before Sightline can see it, in the provider's region.",
        units: &["log-bucket", "cloudtrail", "vpc-flow-logs", "resolver-logs", "scanner-identity"],
        variables: identity().into_iter().chain(own).collect(),
        outputs: &[
            ("scanner_role_arn", "Give it to the scanner as --role-arn", "aws_iam_role.scanner.arn"),
            ("bucket", "The log bucket", "aws_s3_bucket.logs.id"),
            ("trail_arn", "The trail", "aws_cloudtrail.sightline.arn"),
        ],
    }
}

fn organization() -> Module {
    let own = given("organizational_units", "organizational-unit", "set(string)")
        .check("length(var.organizational_units) > 0", "At least one unit, or the root.");
    Module {
        folder: "organization/",
        head: "The scanner's role in the other accounts of an organization. Apply it in the management account.",
        units: &["organization"],
        variables: identity().into_iter().chain([own]).collect(),
        outputs: &[("stack_set", "The stack set", "aws_cloudformation_stack_set.scanner.name")],
    }
}

const MADE: &str =
    "Made by `make generate` of the declarations that `sightline onboard` renders and verifies: change those.";

/// What a rendering says where an optional value is given, and what it says where that may be missing.
const OPTIONAL: [(&str, &str); 7] = [
    ("\"aws:kms\"", "var.kms_key_arn == null ? \"AES256\" : \"aws:kms\""),
    ("bucket_key_enabled = true", "bucket_key_enabled = var.kms_key_arn != null"),
    ("${var.prefix}/", "${local.folder}"),
    ("\"arn:${data.aws_partition.current.partition}:s3:::${local.bucket}/${local.folder}\"", "local.destination"),
    ("${local.bucket}-${one}", "${local.stem}-${one}"),
    ("    days = 400\n", "    days = var.retention_days\n"),
    (
        "Resource = [\"arn:${data.aws_partition.current.partition}:iam::*:role/${var.scanner_role}\"]",
        "Resource = [for role in [\"arn:${data.aws_partition.current.partition}:iam::*:role/${var.scanner_role}\"] : role if length(var.organizational_units) > 0]",
    ),
];

fn main(module: &Module, parameters: &Parameters) -> Result<String, OnboardError> {
    let mut parts = Vec::new();
    for unit in module.units.iter().filter_map(|id| find(id)) {
        let text = unit.render(parameters, Format::Terraform)?;
        let text = OPTIONAL.iter().fold(text, |text, (given, perhaps)| text.replace(given, perhaps));
        parts.push(Part { id: unit.id(), name: format!("{}: {}", unit.id(), unit.title()), text });
    }
    Ok(compose::terraform::file(&format!("{}\n{MADE}", module.head), &first(module), &parts))
}

fn first(module: &Module) -> Vec<Block> {
    let data = |kind: &str| Block::new("data", [kind, "current"]);
    let mut blocks = vec![
        compose::terraform::requirements(),
        data("aws_caller_identity"),
        data("aws_partition"),
        data("aws_region"),
    ];
    if module.variables.iter().any(|variable| variable.name == "bucket") {
        let bucket = "coalesce(var.bucket, \"sightline-logs-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.id}\")";
        let destination = "\"arn:${data.aws_partition.current.partition}:s3:::${local.bucket}${var.prefix == \"\" ? \"\" : \"/${var.prefix}/\"}\"";
        blocks.push(
            Block::new("locals", [])
                .with("bucket", Node::code(bucket))
                .with("folder", Node::code("var.prefix == \"\" ? \"\" : \"${var.prefix}/\""))
                .with("destination", Node::code(destination))
                .with("further", Node::code("setsubtract(var.regions, [data.aws_region.current.id])"))
                .with("stem", Node::code("trimsuffix(local.bucket, \"-${data.aws_region.current.id}\")")),
        );
    }
    blocks
}

fn variables(module: &Module) -> String {
    let known: Vec<&Parameter> =
        module.units.iter().filter_map(|id| find(id)).flat_map(|unit| unit.parameters()).collect();
    let about = |name: &str| known.iter().find(|known| known.name == name).map_or("", |known| known.about);
    let block = |variable: &Variable| {
        let mut block = Block::new("variable", [variable.name])
            .with("description", variable.about.unwrap_or_else(|| about(variable.parameter)))
            .with("type", Node::code(variable.kind));
        if let Some(default) = &variable.default {
            block = block.with("default", default.clone());
        }
        if variable.default != Some(Node::code("null")) {
            block = block.with("nullable", false);
        }
        match variable.check {
            None => block,
            Some((condition, otherwise)) => block.block(
                Block::new("validation", []).with("condition", Node::code(condition)).with("error_message", otherwise),
            ),
        }
    };
    hcl::file(MADE, &module.variables.iter().map(block).collect::<Vec<_>>())
}

fn outputs(module: &Module) -> String {
    let block = |(name, about, value): &(&str, &str, &str)| {
        Block::new("output", [*name]).with("description", *about).with("value", Node::code(*value))
    };
    hcl::file(MADE, &module.outputs.iter().map(block).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_closed_texts() {
        let files = modules(["ec2:DescribeVpcs".to_owned()].into()).unwrap();
        for (path, text) in &files {
            assert!(text.is_ascii(), "{path}");
        }
        let (_, main) = files.get(1).unwrap().1.split_once("# ----").unwrap();
        for (given, perhaps) in OPTIONAL {
            assert!(main.contains(perhaps) && !main.replace(perhaps, "").contains(given), "{given}");
        }
        // The values of the account that stood in for one are in none.
        assert!(files.iter().all(|(_, text)| !text.contains("000000000000") && !text.contains("us-east-1")));
    }
}
