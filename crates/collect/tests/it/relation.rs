//! Relations that tables declare: what the API model refuses, and what is there.

use sightline_collect::catalogue::{Catalogue, catalogue};
use sightline_model::{DataFlow, RelationKind};

fn agent(relation: &str) -> Result<Catalogue, String> {
    let text = format!(
        "[[table]]\nname = \"aws_test_agent\"\nabout = \"A test.\"\nlist = \"bedrock-agent:ListAgents\"\n\
         arn = \"agent_id\"\nredact = [\"instruction\"]\ndrop = [\"clientToken\"]\n\
         [[table.detail]]\nop = \"bedrock-agent:GetAgent\"\n[[table.relation]]\n{relation}"
    );
    Catalogue::read(&[("test.toml", &text)]).map_err(|error| error.to_string())
}

#[test]
fn a_text_and_texts_in_a_list() {
    for relation in [
        "kind = \"runs_as\"\ncolumn = \"agent_resource_role_arn\"\nto = \"aws_iam_role\"",
        "kind = \"uses_model\"\ncolumn = \"prompt_override_configuration.promptConfigurations.*.foundationModel\"\n\
         to = [\"aws_bedrock_foundation_model\", \"aws_bedrock_inference_profile\"]",
        "kind = \"guarded_by\"\ncolumn = \"guardrail_configuration.guardrailIdentifier\"\nto = \"aws_bedrock_guardrail\"\n\
         key = \"id\"",
    ] {
        let catalogue = agent(relation).unwrap();
        assert_eq!(catalogue.table("aws_test_agent").unwrap().relations.len(), 1);
    }
}

#[test]
fn what_does_not_fit_the_api_model_is_refused() {
    let columns = [
        "nothing",
        "agent_arn.more",
        "guardrail_configuration",
        "guardrail_configuration.guardrailArn",
        "prompt_override_configuration.promptConfigurations.foundationModel",
        "prompt_override_configuration.promptConfigurations",
        "idle_session_ttl_in_seconds",
        "instruction",
        "client_token",
        "a b",
    ];
    let faults = columns.map(|column| {
        agent(&format!("kind = \"reads\"\ncolumn = \"{column}\"\nto = \"aws_s3_bucket\"")).map(|_| ()).unwrap_err()
    });
    insta::assert_snapshot!(faults.join("\n").replace("tables/test.toml, table `aws_test_agent`: ", ""), @r"
    relation `nothing`: there is no column `nothing`
    relation `agent_arn.more`: it goes on below a single value
    relation `guardrail_configuration`: a structure has members, here `guardrailIdentifier` `guardrailVersion`
    relation `guardrail_configuration.guardrailArn`: there is no `guardrailArn`: it has `guardrailIdentifier` `guardrailVersion`
    relation `prompt_override_configuration.promptConfigurations.foundationModel`: a list is entered with `*`
    relation `prompt_override_configuration.promptConfigurations`: a list is entered with `*`
    relation `idle_session_ttl_in_seconds`: it ends at a value that is no text
    relation `instruction`: it is redacted
    relation `client_token`: rows do not keep `client_token`
    `a b` of the path `a b` makes no sense
    ");
    let unknown = agent("kind = \"likes\"\ncolumn = \"agent_name\"\nto = \"aws_s3_bucket\"").map(|_| ()).unwrap_err();
    assert!(unknown.contains("unknown variant `likes`") && unknown.contains("`runs_as`"), "{unknown}");
}

#[test]
fn a_relation_that_leads_nowhere_is_told() {
    let relation = |to: &str| format!("kind = \"reads\"\ncolumn = \"agent_name\"\nto = {to}");
    let stray = |to: &str| {
        let faults = agent(&relation(to)).unwrap().stray_relations();
        faults.into_iter().find(|fault| fault.starts_with("test.toml")).unwrap_or_default()
    };
    insta::assert_snapshot!(
        stray("\"aws_none\""),
        @"test.toml, table `aws_test_agent`: relation `agent_name`: there is no table `aws_none`"
    );
    insta::assert_snapshot!(
        stray("\"aws_test_agent\"\nkey = \"none\""),
        @"test.toml, table `aws_test_agent`: relation `agent_name`: `aws_test_agent` has no column `none`"
    );
    assert_eq!(stray("\"aws_test_agent\"\nkey = \"agent_id\""), "");
}

#[test]
fn every_relation_of_the_catalogue_leads_to_a_table() {
    let catalogue = catalogue().unwrap();
    assert_eq!(catalogue.stray_relations(), Vec::<String>::new());
    let ways: Vec<DataFlow> =
        catalogue.tables().flat_map(|table| &table.relations).map(|rule| rule.kind.data_flow()).collect();
    assert!(ways.contains(&DataFlow::Beside));
}

/// Data, training, model, endpoint, caller: each step goes the same way.
#[test]
fn data_goes_one_way() {
    use RelationKind::{DeployedAs, MadeFrom, Reads, UsesModel, Writes};
    let named_first = [Reads, MadeFrom, UsesModel].map(RelationKind::data_flow);
    assert_eq!(named_first, [DataFlow::FromNamed; 3]);
    assert_eq!([Writes, DeployedAs].map(RelationKind::data_flow), [DataFlow::ToNamed; 2]);
}
