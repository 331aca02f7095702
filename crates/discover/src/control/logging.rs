//! `invocation_logged`: does Bedrock keep what was asked and answered?
//!
//! Model invocation logging is switched on region by region and sees calls of models alone:
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html>.

use sightline_model::edge::Tri;

use super::Subject;
use crate::calls::Plane;
use crate::estate::Estate;

const TABLE: &str = "aws_bedrock_model_invocation_logging_configuration";

pub(super) fn judge(subject: &Subject, estate: &Estate) -> (Tri, String) {
    if !subject.planes.contains(&Plane::Model) {
        return (Tri::No, "model invocation logging does not cover calls of this kind".to_owned());
    }
    let region = &subject.region;
    if let Some(gap) = estate.coverage.gap(TABLE, &subject.account, region) {
        return (Tri::Unknown, gap);
    }
    match estate.invocation_logging.get(&(subject.account.clone(), region.clone())) {
        Some(true) => (Tri::Yes, format!("model invocation logging is on in {region}")),
        Some(false) | None => (Tri::No, format!("model invocation logging is off in {region}")),
    }
}
