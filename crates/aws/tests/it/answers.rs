//! Answers and errors of real servers are those that boto3 reads.

use crate::python;
use futures::{StreamExt, TryStreamExt, stream};
use serde::Deserialize;
use serde_json::{Value, json};
use sightline_aws::{Aws, CallError, Emulated};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Stdio};

/// The first line that the script prints: where the emulators are, and what to ask them.
#[derive(Deserialize)]
struct Task {
    endpoint: String,
    services: BTreeMap<String, String>,
    access_key_id: String,
    calls: Vec<Call>,
}

#[derive(Deserialize)]
struct Call {
    service: String,
    operation: String,
    region: String,
    input: Value,
    /// whether to read all pages, or one answer
    pages: bool,
}

#[tokio::test]
async fn answers_are_those_that_boto3_reads() {
    let Some(mut script) = python::script("compare_answers.py", "answers_are_those_that_boto3_reads") else { return };
    let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let answers = answered(task(&mut output)).await;
    let (said, passed) = judged(child, output, &answers);
    print!("{said}");
    assert!(passed, "{said}");
}

fn task(output: &mut BufReader<ChildStdout>) -> Task {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("the script did not start: {error}: {line}"))
}

async fn answered(task: Task) -> Vec<Value> {
    let aws = Aws::emulated(Emulated {
        endpoint: task.endpoint,
        services: task.services,
        access_key_id: task.access_key_id,
        region: "us-east-1".to_owned(),
    });
    stream::iter(task.calls).map(|call| answer(&aws, call)).buffered(4).collect().await
}

async fn answer(aws: &Aws, call: Call) -> Value {
    let Call { service, operation, region, input, pages } = call;
    let answer = if pages {
        aws.pages(&region, &service, &operation, input).try_collect::<Vec<Value>>().await.map(Value::Array)
    } else {
        aws.call(&region, &service, &operation, input).await
    };
    answer.map_or_else(
        |CallError { code, message, status, .. }| json!({"error": [code, message, status]}),
        |ok| json!({"ok": ok}),
    )
}

fn judged(mut child: Child, mut output: BufReader<ChildStdout>, answers: &[Value]) -> (String, bool) {
    let mut input = child.stdin.take().unwrap();
    serde_json::to_writer(&mut input, answers).unwrap();
    input.write_all(b"\n").unwrap();
    drop(input);
    let mut said = String::new();
    output.read_to_string(&mut said).unwrap();
    (said, child.wait().unwrap().success())
}
