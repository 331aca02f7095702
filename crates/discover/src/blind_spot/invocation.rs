//! Model invocation logging of Bedrock: tokens, costs, stop reasons, and text where it is kept.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Ground;
use super::row::{About, INGEST, Spots, plane, telemetry};
use super::verdict::Made;
use crate::DiscoverError;
use crate::query::query;

const TABLE: &str = "aws_bedrock_model_invocation_logging_configuration";
const LOST: &str = "tokens, costs and stop reasons of calls of models, and which prompts and answers they had";

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Logging {
    is_on: bool,
    has_text: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    account_id: String,
    region: String,
    #[serde(flatten)]
    logging: Logging,
}

pub(super) async fn tell(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let rows: Vec<Row> = query!("blind_spot/invocation_logging").rows(ground.session).await?;
    let known: BTreeMap<(String, String), Logging> =
        rows.into_iter().map(|row| ((row.account_id, row.region), row.logging)).collect();
    for place in ground.places.used() {
        let (account, region) = place;
        let about = About { account, region, plane: plane::RUNTIME, telemetry: telemetry::INVOCATIONS, subject: "" };
        let span = ground.seen.invocations.get(place).copied();
        let is_called = ground.seen.planes.contains_key(&(place.clone(), plane::RUNTIME));
        let made = match known.get(place) {
            Some(Logging { is_on: true, has_text: true }) if span.is_none() && !is_called => {
                // Silence of a log that is made is none of a log that was lost, where nobody was seen to call.
                let why = "model invocation logging is configured; no call was seen, in it or in CloudTrail".to_owned();
                spots.weigh(about, &Made::Unknown(why), None, LOST, INGEST);
                continue;
            }
            Some(Logging { is_on: true, has_text: true }) => {
                Made::Yes("model invocation logging is configured".to_owned())
            }
            Some(Logging { is_on: true, has_text: false }) => {
                Made::Part("model invocation logging does not deliver text".to_owned())
            }
            Some(Logging { is_on: false, .. }) => Made::No("model invocation logging is not configured".to_owned()),
            None => match ground.coverage.gap(TABLE, account, region) {
                Some(why) => Made::Unknown(why),
                None => Made::No("model invocation logging is not configured".to_owned()),
            },
        };
        spots.weigh(about, &made, span, LOST, "invocation-logging");
    }
    Ok(())
}
