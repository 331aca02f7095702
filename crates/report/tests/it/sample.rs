//! Reports to write: a small one for snapshots, an estate for the eye.

use sightline_model::edge::{Confidence, Control, Edge, Evidence, Fix, PathClass, Tri, WorkloadKind};
use sightline_model::finding::fingerprint;
use sightline_model::log::LogGap;
use sightline_model::{Coverage, Finding, Outcome, Severity, Status};
use sightline_report::{Check, FixBlock, LogProblem, LogSource, Logs, Models, Report, ReportedFinding, Scan};
use std::collections::BTreeMap;

const ACCOUNT: &str = "123456789012";

fn time(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

pub(crate) fn bytes(format: &str, report: &Report) -> Vec<u8> {
    let mut out = Vec::new();
    sightline_report::format::by_name(format).unwrap().write(report, &mut out).unwrap();
    out
}

pub(crate) fn text(format: &str, report: &Report) -> String {
    String::from_utf8(bytes(format, report)).unwrap()
}

pub(crate) fn empty() -> Report {
    Report {
        generated_at: time("2026-11-22T03:20:00Z"),
        version: "0.1.0".into(),
        scans: vec![],
        coverage: vec![],
        checks: BTreeMap::new(),
        findings: vec![],
        edges: vec![],
        logs: Logs::default(),
        models: Models::default(),
        probes: vec![],
    }
}

/// One of everything.
pub(crate) fn small() -> Report {
    let mut report = empty();
    report.scans = vec![scan()];
    report.coverage = vec![
        coverage("aws_bedrock_guardrail", "bedrock:ListGuardrails", Outcome::Ok, 2),
        coverage("aws_iam_role", "iam:ListRoles", Outcome::Denied, 0),
    ];
    report.checks =
        [check("bedrock-guardrail-prompt-attack", "Guardrail does not filter prompt attacks", Severity::High)]
            .map(|check| (check.id.clone(), check))
            .into();
    report.findings = vec![
        finding(
            "bedrock-guardrail-prompt-attack",
            "Guardrail does not filter prompt attacks",
            Status::Fail,
            "support-chat",
        ),
        finding(
            "bedrock-guardrail-prompt-attack",
            "Guardrail does not filter prompt attacks",
            Status::Pass,
            "payments",
        ),
        finding("iam-role-bedrock-wildcard", "Role may use every model", Status::Unknown, "all roles"),
    ];
    report.edges = vec![edge("payments-api", WorkloadKind::Pod, "Claude Sonnet 4", PathClass::Internet, 1_204)];
    report.logs = logs();
    report
}

/// Enough to see how the page looks.
pub(crate) fn estate() -> Report {
    let mut report = small();
    let checks = [
        ("bedrock-guardrail-prompt-attack", "Guardrail does not filter prompt attacks", Severity::High),
        ("bedrock-invocation-logging-off", "Model invocation logging is off", Severity::Medium),
        (
            "iam-user-bedrock-key-age",
            "User with model permissions has an access key older than 90 days",
            Severity::Critical,
        ),
        ("sagemaker-notebook-direct-internet", "Notebook has direct internet access", Severity::High),
        ("vpc-flow-logs-off", "VPC has no flow log", Severity::Low),
        ("s3-training-bucket-public", "Bucket that holds training data is public", Severity::Critical),
    ];
    for (id, title, severity) in checks {
        report.checks.insert(id.into(), check(id, title, severity));
        for (index, name) in ["payments", "search-prod", "support-chat", "batch-embeddings"].iter().enumerate() {
            let status = [Status::Fail, Status::Pass, Status::Pass, Status::Skip][(index + id.len()) % 4];
            let mut row = finding(id, title, status, name);
            row.finding.severity = severity;
            report.findings.push(row);
        }
    }
    let workloads = [
        ("payments-api", WorkloadKind::Pod),
        ("search-indexer", WorkloadKind::Pod),
        ("support-chat", WorkloadKind::Function),
        ("i-0f3a9c1d2e4b5a687 (batch-embeddings-worker)", WorkloadKind::Instance),
        ("data-science-notebook", WorkloadKind::Notebook),
        ("alice", WorkloadKind::User),
        ("order-agent", WorkloadKind::Agent),
    ];
    let models =
        ["Claude Sonnet 4", "Titan Text Embeddings V2", "Nova Pro", "fraud-scoring", "llama-3-finetuned-support"];
    let paths = [PathClass::InterfaceEndpoint, PathClass::Internet, PathClass::Unknown, PathClass::AwsInternal];
    report.edges.clear();
    for (w, (workload, kind)) in workloads.iter().enumerate() {
        for (m, model) in models.iter().enumerate() {
            if (w * 3 + m * 2) % 5 < 2 {
                let calls = 7 + i64::try_from(w * m * 913).unwrap();
                report.edges.push(edge(workload, *kind, model, paths[(w + m) % 4], calls));
            }
        }
    }
    let tables =
        ["aws_bedrock_agent", "aws_ec2_instance", "aws_eks_cluster", "aws_iam_user", "aws_s3_bucket", "aws_kms_key"];
    for (index, table) in tables.iter().enumerate() {
        let outcome = [Outcome::Ok, Outcome::Ok, Outcome::Unsupported, Outcome::Throttled][index % 4];
        report.coverage.push(coverage(table, "service:List", outcome, i64::try_from(index).unwrap()));
    }
    report
}

fn scan() -> Scan {
    Scan {
        scan_id: "20261122T031500Z-1a2b3c".into(),
        account_id: ACCOUNT.into(),
        partition: "aws".into(),
        caller_arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/SightlineScanner/sightline"),
        regions: vec!["us-east-1".into(), "eu-west-1".into()],
        version: "0.1.0".into(),
        started_at: time("2026-11-22T03:15:00Z"),
        finished_at: time("2026-11-22T03:16:20Z"),
        tables: 45,
        resources: 312,
        calls: 1_408,
        incomplete: 1,
    }
}

fn coverage(table: &str, operation: &str, outcome: Outcome, rows: i64) -> Coverage {
    let ok = outcome.is_complete();
    Coverage {
        scan_id: "20261122T031500Z-1a2b3c".into(),
        account_id: ACCOUNT.into(),
        region: "us-east-1".into(),
        table_name: table.into(),
        operation: operation.into(),
        action: operation.into(),
        target: String::new(),
        outcome,
        error_code: if ok { String::new() } else { "AccessDenied".into() },
        error_message: if ok { String::new() } else { format!("User is not authorized to perform: {operation}") },
        rows,
        calls: 1,
        collected_at: time("2026-11-22T03:15:30Z"),
    }
}

fn check(id: &str, title: &str, severity: Severity) -> Check {
    Check {
        id: id.into(),
        title: title.into(),
        severity,
        rationale: "Text that a user or a document brings can take over the model's instructions.".into(),
        frameworks: [("OWASP LLM".to_owned(), vec!["LLM01".to_owned()])].into(),
        references: vec![
            "https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails.html".into(),
            "javascript:alert(1)".into(),
        ],
    }
}

fn finding(check_id: &str, title: &str, status: Status, name: &str) -> ReportedFinding {
    let resource = format!("arn:aws:bedrock:us-east-1:{ACCOUNT}:guardrail/{name}");
    let fix = FixBlock {
        language: "hcl".into(),
        text: "resource \"aws_bedrock_guardrail\" \"this\" {\n  content_policy_config {\n    filters_config {\n      type = \"PROMPT_ATTACK\"\n    }\n  }\n}".into(),
    };
    let prose = FixBlock {
        language: "text".into(),
        text: "Add a prompt attack filter to the guardrail's content policy.".into(),
    };
    ReportedFinding {
        finding: Finding {
            run_id: "20261122T031700Z-00000a".into(),
            scan_id: "20261122T031500Z-1a2b3c".into(),
            check_id: check_id.into(),
            title: title.into(),
            status,
            severity: Severity::High,
            account_id: ACCOUNT.into(),
            region: "us-east-1".into(),
            fingerprint: fingerprint(check_id, ACCOUNT, "us-east-1", &resource),
            resource,
            resource_title: name.into(),
            reason: match status {
                Status::Unknown => "the roles could not be listed".into(),
                _ => format!("guardrail `{name}` has no filter of type PROMPT_ATTACK"),
            },
            missing_actions: if status == Status::Unknown { vec!["iam:ListRoles".into()] } else { vec![] },
            evaluated_at: time("2026-11-22T03:17:00Z"),
            fix_values: [].into(),
        },
        fix: if status == Status::Fail { vec![prose, fix] } else { vec![] },
        mute: None,
    }
}

fn edge(workload: &str, kind: WorkloadKind, model: &str, path: PathClass, calls: i64) -> Edge {
    let control =
        |name: &str, state, reason: &str| Control { name: name.into(), state, reason: reason.into(), fix: vec![] };
    Edge {
        run_id: "20261122T031600Z-00000b".into(),
        edge_id: fingerprint(workload, model, "", ""),
        account_id: ACCOUNT.into(),
        region: "us-east-1".into(),
        workload_arn: format!("arn:aws:eks:us-east-1:{ACCOUNT}:pod/prod/{workload}"),
        workload_kind: kind,
        workload_title: workload.into(),
        identity_arn: format!("arn:aws:iam::{ACCOUNT}:role/{workload}"),
        model_arn: format!("arn:aws:bedrock:us-east-1::foundation-model/{}", model.to_lowercase().replace(' ', "-")),
        model_kind: "foundation-model".into(),
        model_title: model.into(),
        target_arn: format!("arn:aws:bedrock:us-east-1::foundation-model/{}", model.to_lowercase().replace(' ', "-")),
        target_kind: "foundation-model".into(),
        target_title: model.into(),
        path,
        path_evidence: "203.0.113.7".into(),
        calls,
        errors: 3,
        first_seen: time("2026-11-01T08:00:12Z"),
        last_seen: time("2026-11-21T23:59:01Z"),
        confidence: Confidence::Exact,
        attribution: "the session's tags name the pod".into(),
        controls: vec![
            control("guardrail_on_call", Tri::Yes, "every call named guardrail `gr-1`"),
            Control {
                fix: vec![
                    Fix { language: "text".into(), text: "deny calls that name no guardrail".into() },
                    Fix { language: "cli".into(), text: "aws iam put-role-policy --role-name payments-api".into() },
                ],
                ..control("guardrail_enforced", Tri::No, "no policy requires one")
            },
            control(
                "private_path",
                if path == PathClass::InterfaceEndpoint { Tri::Yes } else { Tri::No },
                "the source address was public",
            ),
            control("endpoint_policy", Tri::Unknown, "ec2:DescribeVpcEndpoints was denied"),
            control("inspected_path", Tri::No, "no firewall on the route"),
            control("invocation_logged", Tri::Yes, "invocation logging delivers text to S3"),
        ],
        evidence: vec![Evidence {
            object: format!("s3://org-trail/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/11/21/a.json.gz"),
            line: 17,
            event_id: "9b1f3c52-6d1a-4b61-9e1c-0a4a7f2f3f10".into(),
        }],
        application: "payments".into(),
        counted_calls: Some(1_000),
        input_tokens: Some(45_000),
        output_tokens: Some(9_100),
        cost_usd: Some(0.2715),
        ..Edge::default()
    }
}

fn logs() -> Logs {
    Logs {
        sources: vec![LogSource {
            source: "cloudtrail".into(),
            objects: 48,
            bytes: 1_048_576,
            records: 20_412,
            rejects: 2,
        }],
        problems: vec![LogProblem {
            uri: "s3://org-trail/AWSLogs/cut.json.gz".into(),
            source: "cloudtrail".into(),
            status: "partial".into(),
            rejects: 2,
            error: "the gzip stream ends early".into(),
        }],
        gaps: vec![LogGap {
            source: "vpc_flow".into(),
            account_id: ACCOUNT.into(),
            region: "us-east-1".into(),
            subject: "eni-0a1b2c3d".into(),
            reason: "SKIPDATA".into(),
            first_seen: time("2026-11-21T10:00:00Z"),
            last_seen: time("2026-11-21T10:10:00Z"),
            object: "s3://org-flow/a.log.gz".into(),
            line: 4,
        }],
    }
}
