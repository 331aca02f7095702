use super::*;
use insta::assert_debug_snapshot;

fn may_assume(name: &str) -> Value {
    allow("sts:AssumeRole", &arn(name))
}

#[test]
fn a_cycle_of_roles() {
    let organization = organization(
        json!([
            principal("u-a", json!([may_assume("one")]), &[]),
            principal("one", json!([may_assume("two")]), &[&arn("u-a"), &arn("three")]),
            principal("two", json!([may_assume("three")]), &[&arn("one")]),
            principal("three", json!([may_assume("one"), allow("bedrock:*", "*")]), &[&arn("two")]),
            principal("u-b", json!([may_assume("one")]), &[]),
        ]),
        json!([]),
    );
    assert_debug_snapshot!(who(&organization, Routes::Roles, model()), @r#"
    [
        "u-a Allow +3 assumes `role/one`, then assumes `role/two`, then assumes `role/three`",
        "one Allow +2 assumes `role/two`, then assumes `role/three`",
        "two Allow +1 assumes `role/three`",
        "three Allow +0",
    ]
    "#);
}

#[test]
fn what_each_hop_depends_on() {
    let mfa = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let endpoint = json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } });
    let organization = open(organization(
        json!([
            principal("u-a", json!([with(may_assume("ml"), mfa)]), &[]),
            principal(
                "ml",
                json!([with(allow("bedrock:*", "*"), endpoint)]),
                &[&format!("arn:aws:iam::{ACCOUNT}:root")]
            ),
        ]),
        json!([]),
    ));
    assert_debug_snapshot!(who(&organization, Routes::Roles, model()), @r#"
    [
        "u-a Conditional +1 assumes `role/ml`, with MFA, then through vpce-1",
        "ml Conditional +0 through vpce-1",
    ]
    "#);
}

/// Without MFA to the role, and the role only with: two requests, which need not agree.
#[test]
fn hops_that_rule_each_other_out_are_a_way_all_the_same() {
    let with_mfa = |value: &str| json!({ "Bool": { "aws:MultiFactorAuthPresent": value } });
    let organization = open(organization(
        json!([
            principal("u-a", json!([with(may_assume("ml"), with_mfa("false"))]), &[]),
            principal(
                "ml",
                json!([with(allow("bedrock:*", "*"), with_mfa("true"))]),
                &[&format!("arn:aws:iam::{ACCOUNT}:root")]
            ),
        ]),
        json!([]),
    ));
    assert_eq!(who(&organization, Routes::Roles, model()).len(), 2);
}

#[test]
fn the_least_conditional_way_then_the_shortest() {
    let mfa = || json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
    let organization = open(organization(
        json!([
            principal("u-a", json!([with(allow("bedrock:*", "*"), mfa()), may_assume("far")]), &[]),
            principal(
                "u-b",
                json!([with(may_assume("near"), mfa()), with(allow("bedrock:*", "*"), mfa()), may_assume("nowhere")]),
                &[]
            ),
            principal("far", json!([may_assume("near")]), &[&arn("u-a")]),
            principal(
                "near",
                json!([allow("bedrock:*", "*")]),
                &[&format!("arn:aws:iam::{ACCOUNT}:root"), &arn("far")]
            ),
            principal("nowhere", json!([]), &[&arn("u-b")]),
        ]),
        json!([]),
    ));
    assert_debug_snapshot!(who(&organization, Routes::Roles, model()), @r#"
    [
        "u-a Allow +2 assumes `role/far`, then assumes `role/near`",
        "u-b Conditional +0 with MFA",
        "far Allow +1 assumes `role/near`",
        "near Allow +0",
    ]
    "#);
}

/// Nobody's model is used on one's own account: of another account only through a role there.
#[test]
fn what_aws_owns_is_asked_of_an_account() {
    let organization = organization(json!([principal("u-a", json!([allow("bedrock:*", "*")]), &[])]), json!([]));
    let of =
        |account: &str| who(&organization, Routes::Roles, Question::new("bedrock:InvokeModel", MODEL, account).into());
    assert_eq!((of(ACCOUNT).len(), of("").len(), of("222222222222").len()), (1, 1, 0));
}

#[test]
fn workloads_answer_as_their_roles() {
    let workload = |id: &str, role: &str| json!({ "id": id, "kind": "lambda", "account": ACCOUNT, "role": arn(role) });
    let organization = organization(
        json!([
            principal("ml", json!([allow("bedrock:*", "*")]), &[&arn("app")]),
            principal("app", json!([may_assume("ml")]), &[]),
            principal("web", json!([]), &[]),
        ]),
        json!([workload("a", "app"), workload("b", "ml"), workload("c", "web"), workload("d", "not-read")]),
    );
    let direct = Interpreter { organization: &organization };
    let rows = Graph::new(&organization, &direct).workloads(&direct, &[model()]).remove(0);
    let rows: Vec<_> =
        rows.iter().map(|row| (organization.workloads[row.workload].id.as_str(), row.tri(), row.hops())).collect();
    use crate::solve::Tri::{Allow, Conditional};
    assert_eq!(rows, [("a", Allow, 1), ("b", Allow, 0), ("d", Conditional, 0)]);
}
