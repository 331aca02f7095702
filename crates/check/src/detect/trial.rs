//! Tries a detection: its literate tests, each over the rows that it names and over the logs of a quiet account beside them.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sightline_lake::Session;
use sightline_model::{LakeTable, RunId, TableSchema, lake_table};

use crate::check::Case as Rows;
use crate::detect::detection::{Detection, DetectionTest, ExpectedSignal};
use crate::detect::macros::DetectionWindow;
use crate::detect::telemetry::Telemetry;
use crate::fixture::{self, ACCOUNT, REGION};
use crate::trial::Problem;

/// The window of all tests, and what they have of history.
///
/// # Errors
/// Never: the times are constants.
pub fn window() -> Result<DetectionWindow, jiff::Error> {
    Ok(DetectionWindow {
        from: "2026-11-21T00:00:00Z".parse()?,
        until: "2026-11-22T00:00:00Z".parse()?,
        history: "2026-11-07T00:00:00Z".parse()?,
    })
}

/// What is wrong with the tests of a detection.
pub async fn trial(detection: &Detection, schemas: &[TableSchema]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for test in &detection.tests {
        let problem = |what: String, lines| Problem {
            file: detection.file.clone(),
            line: test.line,
            what: format!("{}: {what}", test.title),
            lines,
        };
        match outcome(detection, test, schemas).await {
            Err(error) => problems.push(problem(error, Vec::new())),
            Ok(got) => {
                if !agrees(&test.expected, &got) {
                    let lines = |sign: &str, all: &[ExpectedSignal]| {
                        all.iter().map(|one| format!("{sign} {one:?}")).collect::<Vec<_>>()
                    };
                    let lines = [lines("-", &test.expected), lines("+", &got)].concat();
                    problems.push(problem("something else came out".to_owned(), lines));
                }
            }
        }
    }
    problems
}

fn agrees(expected: &[ExpectedSignal], got: &[ExpectedSignal]) -> bool {
    let fits = |pair: (&ExpectedSignal, &ExpectedSignal)| match pair {
        (ExpectedSignal::Signal { identity, reason: None }, ExpectedSignal::Signal { identity: other, .. }) => {
            identity == other
        }
        (expected, got) => expected == got,
    };
    expected.len() == got.len() && expected.iter().zip(got).all(fits)
}

async fn outcome(
    detection: &Detection,
    test: &DetectionTest,
    schemas: &[TableSchema],
) -> Result<Vec<ExpectedSignal>, String> {
    let window = window().map_err(|error| error.to_string())?;
    let session = session(test, schemas)?;
    let run = RunId::from("test".to_owned());
    let one = std::slice::from_ref(detection);
    let detected = super::detect(&session, one, &window, &run).await.map_err(|error| error.to_string())?;
    let cases = detected.cases.into_iter().chain(detected.weak);
    let mut got: Vec<ExpectedSignal> = cases
        .flat_map(|case| {
            let identity = case.identity_arn;
            case.signals.into_iter().map(move |signal| (identity.clone(), signal))
        })
        .map(|(identity, signal)| ExpectedSignal::Signal { identity, reason: Some(signal.reason) })
        .collect();
    let told = detected.not_assessed.into_iter().map(|gap| ExpectedSignal::NotAssessable { reason: gap.reason });
    got.extend(told);
    got.sort();
    Ok(got)
}

/// The session of a test. Public so that other tests see the same logs.
///
/// # Errors
/// A row does not fit its table.
pub fn session(test: &DetectionTest, schemas: &[TableSchema]) -> Result<Session, String> {
    let mut rows = test.rows.clone();
    let missing: Vec<String> =
        rows.remove("missing").and_then(|words| serde_json::from_value(words).ok()).unwrap_or_default();
    let known = |word: &String| Telemetry::ALL.iter().any(|telemetry| telemetry.as_str() == word) || word == "history";
    if let Some(unknown) = missing.iter().find(|word| !known(word)) {
        return Err(format!("`{unknown}` is no telemetry"));
    }
    for (name, kind) in [("api_call", lake_table::API_CALL), ("model_invocation", lake_table::MODEL_INVOCATION)] {
        let mut own = Vec::new();
        for row in rows.remove(name).as_ref().and_then(Value::as_array).into_iter().flatten() {
            unfold(row, own.len(), kind, &mut own)?;
        }
        own.extend(quiet(name, &missing));
        rows.insert(name.to_owned(), Value::Array(own));
    }
    let case = Rows { title: test.title.clone(), line: test.line, rows, expected: Vec::new() };
    fixture::session(&case, schemas, Vec::new()).map_err(|error| error.to_string())
}

/// The row as often as it says: `"times": 200, "every": 10` is two hundred rows, ten seconds apart.
fn unfold(row: &Value, before: usize, table: &LakeTable, out: &mut Vec<Value>) -> Result<(), String> {
    let mut row = row.as_object().cloned().unwrap_or_default();
    let times = row.remove("times").and_then(|value| value.as_i64()).unwrap_or(1);
    let every = row.remove("every").and_then(|value| value.as_i64()).unwrap_or(1);
    if let Some(unknown) = row.keys().find(|name| !table.columns.iter().any(|(column, _)| column == name)) {
        return Err(format!("`{}` has no column `{unknown}`", table.name));
    }
    let begin = row.get("event_time").and_then(Value::as_str).ok_or("a row has no `event_time`")?;
    let begin: Timestamp = begin.parse().map_err(|error| format!("`event_time`: {error}"))?;
    for number in 0..times {
        let mut one = row.clone();
        let at = begin.as_second() + number * every;
        let at = Timestamp::from_second(at).map_err(|error| error.to_string())?;
        let place = format!("{}-{before}-{number}", table.name);
        one.insert("event_time".to_owned(), json!(at.to_string()));
        one.entry("object").or_insert_with(|| json!("trail.json"));
        one.entry("line").or_insert(json!(number + 1));
        defaults(&mut one, table, &place);
        out.push(Value::Object(one));
    }
    Ok(())
}

fn defaults(row: &mut Map<String, Value>, table: &LakeTable, place: &str) {
    let id = if table.name == "api_call" { "event_id" } else { "request_id" };
    row.entry(id).or_insert_with(|| json!(place));
    if table.name == "api_call" {
        row.entry("event_source").or_insert_with(|| json!("bedrock.amazonaws.com"));
        row.entry("event_category").or_insert_with(|| json!("Management"));
        row.entry("source_ip").or_insert_with(|| json!("198.51.100.7"));
        row.entry("identity_account_id").or_insert_with(|| json!(ACCOUNT));
        let user = row.get("identity_arn").and_then(Value::as_str).is_some_and(|arn| arn.contains(":user/"));
        row.entry("identity_type").or_insert_with(|| json!(if user { "IAMUser" } else { "AssumedRole" }));
    }
}

/// The logs of an account in which nothing happens, but for what is missing: all that detections need is there.
fn quiet(table: &str, missing: &[String]) -> Vec<Value> {
    let lacks = |telemetry: Telemetry| missing.iter().any(|word| word == telemetry.as_str());
    let young = missing.iter().any(|word| word == "history");
    let (first, last) = (if young { "2026-11-21T00:00:00Z" } else { "2026-11-07T00:00:00Z" }, "2026-11-21T23:00:00Z");
    let call = |at: &str, source: &str, name: &str, category: &str, read_only: bool| {
        json!({
            "event_id": format!("quiet-{source}-{name}-{at}"), "event_time": at, "event_source": source, "event_name": name,
            "event_category": category, "read_only": read_only, "identity_type": "AWSService", "invoked_by": "config.amazonaws.com",
            "source_ip": "config.amazonaws.com", "identity_arn": "", "object": "quiet.json", "line": 1,
        })
    };
    let mut rows = Vec::new();
    if table == "model_invocation" {
        if !lacks(Telemetry::Invocations) {
            rows.push(json!({
                "request_id": "quiet", "event_time": last, "account_id": ACCOUNT, "region": REGION, "operation": "Converse",
                "model_id": "amazon.nova-micro-v1:0", "identity_arn": "arn:aws:iam::123456789012:user/quiet", "error_code": "",
                "input_tokens": 1, "output_tokens": 1, "guardrail_action": "none", "object": "quiet.json", "line": 1,
            }));
        }
        return rows;
    }
    for at in [first, last] {
        if !lacks(Telemetry::Management) {
            rows.push(call(at, "config.amazonaws.com", "PutEvaluations", "Management", false));
        }
        if !lacks(Telemetry::Inference) {
            rows.push(call(at, "config.amazonaws.com", "DescribeConfigRules", "Management", true));
        }
        for (telemetry, source) in [
            (Telemetry::MantleData, "bedrock-mantle.amazonaws.com"),
            (Telemetry::BedrockData, "bedrock.amazonaws.com"),
            (Telemetry::S3Data, "s3.amazonaws.com"),
        ] {
            if !lacks(telemetry) {
                rows.push(call(at, source, "Quiet", "Data", true));
            }
        }
    }
    rows
}
