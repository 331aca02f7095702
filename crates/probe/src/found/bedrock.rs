//! Models of Amazon Bedrock: foundation, custom, imported, provisioned, and what stands before them.

use super::row::{Row, Rows};
use super::{Found, Hindrance, Pricing};
use serde_json::Value;

pub(super) fn targets(rows: &Rows) -> Vec<Found> {
    let offered = rows.of("aws_bedrock_foundation_model");
    let mut targets: Vec<Found> = offered.iter().map(foundation).collect();
    targets.extend(rows.of("aws_bedrock_inference_profile").iter().map(|row| profile(row, offered)));
    targets.extend(rows.of("aws_bedrock_prompt_router").iter().map(|row| router(row, offered)));
    targets.extend(rows.of("aws_bedrock_custom_model").iter().map(custom));
    targets.extend(rows.of("aws_bedrock_custom_model_deployment").iter().map(deployment));
    targets.extend(rows.of("aws_bedrock_imported_model").iter().map(imported));
    targets.extend(rows.of("aws_bedrock_provisioned_model_throughput").iter().map(|row| provisioned(row, offered)));
    targets
}

/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_FoundationModelSummary.html>
fn foundation(row: &Row) -> Found {
    let found = Found { is_offered: true, models: vec![row.arn.clone()], ..Found::of(row, "foundation-model") };
    let by = |kind| row.names("inference_types_supported", kind);
    let way = match (by("ON_DEMAND"), by("INFERENCE_PROFILE"), by("PROVISIONED")) {
        (Some(true), _, _) => None,
        (_, Some(true), _) => Hindrance::sure("it answers only through an inference profile: probe that"),
        (_, _, Some(true)) => Hindrance::sure("it answers only through provisioned throughput: probe that"),
        _ => Some(Hindrance::Doubt("how it is called could not be read".to_owned())),
    };
    found.hindered(silent(row)).hindered(way)
}

/// Why the answers of a foundation model are no text.
fn silent(row: &Row) -> Option<Hindrance> {
    let writes = row.names("output_modalities", "TEXT");
    if writes == Some(false) { Hindrance::sure("its answers are no text") } else { None }
}

/// Why the answers of a model that has only an ARN of another region are no text.
fn silent_models(models: &[String], offered: &[Row]) -> Option<Hindrance> {
    let id = |arn: &str| arn.rsplit('/').next().map(str::to_owned);
    let known = |arn: &String| offered.iter().find(|row| id(&row.arn) == id(arn));
    models.iter().filter_map(known).find_map(silent)
}

fn profile(row: &Row, offered: &[Row]) -> Found {
    let models = arns(row, "models");
    let hindered = row.unless("status", "ACTIVE").or_else(|| silent_models(&models, offered));
    Found {
        is_offered: row.text("type") == "SYSTEM_DEFINED",
        pricing: Pricing::LikeModels(models.clone()),
        models,
        ..Found::of(row, "inference-profile")
    }
    .hindered(hindered)
}

fn router(row: &Row, offered: &[Row]) -> Found {
    let mut models = arns(row, "models");
    models.extend(row.value("fallback_model/modelArn").and_then(Value::as_str).map(str::to_owned));
    models.sort();
    models.dedup();
    let hindered = row.unless("status", "AVAILABLE").or_else(|| silent_models(&models, offered));
    Found {
        is_offered: row.text("type") == "default",
        pricing: Pricing::LikeModels(models.clone()),
        models,
        ..Found::of(row, "prompt-router")
    }
    .hindered(hindered)
}

fn arns(row: &Row, list: &str) -> Vec<String> {
    row.list(list).filter_map(|model| model.get("modelArn")?.as_str()).map(str::to_owned).collect()
}

fn custom(row: &Row) -> Found {
    let why = "it answers through its deployment or its provisioned throughput: probe that";
    Found { pricing: Pricing::Unknown, ..Found::of(row, "custom-model") }.hindered(Hindrance::sure(why))
}

fn deployment(row: &Row) -> Found {
    let found = Found { pricing: Pricing::Unknown, ..Found::of(row, "custom-model-deployment") };
    found.hindered(row.unless("status", "Active"))
}

/// Billed by copies of the model and five minutes: no price of a token is known.
/// <https://docs.aws.amazon.com/bedrock/latest/userguide/import-model-calculate-cost.html>
fn imported(row: &Row) -> Found {
    Found { pricing: Pricing::Unknown, ..Found::of(row, "imported-model") }
}

fn provisioned(row: &Row, offered: &[Row]) -> Found {
    let models = Some(row.text("foundation_model_arn")).filter(|arn| !arn.is_empty()).map(str::to_owned);
    let models: Vec<String> = models.into_iter().collect();
    let hindered = row.unless("status", "InService").or_else(|| silent_models(&models, offered));
    // The capacity was bought with the model: no call makes an agreement.
    Found { pricing: Pricing::Paid, ..Found::of(row, "provisioned-model") }.hindered(hindered)
}
