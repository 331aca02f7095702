//! The credential report: IAM writes it on request, in CSV, once in four hours.
//! Format: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>.

use super::Special;
use crate::catalogue::{Call, Scope};
use crate::scan::{Found, Missed, Visit};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sightline_model::{Column, ColumnType, Outcome};
use std::sync::LazyLock;
use std::time::Duration;

/// How long is waited before IAM is asked again whether the report is written, in milliseconds: half a minute in all.
const PAUSES: &[u64] = &[100, 400, 1_500, 4_000, 8_000, 16_000];

/// Texts by which the report says that there is no value.
const NOTHING: &[&str] = &["", "N/A", "no_information", "not_supported"];

/// The table `aws_iam_credential_report`.
pub struct CredentialReport;

/// See [`CredentialReport`].
pub static UNIT: CredentialReport = CredentialReport;

static CALLS: LazyLock<[Call; 2]> = LazyLock::new(|| ["GetCredentialReport", "GenerateCredentialReport"].map(call));

fn call(operation: &str) -> Call {
    Call { service: "iam".to_owned(), operation: operation.to_owned(), action: format!("iam:{operation}") }
}

impl Special for CredentialReport {
    fn table(&self) -> &'static str {
        "aws_iam_credential_report"
    }

    fn about(&self) -> &'static str {
        "How each user and the root user may sign in, and when they last did."
    }

    fn scope(&self) -> Scope {
        Scope::Global
    }

    fn columns(&self) -> Vec<Column> {
        COLUMNS.iter().map(|(_, name, kind)| Column::new(*name, *kind)).collect()
    }

    fn calls(&self) -> &[Call] {
        &*CALLS
    }

    fn collect<'v>(&'v self, visit: &'v Visit<'v>) -> BoxFuture<'v, ()> {
        Box::pin(async move {
            // The failure is in the coverage already.
            if let Ok(answer) = report(visit).await {
                keep(visit, &answer).await;
            }
        })
    }
}

async fn report(visit: &Visit<'_>) -> Result<Value, Missed> {
    let [get, generate] = &*CALLS;
    for pause in PAUSES {
        let answer = visit.call(generate, visit.call_region(), json!({}), "").await?;
        if answer.get("State").and_then(Value::as_str) == Some("COMPLETE") {
            return visit.call(get, visit.call_region(), json!({}), "").await;
        }
        tokio::time::sleep(Duration::from_millis(*pause)).await;
    }
    visit.missed(get, "", Outcome::Failed, "ReportInProgress", "IAM was still writing the report after half a minute");
    Err(Missed)
}

async fn keep(visit: &Visit<'_>, answer: &Value) {
    let [get, _] = &*CALLS;
    let rows = answer.get("Content").and_then(Value::as_str).ok_or_else(|| "the answer has no content".to_owned()).and_then(rows);
    match rows {
        Ok(rows) => {
            for row in rows {
                let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let (arn, title) = (text("arn"), text("user_name"));
                visit.emit(get, Found { arn, title, config: without(row, "arn"), ..Found::default() }).await;
            }
        }
        Err(reason) => visit.missed(get, "", Outcome::Failed, "Unreadable", &reason),
    }
}

fn without(mut row: Map<String, Value>, name: &str) -> Map<String, Value> {
    row.shift_remove(name);
    row
}

fn rows(content: &str) -> Result<Vec<Map<String, Value>>, String> {
    let bytes = STANDARD.decode(content).map_err(|error| format!("the report is not base64: {error}"))?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().map_err(|error| format!("the report has no header: {error}"))?.clone();
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.map_err(|error| format!("the report is no CSV: {error}"))?;
        Ok(header.iter().zip(record.iter()).filter_map(|(name, text)| cell(name, text)).collect())
    };
    reader.records().map(row).collect()
}

/// A field of the report as its column and value; fields that are not known are left out.
fn cell(field: &str, text: &str) -> Option<(String, Value)> {
    if field == "arn" {
        return Some((field.to_owned(), text.into()));
    }
    let (_, name, kind) = COLUMNS.iter().find(|(known, _, _)| *known == field)?;
    let value = match kind {
        _ if NOTHING.contains(&text) => Value::Null,
        ColumnType::Bool => text.eq_ignore_ascii_case("true").into(),
        ColumnType::Time => text.parse::<Timestamp>().map_or(Value::Null, |time| time.to_string().into()),
        _ => text.into(),
    };
    Some(((*name).to_owned(), value))
}

/// Field of the report, column, type.
const COLUMNS: &[(&str, &str, ColumnType)] = &[
    ("user", "user_name", ColumnType::Text),
    ("user_creation_time", "user_creation_time", ColumnType::Time),
    ("password_enabled", "password_enabled", ColumnType::Bool),
    ("password_last_used", "password_last_used", ColumnType::Time),
    ("password_last_changed", "password_last_changed", ColumnType::Time),
    ("password_next_rotation", "password_next_rotation", ColumnType::Time),
    ("mfa_active", "mfa_active", ColumnType::Bool),
    ("access_key_1_active", "access_key_1_active", ColumnType::Bool),
    ("access_key_1_last_rotated", "access_key_1_last_rotated", ColumnType::Time),
    ("access_key_1_last_used_date", "access_key_1_last_used_date", ColumnType::Time),
    ("access_key_1_last_used_region", "access_key_1_last_used_region", ColumnType::Text),
    ("access_key_1_last_used_service", "access_key_1_last_used_service", ColumnType::Text),
    ("access_key_2_active", "access_key_2_active", ColumnType::Bool),
    ("access_key_2_last_rotated", "access_key_2_last_rotated", ColumnType::Time),
    ("access_key_2_last_used_date", "access_key_2_last_used_date", ColumnType::Time),
    ("access_key_2_last_used_region", "access_key_2_last_used_region", ColumnType::Text),
    ("access_key_2_last_used_service", "access_key_2_last_used_service", ColumnType::Text),
    ("cert_1_active", "cert_1_active", ColumnType::Bool),
    ("cert_1_last_rotated", "cert_1_last_rotated", ColumnType::Time),
    ("cert_2_active", "cert_2_active", ColumnType::Bool),
    ("cert_2_last_rotated", "cert_2_last_rotated", ColumnType::Time),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_become_typed_values() {
        let csv = "user,arn,mfa_active,password_enabled,password_last_used,access_key_1_last_used_region,new_field\n\
                   <root_account>,arn:aws:iam::123456789012:root,true,not_supported,2026-01-02T03:04:05+00:00,N/A,x\n";
        insta::assert_json_snapshot!(rows(&STANDARD.encode(csv)).unwrap(), @r#"
        [
          {
            "user_name": "<root_account>",
            "arn": "arn:aws:iam::123456789012:root",
            "mfa_active": true,
            "password_enabled": null,
            "password_last_used": "2026-01-02T03:04:05Z",
            "access_key_1_last_used_region": null
          }
        ]
        "#);
    }

    #[test]
    fn a_report_that_is_cut_off_is_an_error() {
        let csv = "user,arn,mfa_active\nalice,arn:aws:iam::123456789012:user/alice,true\nbob,arn";
        assert!(rows(&STANDARD.encode(csv)).unwrap_err().starts_with("the report is no CSV"));
        assert!(rows("***").is_err());
    }
}
