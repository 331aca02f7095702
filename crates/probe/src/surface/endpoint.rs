//! InvokeEndpoint: an endpoint of Amazon SageMaker AI, or an inference component behind one. What a container wants to be asked with is
//! its own: see [`Dialect`].
//!
//! <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html>

mod answer;
mod dialect;
mod template;

pub use dialect::{Dialect, Form, Template};

use super::{Asker, TAG};
use crate::answer::Answer;
use crate::conversation::Prompt;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sightline_aws::{CallError, CallErrorKind};

const SERVICE: &str = "sagemaker-runtime";
const OPERATION: &str = "InvokeEndpoint";
/// Characters of an inference id.
const LONGEST_ID: usize = 64;

pub(super) async fn ask(asker: &Asker<'_>, dialect: &Dialect, prompt: &Prompt) -> Result<Answer, CallError> {
    let request = request(asker, dialect, prompt).map_err(|reason| CallError {
        kind: CallErrorKind::Invalid,
        code: "Template".to_owned(),
        status: None,
        ..asker.unreadable(SERVICE, OPERATION, reason)
    })?;
    let blob = asker.aws.blob(asker.target.region(), SERVICE, OPERATION, request).await?;
    let answer = answer::read(dialect, &blob.bytes, prompt.max_output_tokens);
    answer.map_err(|reason| asker.unreadable(SERVICE, OPERATION, reason))
}

fn request(asker: &Asker<'_>, dialect: &Dialect, prompt: &Prompt) -> Result<Value, String> {
    let name = |arn: &str| arn.rsplit('/').next().map(str::to_owned);
    let asked = name(asker.target.model());
    let (endpoint, component) = match dialect.endpoint.is_empty() {
        true => (asked, None),
        false => (name(&dialect.endpoint), asked),
    };
    let id: String = format!("{TAG}/{}", asker.run_id).chars().take(LONGEST_ID).collect();
    Ok(json!({
        "EndpointName": endpoint,
        "InferenceComponentName": component,
        "ContentType": dialect.content_type(),
        "Accept": dialect.accept(),
        // Written beside what the endpoint captures.
        "InferenceId": id,
        "Body": STANDARD.encode(dialect.body(prompt)?),
    }))
}
