//! Data capture of SageMaker endpoints: `prefix/<endpoint>/<variant>/yyyy/mm/dd/hh/*.jsonl`, one record a line with what went into a model
//! and what came out.
//!
//! Format: <https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html>.

use super::Source;
use crate::envelope;
use crate::invocation::capture;
use crate::invocation::node::Parser;
use crate::peek::Peek;
use crate::{Batch, Content, ObjectRef, Stats};
use sightline_model::LakeTable;
use sightline_model::lake_table::MODEL_INVOCATION;

/// The unit.
pub static UNIT: SageMakerCapture = SageMakerCapture;

/// Captured requests and answers of SageMaker's endpoints.
#[derive(Debug)]
pub struct SageMakerCapture;

impl Source for SageMakerCapture {
    fn name(&self) -> &'static str {
        "sagemaker_capture"
    }

    fn about(&self) -> &'static str {
        "data capture of SageMaker endpoints"
    }

    fn tables(&self) -> &'static [&'static LakeTable] {
        &[MODEL_INVOCATION]
    }

    fn layouts(&self) -> &'static [&'static str] {
        &["<prefix>/<endpoint>/<variant>/<date>/<hour>/*.jsonl"]
    }

    fn detect(&self, _key: &str, head: &[u8]) -> bool {
        // The key is of the user's choice, so the content decides.
        Peek::at(head).has("captureData")
    }

    fn decode(&self, object: &ObjectRef<'_>, content: &mut Content<'_>, batch: &mut Batch<'_>) -> Stats {
        let mut parser = Parser::default();
        envelope::each(content, &mut |message, line, stats| {
            capture::take(message, object, line, &mut parser, batch, stats);
        })
    }
}
