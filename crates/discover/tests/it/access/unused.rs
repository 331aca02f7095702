//! What is granted beside what logs show.

use serde_json::{Value, json};
use sightline_discover::DiscoverError;
use sightline_discover::access::{Unused, Use, unused};

use super::estate::{ACCOUNT, Estate, MODEL, function, policy, role};

fn call(source: &str, name: &str, day: u8, more: Value) -> Value {
    let mut call = json!({"event_id": format!("{name}-{day}"), "event_time": format!("2026-11-{day:02}T10:00:00Z"), "account_id": ACCOUNT,
        "region": "us-east-1", "event_source": source, "event_name": name, "issuer_arn": role(ACCOUNT, "worker"), "resources": []});
    call.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    call
}

/// A role with more than it uses, and two weeks of logs with a hole.
fn estate(documents: &[Value]) -> Estate {
    let mut estate = Estate::new();
    let inline: Value = documents
        .iter()
        .enumerate()
        .map(|(at, one)| json!({"PolicyName": format!("p{at}"), "PolicyDocument": one}))
        .collect();
    estate.add(
        ACCOUNT,
        "aws_iam_role",
        &role(ACCOUNT, "worker"),
        json!({"role_name": "worker", "inline_policies": inline,
        "attached_policies": [], "assume_role_policy_document": {"Version": "2012-10-17", "Statement": []}}),
    );
    let haiku = json!({"model_id": "anthropic.claude-3-haiku"});
    estate.call(call("bedrock.amazonaws.com", "Converse", 1, haiku.clone()));
    estate.call(call("bedrock.amazonaws.com", "Converse", 2, haiku));
    estate.call(call("bedrock.amazonaws.com", "ListGuardrails", 2, json!({"error_code": "AccessDenied"})));
    estate.call(call("dynamodb.amazonaws.com", "DescribeTable", 9, json!({})));
    estate
}

fn statement(more: Value) -> Value {
    let mut statement = json!({"Effect": "Allow", "Resource": "*"});
    statement.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

async fn of_worker(estate: &Estate) -> Unused {
    unused(&estate.session(), &role(ACCOUNT, "worker")).await.unwrap()
}

fn seen(unused: &Unused, action: &str) -> Option<Use> {
    unused.actions.iter().find(|one| one.action == action).map(|one| one.seen)
}

fn text(unused: &Unused) -> String {
    serde_json::to_string_pretty(&unused.proposal).unwrap().replace(ACCOUNT, "<member>")
}

#[tokio::test]
async fn wildcards_shrink_to_what_was_used_and_conditions_stay() {
    let guarded = json!({"StringEquals": {"aws:RequestedRegion": "us-east-1"}});
    let bedrock = statement(
        json!({"Action": ["bedrock:InvokeModel*", "bedrock:ListGuardrails", "bedrock:InvokeAgent"], "Condition": guarded}),
    );
    let others = statement(json!({"Action": ["ec2:Describe*", "dynamodb:Describe*", "s3:GetObject"]}));
    let deny = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "bedrock:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]});
    let unused = of_worker(&estate(&[bedrock, others, deny])).await;
    let states = [
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream",
        "bedrock:ListGuardrails",
        "bedrock:InvokeAgent",
        "bedrock:CreateGuardrail",
    ];
    assert_eq!(
        states.map(|action| seen(&unused, action)),
        [Some(Use::Used), Some(Use::Unused), Some(Use::Unused), Some(Use::NotShown), None]
    );
    let invoke = unused.actions.iter().find(|one| one.action == "bedrock:InvokeModel").unwrap();
    assert_eq!((invoke.calls, invoke.resources.as_slice()), (2, &[MODEL.to_owned()][..]));
    insta::assert_snapshot!(text(&unused), @r#"
    {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": [
            "bedrock:InvokeAgent"
          ],
          "Resource": [
            "*"
          ],
          "Condition": {
            "StringEquals": {
              "aws:RequestedRegion": [
                "us-east-1"
              ]
            }
          }
        },
        {
          "Effect": "Allow",
          "Action": [
            "bedrock:InvokeModel"
          ],
          "Resource": [
            "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku"
          ],
          "Condition": {
            "StringEquals": {
              "aws:RequestedRegion": [
                "us-east-1"
              ]
            }
          }
        },
        {
          "Effect": "Allow",
          "Action": [
            "dynamodb:Describe*",
            "ec2:Describe*",
            "s3:GetObject"
          ],
          "Resource": [
            "*"
          ]
        },
        {
          "Effect": "Deny",
          "Action": [
            "bedrock:*"
          ],
          "Resource": [
            "*"
          ],
          "Condition": {
            "Bool": {
              "aws:SecureTransport": [
                "false"
              ]
            }
          }
        }
      ]
    }
    "#);
    insta::assert_snapshot!(unused.removed.join(" "), @"bedrock:InvokeModelWithResponseStream bedrock:ListGuardrails");
    insta::assert_snapshot!(unused.kept.join(" "), @"bedrock:InvokeAgent ec2:* s3:*");
    insta::assert_snapshot!(unused.rests_on.join("\n").replace(ACCOUNT, "<member>"), @"
    use is what the logs of account <member> show from 2026-11-01T10:00:00Z to 2026-11-09T10:00:00Z; what is rarer is not in it
    of 6 days in between there is no event at all
    no trail of all regions records data events, so calls that are data events are not shown
    3 grants are kept because logs do not show their use: bedrock:InvokeAgent, ec2:*, s3:*
    what the principal does by way of other roles, and calls that other accounts' logs hold, is not in it
    ");
}

#[tokio::test]
async fn a_trail_that_records_data_events_shows_them() {
    let mut estate = estate(&[statement(json!({"Action": "bedrock:InvokeAgent"}))]);
    let fields = json!([{"Field": "eventCategory", "Equals": ["Data"]}, {"Field": "resources.type", "Equals": ["AWS::Bedrock::AgentAlias"]}]);
    let trail = |fields: &Value| json!({"is_logging": true, "is_multi_region_trail": true, "advanced_event_selectors": [{"FieldSelectors": fields}]});
    let arn = format!("arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main");
    let mut narrow = estate.clone();
    let mut narrower = fields.clone();
    narrower.as_array_mut().unwrap().push(json!({"Field": "readOnly", "Equals": ["false"]}));
    narrow.add(ACCOUNT, "aws_cloudtrail_trail", &arn, trail(&narrower));
    estate.add(ACCOUNT, "aws_cloudtrail_trail", &arn, trail(&fields));
    assert_eq!(seen(&of_worker(&estate).await, "bedrock:InvokeAgent"), Some(Use::Unused));
    assert_eq!(
        seen(&of_worker(&narrow).await, "bedrock:InvokeAgent"),
        Some(Use::NotShown),
        "a narrower selector shows less"
    );
}

#[tokio::test]
async fn what_is_used_on_a_resource_keeps_within_the_statement() {
    let narrow = statement(
        json!({"Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*::foundation-model/anthropic.*"}),
    );
    let elsewhere =
        statement(json!({"Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*::foundation-model/amazon.*"}));
    let unused = of_worker(&estate(&[narrow, elsewhere])).await;
    let resources: Vec<&[String]> =
        unused.proposal.as_ref().unwrap().statement.iter().map(|one| one.resource.as_slice()).collect();
    assert_eq!(resources[0], [MODEL.to_owned()]);
    // Nothing of this one was used, and it is not widened to what was.
    assert!(
        resources
            .iter()
            .all(|of| of == &[MODEL.to_owned()] || of == &["arn:aws:bedrock:*::foundation-model/amazon.*".to_owned()])
    );
}

#[tokio::test]
async fn everything_shrinks_to_services_that_were_used() {
    let unused = of_worker(&estate(&[statement(json!({"Action": "*"}))])).await;
    let document = text(&unused);
    assert!(document.contains("\"dynamodb:*\"") && document.contains("\"bedrock:InvokeModel\""), "{document}");
    assert!(!document.contains("\"*\",") && !document.contains("ec2:"), "{document}");
    assert!(unused.rests_on.iter().any(|words| words.contains("grants every service")));
}

#[tokio::test]
async fn without_logs_or_with_an_unread_policy_nothing_is_proposed() {
    let chat = unused(&Estate::new().session(), &role(ACCOUNT, "chat")).await.unwrap();
    assert_eq!((chat.period, chat.proposal, chat.removed.len()), (None, None, 0));
    let mut estate = estate(&[]);
    estate.add(
        ACCOUNT,
        "aws_iam_role",
        &role(ACCOUNT, "more"),
        json!({"role_name": "more", "inline_policies": [],
        "attached_policies": [{"PolicyArn": policy(ACCOUNT, "missing")}]}),
    );
    let more = unused(&estate.session(), &role(ACCOUNT, "more")).await.unwrap();
    assert_eq!((more.proposal, more.removed.len()), (None, 0));
    assert!(more.rests_on.iter().any(|words| words.contains("missing")), "{:?}", more.rests_on);
}

#[tokio::test]
async fn who_is_not_in_the_inventory_is_an_error() {
    let error = unused(&Estate::new().session(), &function("x' OR '1'='1")).await.unwrap_err();
    assert!(matches!(error, DiscoverError::UnknownPrincipal { .. }), "{error}");
}
