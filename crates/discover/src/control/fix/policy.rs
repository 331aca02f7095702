//! Policy documents in fixes.

use serde_json::{Value, json};

use super::super::Subject;
use super::safe;
use crate::estate::Estate;

/// Lets this identity call this model, and nobody anything else.
pub(super) fn narrow(subject: &Subject, estate: &Estate) -> Value {
    let models: Vec<String> =
        estate.controls.models(&subject.model_arn).iter().map(|arn| safe_arn(arn, "MODEL_ARN")).collect();
    let mut statement = json!({"Effect": "Allow", "Principal": "*", "Action": subject.actions(), "Resource": models});
    let identity = safe_arn(&subject.identity, "ROLE_ARN");
    if let Some(statement) = statement.as_object_mut() {
        statement.insert("Condition".to_owned(), json!({"ArnEquals": {"aws:PrincipalArn": identity}}));
    }
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// Denies calls of models that name no guardrail, or another.
pub(super) fn requires(guardrail: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "RequireGuardrail",
            "Effect": "Deny",
            "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
            "Resource": "*",
            "Condition": {"StringNotLike": {"bedrock:GuardrailIdentifier": [guardrail, format!("{guardrail}:*")]}}
        }]
    })
}

/// One line, for a command.
pub(super) fn compact(document: &Value) -> String {
    document.to_string()
}

/// For `jsonencode`, whose argument may be JSON.
pub(super) fn pretty(document: &Value) -> String {
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.replace('\n', "\n  ")
}

fn safe_arn(arn: &str, word: &str) -> String {
    if arn.starts_with("arn:") { safe(arn, word) } else { format!("REPLACE_{word}") }
}
