#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use crate::support::{TRAIL_KEY, event, gzip, of, read, read_from, trail};
use insta::{assert_json_snapshot, assert_snapshot};
use serde_json::{Value, json};
use sightline_ingest::{Input, Keep, Limits, Status};

const NETWORK_KEY: &str = "o-1/AWSLogs/123456789012/CloudTrail-NetworkActivity/us-east-1/2026/11/22/x.json";
const INSIGHT_KEY: &str = "123456789012_CloudTrail-Insight_us-east-1_20261122T0305Z_aBcDeFgHiJkLmNoP.json";

fn call(more: Value) -> Value {
    let (decoded, rows) = read(TRAIL_KEY, &trail(&[event(more)]));
    assert_eq!(decoded.stats.rejects, 0, "{:?}", decoded.stats.reject_samples);
    of(&rows, "api_call")[0].clone()
}

/// The columns' values, joined by bars.
fn columns(call: &Value, names: &[&str]) -> String {
    let text = |name: &&str| match &call[*name] {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    names.iter().map(text).collect::<Vec<_>>().join("|")
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
      "source_ip": "10.0.1.7",
      "user_agent": "Boto3/1.43",
      "vpc_endpoint_id": "vpce-1",
      "host": "bedrock-runtime.us-east-1.amazonaws.com",
      "model_id": "us.anthropic.claude-sonnet-4",
      "guardrail_id": "gr-1",
      "inference_region": "us-west-2",
      "bearer_token": true,
      "request_id": "r-1",
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
        assert_eq!(columns(&call(more.clone()), &["model_id"]), expected, "{more}");
    }
    let mantle =
        json!({"eventSource": "bedrock-mantle.amazonaws.com", "requestParameters": {"callWithBearerToken": true}});
    assert_eq!(call(mantle)["bearer_token"], true);
    let converse = json!({"requestParameters": {"guardrailConfig": {"guardrailIdentifier": "gr-2"}}});
    assert_eq!(call(converse)["guardrail_id"], "gr-2");
}

#[test]
fn sessions_that_were_handed_out() {
    let session = |more| {
        let call = call(more);
        let names = ["user_name", "assumed_role_arn", "issued_access_key_id", "session_tags", "request_parameters"];
        Value::from(names.map(|name| call[name].clone()).to_vec())
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
        null,
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
        null,
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
        columns(&call(json!({ "userIdentity": identity })), &["identity_type", "user_name", "session_name"])
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
    assert_eq!(columns(&call, &["event_id", "read_only", "region", "error_code"]), "7|false||true");
}

#[test]
fn bad_records_cost_themselves() {
    let good = event(json!({})).to_string();
    let text = format!(
        r#"{{"Records":[{good},{{"eventTime":nonsense}},{{"eventTime":"yesterday","requestParameters":"private"}},17,{{}},{good}]}}"#
    );
    let (decoded, rows) = read(TRAIL_KEY, text.as_bytes());
    let calls = of(&rows, "api_call");
    assert_eq!((decoded.status(), calls.len(), &calls[1]["line"]), (Status::Partial, 2, &json!(6)));
    assert_json_snapshot!(decoded.stats.reject_samples, @r#"
    [
      {
        "line": 2,
        "reason": "the record is no JSON: a value is missing at byte 14",
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
    assert_eq!((decoded.stats.rejects, of(&rows, "api_call").len()), (1, 1));
    assert_snapshot!(decoded.stats.error, @"the content ends within the `Records` array");

    let many: Vec<Value> = (0..500).map(|n| event(json!({ "eventID": format!("{n}-{}", n * 7919) }))).collect();
    let packed = gzip(&trail(&many));
    let (decoded, rows) = read(TRAIL_KEY, &packed[..packed.len() / 2]);
    assert_eq!((decoded.status(), decoded.stats.rejects), (Status::Partial, 1));
    assert!(!of(&rows, "api_call").is_empty());
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

#[test]
fn network_activity() {
    let denied = event(json!({
        "eventType": "AwsVpceEvent", "eventCategory": "NetworkActivity", "eventName": "Decrypt", "eventSource": "kms.amazonaws.com",
        "vpcEndpointId": "vpce-1", "vpcEndpointAccountId": "123456789012", "sourceIPAddress": "10.0.0.9", "requestParameters": null,
        "userIdentity": {"type": "AWSAccount", "principalId": "AROAX:app", "accountId": "777788889999"},
        "errorCode": "VpceAccessDenied", "errorMessage": "The request was denied due to a VPC endpoint policy",
    }));
    let (decoded, rows) = read(NETWORK_KEY, &trail(&[denied]));
    let names = [
        "event_category",
        "event_name",
        "vpc_endpoint_id",
        "identity_account_id",
        "source_ip",
        "error_code",
        "request_parameters",
    ];
    assert_snapshot!(columns(&of(&rows, "api_call")[0], &names), @"NetworkActivity|Decrypt|vpce-1|777788889999|10.0.0.9|VpceAccessDenied|");
    assert_eq!((decoded.stats.account_id.as_str(), decoded.stats.region.as_str()), ("123456789012", "us-east-1"));
}

#[test]
fn insights() {
    let insight = json!({
        "eventVersion": "1.08", "eventTime": "2026-11-22T03:04:00Z", "awsRegion": "us-east-1", "eventID": "i-1",
        "eventType": "AwsCloudTrailInsight", "recipientAccountId": "123456789012", "sharedEventID": "s-1", "eventCategory": "Insight",
        "insightDetails": {
            "state": "Start", "eventSource": "bedrock.amazonaws.com", "eventName": "InvokeModel", "insightType": "ApiCallRateInsight",
            "insightContext": {"statistics": {"baseline": {"average": 0.0020833333}, "insight": {"average": 6}, "insightDuration": 1}}
        },
    });
    let (decoded, rows) = read(INSIGHT_KEY, &trail(&[insight]));
    assert_eq!((decoded.status(), decoded.stats.records), (Status::Read, 1));
    assert_json_snapshot!(of(&rows, "api_call")[0], @r#"
    {
      "event_id": "i-1",
      "event_time": "2026-11-22T03:04:00Z",
      "account_id": "123456789012",
      "region": "us-east-1",
      "event_source": "bedrock.amazonaws.com",
      "event_name": "InvokeModel",
      "event_category": "Insight",
      "session_tags": {},
      "resources": [],
      "request_parameters": {
        "state": "Start",
        "eventSource": "bedrock.amazonaws.com",
        "eventName": "InvokeModel",
        "insightType": "ApiCallRateInsight",
        "insightContext": {
          "statistics": {
            "baseline": {
              "average": 0.0020833333
            },
            "insight": {
              "average": 6
            },
            "insightDuration": 1
          }
        }
      },
      "object": "test",
      "line": 1
    }
    "#);
}

#[test]
fn aggregated_events_are_no_calls() {
    let sums = json!({
        "eventVersion": "1.0", "accountId": "123456789012", "eventId": "a-1", "eventCategory": "Aggregated",
        "eventType": "AwsAggregatedEvent", "awsRegion": "us-east-1", "eventSource": "s3.amazonaws.com",
        "timeWindow": {"windowStart": "2026-11-22T03:00:00Z", "windowEnd": "2026-11-22T03:05:00Z", "windowSize": "PT5M"}, "summary": {},
    });
    let (decoded, rows) = read(TRAIL_KEY, &trail(&[sums, event(json!({}))]));
    assert_eq!((decoded.status(), decoded.stats.passed_over, decoded.stats.records), (Status::Read, 1, 1));
    assert_eq!(of(&rows, "api_call")[0]["line"], 2);
}

#[test]
fn events_that_stand_alone() {
    let bare = event(json!({"eventID": "bare"}));
    let wrapped = json!({
        "version": "0", "id": "w", "detail-type": "AWS API Call via CloudTrail", "source": "aws.bedrock", "account": "123456789012",
        "time": "2026-11-22T03:04:06Z", "region": "us-east-1", "resources": [], "detail": event(json!({"eventID": "wrapped"})),
    });
    for between in ["\n", "", ",\n"] {
        let text = format!("{wrapped}{between}{bare}{between}{wrapped}");
        for object in [text.clone().into_bytes(), gzip(text.as_bytes())] {
            let (decoded, rows) = read("firehose/2026/11/22/03/events-1", &object);
            assert_eq!(
                (decoded.source, decoded.status(), decoded.stats.account_id.as_str()),
                ("cloudtrail", Status::Read, "123456789012")
            );
            let ids: Vec<_> = of(&rows, "api_call").iter().map(|call| call["event_id"].as_str().unwrap()).collect();
            assert_eq!(ids, ["wrapped", "bare", "wrapped"]);
        }
    }
    let (decoded, rows) = read("x", format!("{bare}\n{wrapped}").trim_end_matches('}').as_bytes());
    assert_eq!((decoded.stats.error.as_str(), of(&rows, "api_call").len()), ("the content ends within a record", 1));
}

#[test]
fn what_an_object_is_of() {
    let events = [
        event(json!({"eventTime": "2026-11-22T03:04:05Z"})),
        event(
            json!({"eventTime": "2026-11-22T03:01:00Z", "recipientAccountId": "210987654321", "awsRegion": "eu-west-1"}),
        ),
    ];
    let (decoded, _) = read("copied.json", &trail(&events));
    let stats = decoded.stats;
    assert_eq!((stats.account_id.as_str(), stats.region.as_str()), ("123456789012", "us-east-1"));
    assert_eq!((stats.first_seen, stats.last_seen), (Some(1_795_316_460_000_000), Some(1_795_316_645_000_000)));
}

#[test]
fn oddities_of_real_logs() {
    let told = |more: Value, names: &[&str]| columns(&call(more), names);
    // Account ids of any length, blanks behind ids, both spellings of a denial, addresses that are none.
    let odd = json!({
        "recipientAccountId": "1234567890", "eventID": " e-1  ", "errorCode": "AccessDenied", "sourceIPAddress": "34.XXX.XXX.206",
        "userIdentity": {"accountId": "<redacted>"}
    });
    let names = ["account_id", "event_id", "error_code", "source_ip", "identity_account_id"];
    assert_eq!(told(odd, &names), "1234567890|e-1|AccessDenied|34.XXX.XXX.206|<redacted>");
    assert_eq!(told(json!({"errorCode": "AccessDeniedException"}), &["error_code"]), "AccessDeniedException");
    assert_eq!(told(json!({"readOnly": true}), &["read_only", "event_category"]), "true|");
    assert_eq!(
        told(json!({"eventTime": "2026-11-22T03:04:05.123+01:00"}), &["event_time"]),
        "2026-11-22T02:04:05.123Z"
    );
}

#[test]
fn unsound_records_cost_themselves() {
    let good = event(json!({})).to_string();
    let bad = [
        r#"{"a":1,}"#,
        r#"{"a" 1}"#,
        r#"{"a":01}"#,
        r#"{"a":"\q"}"#,
        r#"{"a":tru}"#,
        "{\"a\":\"\n\"}",
        r#"{"a":[1 2]}"#,
        r#"{"a":{]}}"#,
        r#"{1:2}"#,
        r#"{"eventTime":"22 Nov 2026"}"#,
        r#"{"eventTime":1795316645}"#,
    ];
    let text = format!(r#"{{"Records":[{good},{},{good}]}}"#, bad.join(","));
    let (decoded, rows) = read(TRAIL_KEY, text.as_bytes());
    let reasons: Vec<_> = decoded.stats.reject_samples.iter().map(|reject| reject.reason.as_str()).collect();
    assert_eq!(of(&rows, "api_call").len(), 2);
    assert_snapshot!(reasons.join("\n"), @"
    the record is no JSON: a name is missing at byte 8
    the record is no JSON: `:` is missing at byte 6
    the record is no JSON: `,` or the end of an object or array is missing at byte 7
    the record is no JSON: JSON has no such escape or control character at byte 7
    the record is no JSON: a value is missing at byte 6
    the record is no JSON: JSON has no such escape or control character at byte 7
    the record is no JSON: `,` or the end of an object or array is missing at byte 9
    the record is no JSON: a name is missing at byte 7
    something that is no record stands here
    the record is no JSON: a name is missing at byte 2
    `22 Nov 2026` is no `eventTime`
    `1795316645` is no `eventTime`
    ");
    let broken =
        [format!(r#"{{"Records":[{good},{{"a":""#).into_bytes(), vec![0xff], format!(r#""}},{good}]}}"#).into_bytes()]
            .concat();
    let (decoded, rows) = read(TRAIL_KEY, &broken);
    assert_eq!((decoded.stats.rejects, of(&rows, "api_call").len()), (1, 2));
}

#[test]
fn deep_and_large_values() {
    let deep = |depth: usize| format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth));
    let with = |value: &str| {
        let text = event(json!({"requestParameters": "HERE"})).to_string().replace("\"HERE\"", value);
        read(TRAIL_KEY, format!(r#"{{"Records":[{text}]}}"#).as_bytes()).0.stats
    };
    assert_eq!(with(&deep(120)).rejects, 0);
    assert_eq!(
        with(&deep(100_000)).reject_samples[0].reason,
        "the record is no JSON: too many brackets are open at byte 850"
    );
    assert_eq!(with("[1e999,123456789012345678901234567890,-0.0]").rejects, 0);
    assert_eq!(with("{\"a\":\"\\ud83d\"}").rejects, 0);
}

#[test]
fn a_stream_gives_what_the_whole_gives() {
    let many: Vec<Value> = (0..2000)
        .map(|n| event(json!({ "eventID": format!("{n}-{}", n * 7919), "errorMessage": "a\n\"b\"" })))
        .collect();
    for object in [trail(&many), gzip(&trail(&many))] {
        let (decoded, rows) = read(TRAIL_KEY, &object);
        let streamed = read_from(Limits::default(), Keep::default(), TRAIL_KEY, Input::Stream(&mut object.as_slice()));
        assert_eq!(of(&rows, "api_call").len(), 2000);
        assert_eq!((decoded, rows), streamed);
    }
}
