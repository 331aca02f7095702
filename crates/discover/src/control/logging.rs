//! `invocation_logged`: does Bedrock keep what was asked and answered?
//!
//! Model invocation logging is switched on region by region and sees calls of models on `bedrock-runtime` alone, without those that
//! answer later or in both directions:
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html>.

use serde::Deserialize;
use serde_json::Value;

use super::{Judged, Subject};
use crate::calls::Plane;
use crate::estate::Estate;

const TABLE: &str = "aws_bedrock_model_invocation_logging_configuration";
/// Calls of models that are not in the log.
const UNSEEN: &[&str] = &["StartAsyncInvoke", "InvokeModelWithBidirectionalStream"];

/// A row of `sql/control/logging.sql`. A kind of content that it does not mention is kept, as where nobody chose.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Logging {
    pub(super) account_id: String,
    pub(super) region: String,
    pub(super) arn: String,
    pub(super) s3: Option<Value>,
    pub(super) logs: Option<Value>,
    text: Option<bool>,
    image: Option<bool>,
    embedding: Option<bool>,
    video: Option<bool>,
    audio: Option<bool>,
}

impl Logging {
    fn is_on(&self) -> bool {
        self.s3.is_some() || self.logs.is_some()
    }

    /// Whether answers of this kind are kept, and the word for them.
    fn keeps(&self, modality: &str) -> (bool, &'static str) {
        let (kept, word) = match modality {
            "IMAGE" => (self.image, "images"),
            "EMBEDDING" => (self.embedding, "embeddings"),
            "VIDEO" => (self.video, "videos"),
            "AUDIO" | "SPEECH" => (self.audio, "speech"),
            _ => (self.text, "text"),
        };
        (kept != Some(false), word)
    }
}

pub(super) fn judge(subject: &Subject, estate: &Estate) -> Judged {
    if !subject.calls_models() {
        let why = if subject.is_only(Plane::Foreign) {
            "sees no calls of what AWS does not serve"
        } else {
            "does not cover calls of this kind"
        };
        return Judged::no(format!("model invocation logging {why}"));
    }
    if let Some(unseen) = UNSEEN.iter().find(|name| subject.apis.contains(**name)) {
        return Judged::no(format!("model invocation logging does not cover {unseen}"));
    }
    let region = &subject.region;
    if let Some(gap) = estate.coverage.gap(TABLE, &subject.account, region) {
        return Judged::unknown(gap);
    }
    let facts = &estate.controls;
    let Some(logging) = facts.logging.get(&(subject.account.clone(), region.clone())).filter(|logging| logging.is_on())
    else {
        return Judged::no(format!("model invocation logging is off in {region}"));
    };
    // What is asked is text nearly always; what is answered, the model tells.
    let models = facts.models(&subject.model_arn);
    let answers = models.iter().filter_map(|arn| facts.answers.get(arn)).flatten().map(String::as_str);
    let left_out =
        std::iter::once("TEXT").chain(answers).map(|modality| logging.keeps(modality)).find(|(kept, _)| !kept);
    let judged = match left_out {
        Some((_, word)) => Judged::no(format!("model invocation logging is on in {region}, and leaves out {word}")),
        None => Judged::yes(format!("model invocation logging is on in {region}")),
    };
    judged.proved([logging.arn.clone()])
}
