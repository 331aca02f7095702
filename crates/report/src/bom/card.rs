//! What the inventory tells of a model beyond its name: supplier, version, how it was made, how it was measured.

use super::document::{Approach, Component, ExternalReference, Format, Metric, ModelCard, Organization};
use super::text::{name, property, text};
use crate::ModelResource;
use serde_json::{Map, Value};

/// Places of reports that a model package names.
const QUALITY: [&str; 4] = [
    "/ModelQuality/Statistics/S3Uri",
    "/Bias/Report/S3Uri",
    "/Explainability/Report/S3Uri",
    "/ModelDataQuality/Statistics/S3Uri",
];

/// Columns that are told as they are.
const TOLD: &[(&str, &str)] = &[
    ("status", "status"),
    ("model_status", "status"),
    ("endpoint_status", "status"),
    ("agent_status", "status"),
    ("model_approval_status", "approval"),
    ("customization_type", "customization"),
    ("job_arn", "job"),
    ("creation_time", "created"),
    ("created_at", "created"),
    ("model_units", "model_units"),
];

/// Fills in what the row says.
pub(super) fn fill(component: &mut Component, resource: &ModelResource) {
    let config = &resource.config;
    let supplier = string(config, "provider_name");
    if !supplier.is_empty() {
        component.supplier = Some(Organization { name: name(supplier) });
    }
    component.description = text(string(config, "model_package_description"));
    component.version = ["model_package_version", "latest_agent_version", "agent_runtime_version"]
        .iter()
        .find_map(|column| scalar(config.get(*column)?))
        .unwrap_or_default();
    for (column, word) in TOLD {
        if let Some(value) = config.get(*column).and_then(scalar) {
            component.properties.push(property(word, value));
        }
    }
    if let Some(model_id) = config.get("model_id").and_then(scalar) {
        component.properties.push(property("model_id", model_id));
    }
    component.external_references = quality(config);
    component.model_card = card(config);
}

fn card(config: &Map<String, Value>) -> ModelCard {
    let mut card = ModelCard::default();
    let parameters = &mut card.model_parameters;
    parameters.approach = approach(string(config, "customization_type")).map(|kind| Approach { kind });
    parameters.model_architecture = text(string(config, "model_architecture"));
    parameters.task = text(string(config, "task"));
    parameters.inputs = formats(config, "input_modalities");
    parameters.outputs = formats(config, "output_modalities");
    let metrics = &mut card.quantitative_analysis.performance_metrics;
    metrics.extend(losses(config.get("training_metrics"), "training"));
    for validator in config.get("validation_metrics").and_then(Value::as_array).into_iter().flatten() {
        metrics.extend(losses(Some(validator), "validation"));
    }
    card
}

/// How Bedrock's ways to customise a model learn.
fn approach(customization: &str) -> Option<&'static str> {
    match customization {
        "FINE_TUNING" | "DISTILLATION" => Some("supervised"),
        "CONTINUED_PRE_TRAINING" => Some("self-supervised"),
        "REINFORCEMENT_FINE_TUNING" => Some("reinforcement-learning"),
        _ => None,
    }
}

fn formats(config: &Map<String, Value>, column: &str) -> Vec<Format> {
    let values = config.get(column).and_then(Value::as_array).into_iter().flatten();
    values.filter_map(Value::as_str).take(20).map(|format| Format { format: text(&format.to_lowercase()) }).collect()
}

/// `{"trainingLoss": 0.2}` → a metric.
fn losses(of: Option<&Value>, slice: &str) -> Vec<Metric> {
    let members = of.and_then(Value::as_object).into_iter().flatten().take(20);
    let metric = |(kind, value): (&String, &Value)| {
        value.as_f64().map(|value| Metric { kind: text(kind), value: value.to_string(), slice: slice.to_owned() })
    };
    members.filter_map(metric).collect()
}

fn quality(config: &Map<String, Value>) -> Vec<ExternalReference> {
    let Some(metrics) = config.get("model_metrics") else { return Vec::new() };
    let places = QUALITY.iter().filter_map(|pointer| metrics.pointer(pointer)?.as_str());
    let plain = places.filter(|url| url.starts_with("s3://") && url.bytes().all(is_plain));
    plain.map(|url| ExternalReference { kind: "quality-metrics", url: text(url) }).collect()
}

/// Whether the byte may stand in a URL as it is.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/".contains(&byte)
}

fn string<'c>(config: &'c Map<String, Value>, column: &str) -> &'c str {
    config.get(column).and_then(Value::as_str).unwrap_or_default()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
