//! Model invocation logging of the region.

use serde_json::{Map, Value, json};
use sightline_model::edge::Fix;

use super::super::Subject;
use super::{cli, fill, safe, safe_in_quotes, terraform, text};
use crate::calls::Plane;
use crate::estate::Estate;

const CLI: &str = "\
aws bedrock put-model-invocation-logging-configuration --region {{region}} \\
  --logging-config '{{configuration}}'
";

const TERRAFORM: &str = r#"resource "aws_bedrock_model_invocation_logging_configuration" "region" {
  logging_config {
    text_data_delivery_enabled      = true
    image_data_delivery_enabled     = true
    embedding_data_delivery_enabled = true
    video_data_delivery_enabled     = true
{{targets}}  }
}
"#;

pub(super) fn of(subject: &Subject, estate: &Estate) -> Vec<Fix> {
    if !subject.calls_models() {
        let said = match subject.is_only(Plane::Foreign) {
            true => {
                "No log of AWS keeps what other services are asked: let the application keep it, or call the model in Bedrock."
            }
            false => {
                "Model invocation logging never covers calls of this kind: let the application keep what it asks and gets, and keep the data events."
            }
        };
        return vec![text(said)];
    }
    let here = estate.controls.logging.get(&(subject.account.clone(), subject.region.clone()));
    let s3 = here.and_then(|logging| logging.s3.clone());
    let logs = here.and_then(|logging| logging.logs.clone());
    if s3.is_some() || logs.is_some() {
        return rendered(subject, s3.as_ref(), logs.as_ref(), "Keep all kinds of content, where the log goes already.");
    }
    let bucket = json!({"bucketName": "REPLACE_BUCKET"});
    let said = "Switch it on for the region. The bucket stands in the same account and region, and its policy lets bedrock.amazonaws.com write. \
                What it keeps are prompts and answers: guard it like them.";
    rendered(subject, Some(&bucket), None, said)
}

fn rendered(subject: &Subject, s3: Option<&Value>, logs: Option<&Value>, said: &str) -> Vec<Fix> {
    let mut configuration = Map::new();
    let mut targets = String::new();
    if let Some(s3) = s3 {
        let (bucket, prefix) = (of_text(s3, "bucketName", "BUCKET"), of_text(s3, "keyPrefix", "PREFIX"));
        configuration.insert("s3Config".to_owned(), bucket_of(&bucket, &prefix));
        targets.push_str(&block("s3_config", &bucket, &prefix, 4));
    }
    if let Some(logs) = logs {
        let group = of_text(logs, "logGroupName", "LOG_GROUP").unwrap_or_else(|| "REPLACE_LOG_GROUP".to_owned());
        let role = of_text(logs, "roleArn", "ROLE_ARN").unwrap_or_else(|| "REPLACE_ROLE_ARN".to_owned());
        let mut of = json!({"logGroupName": group, "roleArn": role});
        let mut large = String::new();
        if let (Some(given), Some(of)) =
            (logs.get("largeDataDeliveryS3Config").filter(|one| !one.is_null()), of.as_object_mut())
        {
            let (bucket, prefix) = (of_text(given, "bucketName", "BUCKET"), of_text(given, "keyPrefix", "PREFIX"));
            of.insert("largeDataDeliveryS3Config".to_owned(), bucket_of(&bucket, &prefix));
            large = block("large_data_delivery_s3_config", &bucket, &prefix, 6);
        }
        configuration.insert("cloudWatchConfig".to_owned(), of);
        targets.push_str(&format!(
            "    cloudwatch_config {{\n      log_group_name = \"{group}\"\n      role_arn       = \"{role}\"\n{large}    }}\n"
        ));
    }
    for kind in ["text", "image", "embedding", "video", "audio"] {
        configuration.insert(format!("{kind}DataDeliveryEnabled"), Value::Bool(true));
    }
    let region = safe(&subject.region, "REGION");
    let configuration = Value::Object(configuration).to_string();
    let values = [("region", region.as_str()), ("configuration", &configuration), ("targets", &targets)];
    vec![text(said), cli(fill(CLI, &values)), terraform(fill(TERRAFORM, &values))]
}

fn of_text(value: &Value, key: &str, word: &str) -> Option<String> {
    let text = value.get(key)?.as_str().filter(|text| !text.is_empty())?;
    Some(safe_in_quotes(text, word))
}

fn bucket_of(bucket: &Option<String>, prefix: &Option<String>) -> Value {
    let mut of = json!({"bucketName": bucket.as_deref().unwrap_or("REPLACE_BUCKET")});
    if let (Some(prefix), Some(of)) = (prefix, of.as_object_mut()) {
        of.insert("keyPrefix".to_owned(), Value::String(prefix.clone()));
    }
    of
}

fn block(name: &str, bucket: &Option<String>, prefix: &Option<String>, indent: usize) -> String {
    let space = " ".repeat(indent);
    let bucket = bucket.as_deref().unwrap_or("REPLACE_BUCKET");
    let prefix = prefix.as_ref().map_or_else(String::new, |prefix| format!("{space}  key_prefix  = \"{prefix}\"\n"));
    format!("{space}{name} {{\n{space}  bucket_name = \"{bucket}\"\n{prefix}{space}}}\n")
}
