//! The contract of every table: what its declaration names exists, and what it says of IAM is true.

use crate::emulators::python;
use sightline_collect::catalogue::{Catalogue, Scope, catalogue};
use sightline_collect::permissions;
use sightline_iam::audit;
use sightline_iam::document::MANAGED_POLICY_LIMIT;
use sightline_model::ColumnType;
use sightline_model::column::{STANDARD_COLUMNS, snake_case};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

#[test]
fn columns_are_snake_case_unique_and_not_the_standard_ones() {
    let catalogue = catalogue().unwrap_or_else(|error| panic!("{error}"));
    for table in catalogue.tables() {
        let names: BTreeSet<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names.len(), table.columns.len(), "{} names a column twice", table.name);
        for name in names {
            assert_eq!(name, snake_case(name), "{}", table.name);
            assert!(!STANDARD_COLUMNS.iter().any(|(standard, _)| *standard == name), "{}.{name}", table.name);
        }
        assert!(table.about.ends_with('.') && table.about.len() < 160, "{}: one short sentence", table.name);
        assert!(!table.calls().is_empty());
    }
}

/// The list that people review: a column that goes away breaks checks and saved queries.
#[test]
fn the_catalogue_as_it_is() {
    let mut page = String::new();
    for table in catalogue().unwrap().tables() {
        let calls: Vec<&str> = table.calls().iter().map(|call| call.action.as_str()).collect();
        let scope = if table.scope == Scope::Global { "global" } else { "regional" };
        let above = table.parent().map(|parent| format!(", of each {parent}")).unwrap_or_default();
        writeln!(page, "{} ({scope}{above})\n  actions: {}", table.name, calls.join(" ")).unwrap();
        let columns: Vec<String> =
            table.columns.iter().map(|column| format!("{} {}", column.name, word(column.kind))).collect();
        writeln!(page, "  columns: {}", columns.join(", ")).unwrap();
    }
    insta::assert_snapshot!("catalogue", page);
}

fn word(kind: ColumnType) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
}

/// Managed policies that a role may hold, less `SecurityAudit` and that of the logs.
const POLICIES: usize = 8;

#[test]
fn the_policies_fit_a_role_and_hold_each_action_once() {
    let actions = catalogue().unwrap().actions();
    let policies = permissions::policies(&actions);
    assert!(policies.len() <= POLICIES, "{:?}", policies.keys());
    assert!(policies.values().all(|policy| policy.length() <= MANAGED_POLICY_LIMIT));
    let statements = policies.values().flat_map(|policy| &policy.statement);
    let mut listed: Vec<String> = statements.flat_map(|statement| statement.action.clone()).collect();
    listed.sort();
    assert_eq!(listed, actions.into_iter().collect::<Vec<_>>());
}

#[test]
fn a_table_needs_the_actions_of_its_parent() {
    let catalogue = catalogue().unwrap();
    let actions = catalogue.actions_of("aws_bedrock_data_source");
    assert_eq!(
        actions.iter().map(String::as_str).collect::<Vec<_>>(),
        ["bedrock:GetDataSource", "bedrock:GetKnowledgeBase", "bedrock:ListDataSources", "bedrock:ListKnowledgeBases"]
    );
    assert!(catalogue.actions_of("aws_no_such_table").is_empty());
}

#[test]
fn every_action_is_one_of_iam() {
    let known = sightline_iam::catalogue::catalogue();
    let is_action = |action: &str| match action.split_once(':') {
        // Of some services the prefix alone is kept: then AWS's own list for auditors must have the action, or it is named here.
        Some((service, _)) if !known.knows(service) => {
            known.service(service).is_some() && (audit::allows(action) || NOT_IN_AUDIT.contains(&action))
        }
        _ => known.action(action).is_some() || NEWER.contains(&action),
    };
    let unknown: Vec<String> = catalogue().unwrap().actions().into_iter().filter(|action| !is_action(action)).collect();
    assert_eq!(unknown, Vec::<String>::new());
}

/// Operations that are newer than the pinned list of actions; each is named as its operation, like the others of its service.
const NEWER: &[&str] = &["bedrock:ListVpcConfigurations"];

/// Actions of services that are known by prefix alone, from the Service Authorization Reference.
const NOT_IN_AUDIT: &[&str] = &[
    "account:GetContactInformation",
    "account:ListRegions",
    "apigateway:GET",
    "budgets:ViewBudget",
    "ce:GetAnomalyMonitors",
    "ce:GetAnomalySubscriptions",
    "macie2:GetMacieSession",
    "neptune-graph:ListGraphs",
];

fn fault(text: &str) -> String {
    Catalogue::read(&[("test.toml", text)]).map(|_| ()).unwrap_err().to_string()
}

fn table(rest: &str) -> String {
    format!("[[table]]\nname = \"aws_test\"\nabout = \"A test.\"\n{rest}")
}

#[test]
fn declarations_that_do_not_fit_are_refused() {
    let faults = [
        table("list = \"iam:ListNothing\"\narn = \"arn\""),
        table("list = \"nothing:List\"\narn = \"arn\""),
        table("list = \"iam:ListInstanceProfiles\"\narn = \"arn:{nothing}\""),
        table("list = \"iam:ListInstanceProfiles\"\narn = \"arn\"\nredact = [\"nothing.*\"]"),
        table("list = \"eks:ListClusters\"\narn = \"arn\""),
        table("list = \"eks:ListAccessEntries\"\nitem = \"principal_arn\"\narn = \"principal_arn\""),
        table("list = \"iam:GetAccountAuthorizationDetails\"\nitems = \"Nothing\"\narn = \"arn\""),
        table(
            "list = \"iam:ListInstanceProfiles\"\narn = \"arn\"\n[[table.detail]]\nop = \"iam:ListAccessKeys\"\ninto = \"keys\"",
        ),
        table("list = \"iam:ListInstanceProfiles\"\narn = \"arn\"\n[[table.detail]]\nop = \"s3:GetBucketPolicy\""),
        table(
            "list = \"eks:ListAccessEntries\"\nitem = \"principal_arn\"\narn = \"principal_arn\"\nparent = \"aws_none\"\nbind = { clusterName = \"name\" }",
        ),
        table(
            "list = \"account:GetAlternateContact\"\nsingle = true\ninputs = [{ AlternateContactType = \"BILLING\" }]\narn = \"name\"",
        ),
    ];
    insta::assert_snapshot!(faults.iter().map(|text| fault(text)).collect::<Vec<_>>().join("\n"), @r"
    tables/test.toml, table `aws_test`: `iam:ListNothing` is not in the API model: run tools/models/generate.sh
    tables/test.toml, table `aws_test`: no API model of a service `nothing`
    tables/test.toml, table `aws_test`: there is no column `nothing`
    tables/test.toml, table `aws_test`: there is no column `nothing`
    tables/test.toml, table `aws_test`: the resources are plain texts: name their column with `item`
    tables/test.toml, table `aws_test`: `eks:ListAccessEntries` needs `clusterName`: give it in `inputs` or `bind`
    tables/test.toml, table `aws_test`: `iam:GetAccountAuthorizationDetails` answers no `Nothing` in `Nothing`
    tables/test.toml, table `aws_test`: `iam:ListAccessKeys` takes nothing of the row: it would be asked the same for each
    tables/test.toml, table `aws_test`: `s3:GetBucketPolicy` cannot be bound: there is no column `bucket`
    tables/test.toml, table `aws_test`: there is no table `aws_none` to be its parent
    tables/test.toml, table `aws_test`: column `title` is one that every table has: rename or drop the member
    ");
}

#[test]
fn an_unknown_key_names_the_file() {
    let said = fault(&table("list = \"iam:ListInstanceProfiles\"\narn = \"arn\"\nlits = 1"));
    assert!(said.starts_with("cannot read tables/test.toml:") && said.contains("lits"), "{said}");
}

#[test]
fn the_api_models_hold_what_the_tables_name_and_no_more() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/models/trim.py");
    let Some(python) = python() else { return };
    let output = Command::new(python).arg(script).arg("--check").output().unwrap();
    assert!(output.status.success(), "run tools/models/generate.sh: {}", String::from_utf8_lossy(&output.stdout));
}
