use crate::support::{TRAIL_KEY, event, gzip, read, trail};
use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::{Value, json};
use sightline_ingest::Status;
use sightline_model::log::ApiCall;

fn call(more: Value) -> ApiCall {
    let (decoded, mut rows) = read(TRAIL_KEY, &trail(&[event(more)]));
    assert_eq!(decoded.stats.rejects, 0, "{:?}", decoded.stats.reject_samples);
    rows.api_calls.remove(0)
}

#[test]
fn a_model_call_from_an_instance() {
    let call = call(json!({
        "readOnly": true, "eventCategory": "Management", "sourceIPAddress": "10.0.1.7", "userAgent": "Boto3/1.43",
        "vpcEndpointId": "vpce-1", "requestID": "r-1", "eventID": "e-7 ",
        "tlsDetails": {"clientProvidedHostHeader": "bedrock-runtime.us-east-1.amazonaws.com"},
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROAX:i-0abc", "accountId": "123456789012", "accessKeyId": "ASIAX",
            "arn": "arn:aws:sts::123456789012:assumed-role/app/i-0abc",
            "sessionContext": {
                "ec2RoleDelivery": "2.0",
                "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::123456789012:role/team/app", "userName": "app"}
            }
        },
        "requestParameters": {"modelId": "us.anthropic.claude-sonnet-4", "guardrailIdentifier": "gr-1", "body": "secret prompt"},
        "additionalEventData": {"inferenceRegion": "us-west-2", "callWithBearerToken": "true"},
        "resources": [{"ARN": "arn:aws:bedrock:us-east-1::foundation-model/x", "type": "AWS::Bedrock::Model"}, {"type": "no arn"}],
    }));
    assert_json_snapshot!(call, @r#"
    {
      "event_id": "e-7",
      "event_time": "2026-11-22T03:04:05Z",
      "account_id": "123456789012",
      "region": "us-east-1",
      "event_source": "bedrock.amazonaws.com",
      "event_name": "InvokeModel",
      "event_category": "Management",
      "read_only": true,
      "identity_type": "AssumedRole",
      "identity_arn": "arn:aws:sts::123456789012:assumed-role/app/i-0abc",
      "identity_account_id": "123456789012",
      "principal_id": "AROAX:i-0abc",
      "user_name": "app",
      "issuer_arn": "arn:aws:iam::123456789012:role/team/app",
      "session_name": "i-0abc",
      "access_key_id": "ASIAX",
      "ec2_role_delivery": "2.0",
      "invoked_by": "",
      "source_ip": "10.0.1.7",
      "user_agent": "Boto3/1.43",
      "vpc_endpoint_id": "vpce-1",
      "host": "bedrock-runtime.us-east-1.amazonaws.com",
      "model_id": "us.anthropic.claude-sonnet-4",
      "guardrail_id": "gr-1",
      "inference_region": "us-west-2",
      "bearer_token": true,
      "error_code": "",
      "error_message": "",
      "request_id": "r-1",
      "assumed_role_arn": "",
      "issued_access_key_id": "",
      "session_tags": {},
      "resources": [
        "arn:aws:bedrock:us-east-1::foundation-model/x"
      ],
      "request_parameters": {
        "modelId": "us.anthropic.claude-sonnet-4",
        "guardrailIdentifier": "gr-1"
      },
      "object": "test",
      "line": 1
    }
    "#);
}

#[test]
fn targets_of_other_calls() {
    let cases = [
        (json!({"eventName": "InvokeAgent", "requestParameters": {"agentId": "A", "agentAliasId": "B"}}), "A/B"),
        (json!({"eventName": "Retrieve", "requestParameters": {"knowledgeBaseId": "KB"}}), "KB"),
        (
            json!({"eventName": "InvokeFlow", "requestParameters": {"flowIdentifier": "F", "flowAliasIdentifier": "arn:aws:x"}}),
            "arn:aws:x",
        ),
        (
            json!({"eventName": "InvokeEndpoint", "eventSource": "sagemaker.amazonaws.com", "requestParameters": {"endpointName": "e"}}),
            "e",
        ),
        (
            json!({"eventName": "CreateInference", "eventSource": "bedrock-mantle.amazonaws.com", "requestParameters": {"model": "m", "callWithBearerToken": true}}),
            "m",
        ),
        (
            json!({"eventName": "InvokeAgentRuntime", "eventSource": "bedrock-agentcore.amazonaws.com", "requestParameters": {"agentRuntimeArn": "arn:r"}}),
            "arn:r",
        ),
        (
            json!({"eventName": "InvokeAgent", "requestParameters": null, "resources": [{"ARN": "arn:alias"}]}),
            "arn:alias",
        ),
        (json!({"eventName": "X", "eventSource": "dms.amazonaws.com", "requestParameters": {"endpointName": "e"}}), ""),
    ];
    for (more, expected) in cases {
        assert_eq!(call(more.clone()).model_id, expected, "{more}");
    }
    let mantle =
        json!({"eventSource": "bedrock-mantle.amazonaws.com", "requestParameters": {"callWithBearerToken": true}});
    assert_eq!(call(mantle).bearer_token, Some(true));
    let converse = json!({"requestParameters": {"guardrailConfig": {"guardrailIdentifier": "gr-2"}}});
    assert_eq!(call(converse).guardrail_id, "gr-2");
}

#[test]
fn sessions_that_were_handed_out() {
    let session = |more| {
        let call = call(more);
        json!([
            call.user_name,
            call.assumed_role_arn,
            call.issued_access_key_id,
            call.session_tags,
            call.request_parameters
        ])
    };
    let irsa = json!({
        "eventSource": "sts.amazonaws.com", "eventName": "AssumeRoleWithWebIdentity",
        "userIdentity": {"type": "WebIdentityUser", "userName": "system:serviceaccount:shop:api", "identityProvider": "arn:p"},
        "requestParameters": {"roleArn": "arn:aws:iam::123456789012:role/shop", "roleSessionName": "s", "principalTags": {"team": "shop"}},
        "responseElements": {"credentials": {"accessKeyId": "ASIA1", "sessionToken": "TOKEN"}},
    });
    let tagged = json!({
        "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole",
        "userIdentity": {"type": "AWSService", "invokedBy": "pods.eks.amazonaws.com"},
        "requestParameters": {
            "roleArn": "arn:aws:iam::123456789012:role/shop", "externalId": "x",
            "tags": [{"key": "kubernetes-namespace", "value": "shop"}, {"Key": "n", "Value": 1}, "odd"]
        },
        "responseElements": {"credentials": {"accessKeyId": "ASIA2", "sessionToken": "TOKEN"}},
    });
    let pod = json!({
        "eventSource": "eks-auth.amazonaws.com", "eventName": "AssumeRoleForPodIdentity",
        "requestParameters": {"clusterName": "main", "token": "HIDDEN_DUE_TO_SECURITY_REASONS"},
        "responseElements": {
            "subject": {"namespace": "shop", "serviceAccount": "api"},
            "podIdentityAssociation": {"associationArn": "arn:a", "associationId": "a-1"},
            "assumedRoleUser": {"arn": "arn:aws:sts::123456789012:assumed-role/shop/eks-main-api-1"},
            "credentials": {"accessKeyId": "ASIA3", "secretAccessKey": "SECRET", "sessionToken": "TOKEN"}
        },
    });
    let sessions = [session(irsa), session(tagged), session(pod)];
    assert!(!json!(sessions).to_string().contains("TOKEN") && !json!(sessions).to_string().contains("\"SECRET\""));
    assert_json_snapshot!(sessions, @r#"
    [
      [
        "system:serviceaccount:shop:api",
        "arn:aws:iam::123456789012:role/shop",
        "ASIA1",
        {
          "team": "shop"
        },
        {
          "roleArn": "arn:aws:iam::123456789012:role/shop",
          "roleSessionName": "s",
          "principalTags": {
            "team": "shop"
          }
        }
      ],
      [
        "",
        "arn:aws:iam::123456789012:role/shop",
        "ASIA2",
        {
          "kubernetes-namespace": "shop",
          "n": "1"
        },
        {
          "roleArn": "arn:aws:iam::123456789012:role/shop",
          "externalId": "x",
          "tags": [
            {
              "key": "kubernetes-namespace",
              "value": "shop"
            },
            {
              "Key": "n",
              "Value": 1
            },
            "odd"
          ]
        }
      ],
      [
        "",
        "arn:aws:iam::123456789012:role/shop",
        "ASIA3",
        {
          "eks-cluster-name": "main",
          "kubernetes-namespace": "shop",
          "kubernetes-service-account": "api",
          "association-arn": "arn:a"
        },
        {
          "clusterName": "main",
          "token": "HIDDEN_DUE_TO_SECURITY_REASONS"
        }
      ]
    ]
    "#);
}

#[test]
fn identities_of_every_type() {
    let who = |identity: Value| {
        let call = call(json!({ "userIdentity": identity }));
        format!("{}|{}|{}", call.identity_type, call.user_name, call.session_name)
    };
    let root = json!({"type": "Root", "arn": "arn:aws:iam::1:root", "principalId": "1"});
    let user = json!({"type": "IAMUser", "userName": "ann", "arn": "arn:aws:iam::1:user/ann"});
    let role = json!({"type": "AssumedRole", "principalId": "AROAX:sess"});
    let person = json!({"type": "IdentityCenterUser", "onBehalfOf": {"userId": "u-1"}, "credentialId": "c"});
    let service = json!({"type": "AWSService", "invokedBy": "eks.amazonaws.com"});
    let all = [root, user, role, person, service, json!("odd"), json!(null)].map(who).join("\n");
    assert_snapshot!(all, @r#"
    Root||
    IAMUser|ann|
    AssumedRole||sess
    IdentityCenterUser|u-1|
    AWSService||
    ||
    ||
    "#);
}

#[test]
fn odd_values_do_not_cost_the_record() {
    let call = call(json!({
        "eventID": 7, "readOnly": "false", "userIdentity": [], "requestParameters": "text", "resources": {"ARN": "x"},
        "awsRegion": null, "tlsDetails": 3, "userAgent": {"a": 1}, "additionalEventData": "x", "errorCode": true,
    }));
    assert_eq!(
        (call.event_id.as_str(), call.read_only, call.region.as_str(), call.error_code.as_str()),
        ("7", Some(false), "", "true")
    );
}

#[test]
fn bad_records_cost_themselves() {
    let good = event(json!({})).to_string();
    let text = format!(
        r#"{{"Records":[{good},{{"eventTime":nonsense}},{{"eventTime":"yesterday","requestParameters":"private"}},17,{{}},{good}]}}"#
    );
    let (decoded, rows) = read(TRAIL_KEY, text.as_bytes());
    assert_eq!((decoded.status(), rows.api_calls.len(), rows.api_calls[1].line), (Status::Partial, 2, 6));
    assert_json_snapshot!(decoded.stats.reject_samples, @r#"
    [
      {
        "line": 2,
        "reason": "the record is no JSON: expected ident at line 1 column 15",
        "sample": "{\"eventTime\":nonsense}"
      },
      {
        "line": 3,
        "reason": "`yesterday` is no `eventTime`",
        "sample": "{\"eventTime\":\"yesterday\","
      },
      {
        "line": 4,
        "reason": "something that is no record stands here",
        "sample": ""
      },
      {
        "line": 5,
        "reason": "the event has no `eventTime`",
        "sample": "{}"
      }
    ]
    "#);
}

#[test]
fn a_cut_file_keeps_the_records_before_the_cut() {
    let whole = trail(&[event(json!({})), event(json!({}))]);
    let (decoded, rows) = read("copy.json", &whole[..whole.len() - 20]);
    assert_eq!((decoded.stats.rejects, rows.api_calls.len()), (1, 1));
    assert_snapshot!(decoded.stats.error, @"the content ends within the `Records` array");

    let many: Vec<Value> = (0..500).map(|n| event(json!({ "eventID": format!("{n}-{}", n * 7919) }))).collect();
    let packed = gzip(&trail(&many));
    let (decoded, rows) = read(TRAIL_KEY, &packed[..packed.len() / 2]);
    assert_eq!((decoded.status(), decoded.stats.rejects), (Status::Partial, 1));
    assert!(!rows.api_calls.is_empty());
}

#[test]
fn empty_and_foreign_objects() {
    assert_eq!(read(TRAIL_KEY, b"").0.status(), Status::Read);
    assert_eq!(read(TRAIL_KEY, br#"{"Records":[]}"#).0.status(), Status::Read);
    assert_eq!(read(TRAIL_KEY, b"garbage").0.status(), Status::Unreadable);
    assert_eq!(
        read("x.json", br#"{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3"}]}"#).0.status(),
        Status::Ignored
    );
}
