use crate::sample::{small, text};
use proptest::prelude::*;

#[test]
fn findings_are_one_row_each() {
    insta::assert_snapshot!(text("csv", &small()), @r##"
    fingerprint,status,severity,check_id,title,account_id,region,resource,resource_title,reason,missing_actions,frameworks,evaluated_at,mute_reason,mute_owner,mute_expires
    ec63ed2eb8fdc6930d1d12d31dda7a74,fail,high,bedrock-guardrail-prompt-attack,Guardrail does not filter prompt attacks,123456789012,us-east-1,arn:aws:bedrock:us-east-1:123456789012:guardrail/support-chat,support-chat,guardrail `support-chat` has no filter of type PROMPT_ATTACK,,OWASP LLM: LLM01,2026-11-22T03:17:00Z,,,
    f388e27ced60cd9725da6b3bea8cde56,pass,high,bedrock-guardrail-prompt-attack,Guardrail does not filter prompt attacks,123456789012,us-east-1,arn:aws:bedrock:us-east-1:123456789012:guardrail/payments,payments,guardrail `payments` has no filter of type PROMPT_ATTACK,,OWASP LLM: LLM01,2026-11-22T03:17:00Z,,,
    f37c48e318f189de3d32f6b4a77f600f,unknown,high,iam-role-bedrock-wildcard,Role may use every model,123456789012,us-east-1,arn:aws:bedrock:us-east-1:123456789012:guardrail/all roles,all roles,the roles could not be listed,iam:ListRoles,,2026-11-22T03:17:00Z,,,
    "##);
}

#[test]
fn edges_are_one_row_each() {
    insta::assert_snapshot!(text("csv-edges", &small()), @r##"
    edge_id,account_id,region,workload_kind,workload_title,workload_arn,identity_arn,model_kind,model_title,model_arn,path,path_evidence,calls,errors,first_seen,last_seen,confidence,attribution,controls,evidence,class,application,target_kind,target_title,target_arn,target_application,service,port,flows,bytes_out,bytes_in,bytes_shared,input_tokens,output_tokens,cache_read_tokens,cache_write_tokens,counted_calls,cost_usd
    8520b2a7a7c336253e3c9363f676d260,123456789012,us-east-1,pod,payments-api,arn:aws:eks:us-east-1:123456789012:pod/prod/payments-api,arn:aws:iam::123456789012:role/payments-api,foundation-model,Claude Sonnet 4,arn:aws:bedrock:us-east-1::foundation-model/claude-sonnet-4,internet,203.0.113.7,1204,3,2026-11-01T08:00:12Z,2026-11-21T23:59:01Z,exact,the session's tags name the pod,guardrail_on_call=yes; guardrail_enforced=no; private_path=no; endpoint_policy=unknown; inspected_path=no; invocation_logged=yes,s3://org-trail/AWSLogs/123456789012/CloudTrail/us-east-1/2026/11/21/a.json.gz:17,application_to_model,payments,foundation-model,Claude Sonnet 4,arn:aws:bedrock:us-east-1::foundation-model/claude-sonnet-4,,,,,,,,45000,9100,,,1000,0.271500
    "##);
}

#[test]
fn coverage_has_the_complete_rows_too() {
    insta::assert_snapshot!(text("csv-coverage", &small()), @r##"
    outcome,account_id,region,table,operation,action,target,error_code,error_message,resources,calls,scan_id,collected_at
    ok,123456789012,us-east-1,aws_bedrock_guardrail,bedrock:ListGuardrails,bedrock:ListGuardrails,,,,2,1,20261122T031500Z-1a2b3c,2026-11-22T03:15:30Z
    denied,123456789012,us-east-1,aws_iam_role,iam:ListRoles,iam:ListRoles,,AccessDenied,User is not authorized to perform: iam:ListRoles,0,1,20261122T031500Z-1a2b3c,2026-11-22T03:15:30Z
    "##);
}

proptest! {
    #[test]
    fn no_cell_is_a_formula(text in "[=+@\\-\t\r\n\u{feff}\u{202e}＝]?\\PC{0,8}[=\"',;\r\n\u{1b}]{0,4}") {
        let mut report = small();
        report.findings[0].finding.reason = text.clone();
        report.findings[0].finding.resource_title = text.clone();
        report.edges[0].workload_title = text.clone();
        report.coverage[1].error_message = text;
        for format in ["csv", "csv-edges", "csv-coverage"] {
            let file = crate::sample::text(format, &report);
            let mut rows = csv::Reader::from_reader(file.as_bytes());
            for row in rows.records() {
                for cell in &row.unwrap() {
                    prop_assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']), "{cell:?}");
                    prop_assert!(!cell.chars().any(char::is_control), "{cell:?}");
                }
            }
        }
    }
}
