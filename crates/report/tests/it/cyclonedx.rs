//! The bill of materials keeps to CycloneDX's own schemas, and says what is there, who calls it and what it is made from.

use crate::sample::{empty, estate, small, text};
use serde_json::{Value, json};
use sightline_model::edge::{Edge, PathClass, WorkloadKind};
use sightline_model::self_hosted_model::Certainty;
use sightline_model::{Outcome, Relation, RelationKind, SelfHostedModel};
use sightline_report::{ModelResource, Report};
use std::collections::BTreeSet;

const FORMATS: [(&str, &str); 2] = [
    ("cyclonedx", include_str!("../schema/cyclonedx/bom-1.6.SNAPSHOT.schema.json")),
    ("cyclonedx-1.7", include_str!("../schema/cyclonedx/bom-1.7.SNAPSHOT.schema.json")),
];

/// What the schemas refer to.
const REFERRED: [(&str, &str); 3] = [
    (
        "http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json",
        include_str!("../schema/cyclonedx/spdx.SNAPSHOT.schema.json"),
    ),
    (
        "http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json",
        include_str!("../schema/cyclonedx/jsf-0.82.SNAPSHOT.schema.json"),
    ),
    (
        "http://cyclonedx.org/schema/cryptography-defs.SNAPSHOT.schema.json",
        include_str!("../schema/cyclonedx/cryptography-defs.SNAPSHOT.schema.json"),
    ),
];

const TUNED: &str = "arn:aws:bedrock:us-east-1:123456789012:custom-model/tickets/1";
const BASE: &str = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
const PACKAGE: &str = "arn:aws:sagemaker:us-east-1:123456789012:model-package/fraud/3";
const BUCKET: &str = "arn:aws:s3:::tickets-2025";
const AGENT: &str = "arn:aws:bedrock:us-east-1:123456789012:agent/AG1";
const BASE_OF_AGENT: &str = "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/KB1";
const SERVING: &str = "arn:aws:eks:us-east-1:123456789012:cluster/gpu/deployment/llm/vllm";
const IMAGE: &str = "123456789012.dkr.ecr.us-east-1.amazonaws.com/vllm:v0.11";

fn resource(table: &str, arn: &str, config: Value) -> ModelResource {
    ModelResource {
        table_name: table.into(),
        arn: arn.into(),
        title: arn.rsplit('/').next().unwrap().into(),
        account_id: "123456789012".into(),
        region: "us-east-1".into(),
        config: config.as_object().unwrap().clone(),
    }
}

fn relation(from: (&str, &str), kind: RelationKind, to: (&str, &str), column: &str) -> Relation {
    Relation {
        run_id: "r".into(),
        scan_id: "s".into(),
        account_id: "123456789012".into(),
        region: "us-east-1".into(),
        from_table: from.0.into(),
        from_arn: from.1.into(),
        kind,
        to_table: to.0.into(),
        to_arn: to.1.into(),
        column: column.into(),
        dangling: to.1 == BUCKET,
    }
}

/// A tuned model with its data, a package, an agent with a knowledge base, a self-hosted model, a public service.
fn models() -> Report {
    let mut report = small();
    report.models.resources = vec![
        resource(
            "aws_bedrock_foundation_model",
            BASE,
            json!({"model_id": "amazon.nova-lite-v1:0", "provider_name": "Amazon",
            "input_modalities": ["TEXT", "IMAGE"], "output_modalities": ["TEXT"]}),
        ),
        resource("aws_bedrock_foundation_model", "arn:aws:bedrock:us-east-1::foundation-model/nobody.calls", json!({})),
        resource(
            "aws_bedrock_custom_model",
            TUNED,
            json!({"customization_type": "FINE_TUNING", "model_status": "Active",
            "training_metrics": {"trainingLoss": 0.25}, "validation_metrics": [{"validationLoss": 0.5}]}),
        ),
        resource(
            "aws_sagemaker_model_package",
            PACKAGE,
            json!({"model_package_version": 3, "model_approval_status": "Approved",
            "model_metrics": {"ModelQuality": {"Statistics": {"S3Uri": "s3://quality/report.json"}}}}),
        ),
        resource(
            "aws_bedrock_inference_profile",
            "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/p1",
            json!({"type": "APPLICATION"}),
        ),
        resource(
            "aws_bedrock_inference_profile",
            "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.nova",
            json!({"type": "SYSTEM_DEFINED"}),
        ),
        resource("aws_bedrock_agent", AGENT, json!({"agent_status": "PREPARED"})),
        resource("aws_bedrock_knowledge_base", BASE_OF_AGENT, json!({"status": "ACTIVE"})),
    ];
    let agent = ("aws_bedrock_agent", AGENT);
    report.models.relations = vec![
        relation(
            ("aws_bedrock_custom_model", TUNED),
            RelationKind::MadeFrom,
            ("aws_bedrock_foundation_model", BASE),
            "base_model_arn",
        ),
        relation(
            ("aws_bedrock_custom_model", TUNED),
            RelationKind::MadeFrom,
            ("aws_s3_bucket", BUCKET),
            "training_data_config.s3Uri",
        ),
        relation(
            agent,
            RelationKind::Reads,
            ("aws_bedrock_knowledge_base", BASE_OF_AGENT),
            "knowledge_bases.*.knowledgeBaseId",
        ),
        relation(agent, RelationKind::UsesModel, ("aws_bedrock_custom_model", TUNED), "foundation_model"),
        relation(
            agent,
            RelationKind::GuardedBy,
            ("aws_bedrock_guardrail", "arn:aws:bedrock:us-east-1:123456789012:guardrail/g"),
            "guardrail",
        ),
        relation(
            ("aws_bedrock_data_source", "arn:ds"),
            RelationKind::Writes,
            ("aws_bedrock_knowledge_base", BASE_OF_AGENT),
            "knowledge_base_arn",
        ),
        relation(("aws_bedrock_data_source", "arn:ds"), RelationKind::Reads, ("aws_s3_bucket", BUCKET), "bucket"),
        relation(
            ("aws_bedrock_evaluation_job", "arn:job"),
            RelationKind::UsesModel,
            ("aws_bedrock_custom_model", TUNED),
            "model_identifiers.*",
        ),
        // What the job writes is no part of what the bucket's readers are made from.
        relation(("aws_bedrock_data_source", "arn:other"), RelationKind::Writes, ("aws_s3_bucket", BUCKET), "output"),
    ];
    report.models.self_hosted = vec![SelfHostedModel {
        run_id: "r".into(),
        account_id: "123456789012".into(),
        region: "us-east-1".into(),
        cluster_arn: "arn:aws:eks:us-east-1:123456789012:cluster/gpu".into(),
        workload_arn: SERVING.into(),
        workload_kind: "Deployment".into(),
        workload_title: "llm/vllm".into(),
        container: "server".into(),
        image: IMAGE.into(),
        engine: "vllm".into(),
        model: "Qwen/Qwen3-8B".into(),
        certainty: Certainty::High,
        pods: Some(2),
        gpus: json!({"nvidia.com/gpu": 1}),
        ports: json!([8000]),
        role_arn: String::new(),
        evidence: vec!["the image is vllm".into()],
    }];
    report.models.image_digests = [(IMAGE.to_owned(), format!("sha256:{}", "ab".repeat(32)))].into();
    let of = Edge {
        input_tokens: None,
        output_tokens: None,
        cost_usd: None,
        flows: None,
        application: String::new(),
        ..report.edges[0].clone()
    };
    report.edges = vec![
        Edge {
            model_arn: TUNED.into(),
            model_kind: "custom-model".into(),
            application: "support".into(),
            service: "bedrock-runtime.us-east-1.amazonaws.com".into(),
            input_tokens: Some(10),
            cost_usd: Some(0.5),
            path: PathClass::InterfaceEndpoint,
            ..of.clone()
        },
        Edge {
            model_arn: TUNED.into(),
            workload_arn: AGENT.into(),
            workload_kind: WorkloadKind::Agent,
            calls: 1,
            ..of.clone()
        },
        Edge {
            model_arn: "api.openai.com".into(),
            target_arn: "api.openai.com".into(),
            model_kind: "public-ai".into(),
            model_title: "OpenAI".into(),
            calls: 0,
            flows: Some(7),
            ..of.clone()
        },
        Edge { model_arn: SERVING.into(), model_kind: "self-hosted".into(), ..of.clone() },
        Edge {
            model_arn: String::new(),
            model_kind: "unknown-model".into(),
            service: "bedrock-mantle.us-east-1.api.aws".into(),
            ..of
        },
    ];
    report
}

fn document(format: &str, report: &Report) -> Value {
    serde_json::from_str(&text(format, report)).unwrap()
}

fn faults(schema: &str, document: &Value) -> Vec<String> {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let mut registry = jsonschema::Registry::new();
    for (uri, referred) in REFERRED {
        registry = registry.add(uri, parsed(referred)).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let schema = jsonschema::options().with_registry(&registry).build(&parsed(schema)).unwrap();
    schema.iter_errors(document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
}

/// The part of this name.
fn part<'d>(document: &'d Value, list: &str, reference: &str) -> &'d Value {
    let mut parts = document[list].as_array().unwrap().iter();
    parts.find(|part| part["bom-ref"] == reference).unwrap_or_else(|| panic!("no {reference} in {document:#}"))
}

fn needs(document: &Value, reference: &str) -> Vec<String> {
    let mut all = document["dependencies"].as_array().unwrap().iter();
    let found = all.find(|one| one["ref"] == reference).unwrap_or_else(|| panic!("no {reference}"));
    found["dependsOn"].as_array().into_iter().flatten().map(|one| one.as_str().unwrap().to_owned()).collect()
}

fn property(part: &Value, name: &str) -> String {
    let mut all = part["properties"].as_array().unwrap().iter();
    all.find(|one| one["name"] == format!("sightline:{name}"))
        .map_or_else(String::new, |one| one["value"].as_str().unwrap().into())
}

#[test]
fn documents_keep_to_the_schemas_of_cyclonedx() {
    for (format, schema) in FORMATS {
        for report in [empty(), small(), estate(), models()] {
            assert_eq!(faults(schema, &document(format, &report)), Vec::<String>::new(), "{format}");
        }
        let mut strange = document(format, &models());
        strange["components"][0]["colour"] = json!("red");
        assert_ne!(faults(schema, &strange), Vec::<String>::new(), "{format}: the schema looks");
    }
    assert_eq!(document("cyclonedx", &small())["specVersion"], "1.6");
    assert_eq!(document("cyclonedx-1.7", &small())["specVersion"], "1.7");
}

#[test]
fn names_are_there_once_and_dependencies_name_what_is_there() {
    for report in [empty(), estate(), models()] {
        let document = document("cyclonedx", &report);
        let lists = ["components", "services"].into_iter().filter_map(|list| document[list].as_array());
        let mut names: Vec<&str> = lists.flatten().map(|part| part["bom-ref"].as_str().unwrap()).collect();
        names.push(document["metadata"]["component"]["bom-ref"].as_str().unwrap());
        let known: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(known.len(), names.len());
        let dependencies = document["dependencies"].as_array().unwrap();
        let told: BTreeSet<&str> = dependencies.iter().map(|one| one["ref"].as_str().unwrap()).collect();
        assert_eq!(told, known, "each has an entry");
        for named in dependencies.iter().flat_map(|one| one["dependsOn"].as_array().into_iter().flatten()) {
            assert!(known.contains(named.as_str().unwrap()), "{named}");
        }
    }
}

#[test]
fn what_is_there_and_what_it_is_made_from() {
    let document = document("cyclonedx", &models());
    let tuned = part(&document, "components", TUNED);
    assert_eq!(needs(&document, TUNED), [BASE, BUCKET]);
    insta::assert_json_snapshot!(tuned["modelCard"], @r#"
    {
      "modelParameters": {
        "approach": {
          "type": "supervised"
        },
        "datasets": [
          {
            "ref": "arn:aws:s3:::tickets-2025"
          }
        ]
      },
      "quantitativeAnalysis": {
        "performanceMetrics": [
          {
            "type": "trainingLoss",
            "value": "0.25",
            "slice": "training"
          },
          {
            "type": "validationLoss",
            "value": "0.5",
            "slice": "validation"
          }
        ]
      }
    }
    "#);
    assert_eq!(property(tuned, "evaluation"), "arn:job");
    assert_eq!(part(&document, "components", BASE)["supplier"]["name"], "Amazon");
    assert_eq!(part(&document, "components", PACKAGE)["version"], "3");
    assert_eq!(part(&document, "components", PACKAGE)["externalReferences"][0]["url"], "s3://quality/report.json");
    assert_eq!(property(part(&document, "components", BUCKET), "in_inventory"), "no");
    assert_eq!(
        property(part(&document, "components", AGENT), "guardrail"),
        "arn:aws:bedrock:us-east-1:123456789012:guardrail/g"
    );
    assert_eq!(needs(&document, AGENT), [TUNED, BASE_OF_AGENT]);
    assert_eq!(needs(&document, BASE_OF_AGENT), ["arn:ds"]);
    assert_eq!(needs(&document, "arn:ds"), [BUCKET]);
    assert_eq!(needs(&document, BUCKET), [""; 0], "what writes to a bucket is not followed");
    let all = document["components"].to_string();
    assert!(all.contains("application-inference-profile/p1"), "own, though nobody calls it");
    assert!(!all.contains("nobody.calls") && !all.contains("us.nova"), "AWS offers it, and nothing uses it");
}

#[test]
fn what_is_called_and_by_whom() {
    let report = models();
    let document = document("cyclonedx", &report);
    let caller = &report.edges[0].workload_arn;
    let mut expected = [
        TUNED,
        SERVING,
        "service:api.openai.com",
        "service:bedrock-mantle.us-east-1.api.aws",
        "service:bedrock-runtime.us-east-1.amazonaws.com",
    ];
    expected.sort_unstable();
    assert_eq!(needs(&document, caller), expected);
    assert_eq!(needs(&document, "sightline:application:support"), [caller.as_str()]);
    let tuned = part(&document, "components", TUNED);
    let told = ["callers", "calls", "input_tokens", "cost_usd_estimated", "control:private_path", "last_seen"];
    assert_eq!(
        told.map(|name| property(tuned, name)),
        ["2", "1205", "10", "0.5000", "yes 0, no 2, unknown 0", "2026-11-21T23:59:01Z"]
    );
    assert_eq!(property(part(&document, "components", PACKAGE), "use"), "", "nobody was seen to call it");
    let public = part(&document, "services", "service:api.openai.com");
    assert_eq!((&public["name"], &public["x-trust-boundary"]), (&json!("OpenAI"), &json!(true)));
    assert_eq!(public["endpoints"], json!(["https://api.openai.com"]));
    assert_eq!(property(public, "flows"), "7");
    let runtime = part(&document, "services", "service:bedrock-runtime.us-east-1.amazonaws.com");
    assert_eq!(
        (&runtime["provider"]["name"], &runtime["x-trust-boundary"]),
        (&json!("Amazon Web Services"), &json!(false))
    );
    let serving = part(&document, "components", SERVING);
    assert_eq!(property(serving, "engine"), "vllm");
    let image = format!("image:{IMAGE}");
    assert_eq!(needs(&document, SERVING), [image.as_str()]);
    let image = part(&document, "components", &image);
    assert_eq!((&image["type"], &image["version"]), (&json!("container"), &json!("v0.11")));
    assert_eq!(image["hashes"], json!([{"alg": "SHA-256", "content": "ab".repeat(32)}]));
}

#[test]
fn the_same_content_has_the_same_serial_number() {
    let serial = |report: &Report| document("cyclonedx", report)["serialNumber"].as_str().unwrap().to_owned();
    let (first, mut later) = (models(), models());
    later.generated_at = "2027-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(serial(&first), serial(&later));
    assert_eq!(document("cyclonedx", &later)["metadata"]["timestamp"], "2027-01-01T00:00:00Z");
    later.edges[0].calls += 1;
    assert_ne!(serial(&first), serial(&later));
    assert_eq!(text("cyclonedx", &first), text("cyclonedx", &first));
}

#[test]
fn what_was_not_inspected_makes_it_incomplete() {
    let mut report = models();
    let told = |report: &Report| {
        let document = document("cyclonedx", report);
        (document["compositions"][0]["aggregate"].clone(), property(&document["metadata"], "not_inspected"))
    };
    report.coverage[1].table_name = "aws_bedrock_custom_model".into();
    report.coverage[1].action = "bedrock:ListCustomModels".into();
    assert_eq!(report.coverage[1].outcome, Outcome::Denied);
    let gap = "aws_bedrock_custom_model in us-east-1 of 123456789012: denied (bedrock:ListCustomModels)";
    assert_eq!(told(&report), (json!("incomplete"), gap.to_owned()));
}

#[test]
fn texts_of_others_are_made_safe() {
    let mut report = models();
    report.edges[0].model_arn = "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#x".into();
    report.edges[1].model_arn = "\u{202e}evil\u{1b}[2J".into();
    report.edges[1].model_title = "x".repeat(5_000);
    report.edges[2].target_arn = "evil\"host/ \\ ?".into();
    report.edges[2].model_arn = "evil\"host/ \\ ?".into();
    report.edges[3].model_arn = "y".repeat(5_000);
    report.edges.push(Edge { model_arn: format!("{}z", "y".repeat(4_999)), ..report.edges[3].clone() });
    let document = document("cyclonedx", &report);
    assert_eq!(faults(FORMATS[0].1, &document), Vec::<String>::new());
    let text = document.to_string();
    assert!(!text.contains("\"bom-ref\":\"urn:cdx:") && !text.contains("\\u001b") && !text.contains('\u{202e}'));
    assert!(!text.contains(&"x".repeat(400)) && !text.contains(&"y".repeat(1_100)));
    let long = document["components"].as_array().unwrap().iter();
    assert_eq!(long.filter(|part| part["bom-ref"].as_str().unwrap().contains("yyyy")).count(), 2, "cut, and still two");
}
