//! Endpoints of Amazon SageMaker AI, and the inference components that share one.

use super::hosted::Hosted;
use super::row::{Row, Rows};
use super::{Found, Hindrance, Pricing};
use serde_json::Value;

pub(super) fn targets(rows: &Rows, hosted: &Hosted) -> Vec<Found> {
    let components = rows.of("aws_sagemaker_inference_component");
    let mut targets = Vec::new();
    for endpoint in rows.of("aws_sagemaker_endpoint") {
        let found = whole(endpoint, rows, hosted);
        let sharing = components.iter().filter(|one| one.text("endpoint_arn") == endpoint.arn);
        let shared: Vec<Found> = sharing.map(|one| component(one, endpoint, &found, hosted)).collect();
        match shared.is_empty() {
            true => targets.push(found),
            false => targets.extend(shared),
        }
    }
    targets
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html>
fn whole(endpoint: &Row, rows: &Rows, hosted: &Hosted) -> Found {
    let config = rows
        .of("aws_sagemaker_endpoint_config")
        .iter()
        .find(|config| config.is_beside(endpoint) && config.title == endpoint.text("endpoint_config_name"));
    let variants: Vec<&Value> = config.into_iter().flat_map(|config| config.list("production_variants")).collect();
    let models = variants.iter().filter_map(|variant| variant.get("ModelName")?.as_str());
    let engine = models.filter_map(|model| hosted.engine_of_model(endpoint, model)).next().unwrap_or_default();
    let is_serverless = endpoint
        .list("production_variants")
        .chain(variants.iter().copied())
        .any(|variant| variant.get("CurrentServerlessConfig").or(variant.get("ServerlessConfig")).is_some());
    let is_later = endpoint.value("async_inference_config").is_some()
        || config.is_some_and(|config| config.value("async_inference_config").is_some());
    let later = Hindrance::sure("it answers later, into a bucket: only endpoints that answer at once are probed");
    Found {
        engine,
        // A serverless endpoint is paid by the time that it computes.
        pricing: if is_serverless { Pricing::Unknown } else { Pricing::Paid },
        ..Found::of(endpoint, "endpoint")
    }
    .hindered(endpoint.unless("endpoint_status", "InService"))
    .hindered(later.filter(|_| is_later))
}

fn component(row: &Row, endpoint: &Row, whole: &Found, hosted: &Hosted) -> Found {
    let model = row.text("specification/ModelName");
    Found {
        endpoint: endpoint.arn.clone(),
        engine: hosted.engine_of_model(endpoint, model).unwrap_or_default(),
        pricing: whole.pricing.clone(),
        obstacle: whole.obstacle.clone(),
        doubt: whole.doubt.clone(),
        ..Found::of(row, "inference-component")
    }
    .hindered(row.unless("inference_component_status", "InService"))
}
