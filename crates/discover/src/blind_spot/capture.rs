//! Data capture of SageMaker endpoints: what they were asked and answered.

use serde::Deserialize;

use super::Ground;
use super::row::{About, Spots, plane, telemetry};
use super::verdict::Made;
use crate::DiscoverError;
use crate::query::query;

const FIX: &str = "aws sagemaker create-endpoint-config --data-capture-config …, then update-endpoint";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Endpoint {
    account_id: String,
    region: String,
    arn: String,
    title: String,
    is_on: bool,
    share: Option<serde_json::Value>,
}

pub(super) async fn tell(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let endpoints: Vec<Endpoint> = query!("blind_spot/capture").rows(ground.session).await?;
    for endpoint in endpoints {
        let Endpoint { account_id, region, arn, title, is_on, share } = endpoint;
        let share = share.map(|share| share.to_string().trim_matches('"').to_owned()).filter(|share| share != "100");
        let made = match (is_on, share) {
            (false, _) => Made::No("the endpoint captures nothing".to_owned()),
            (true, None) => Made::Yes("the endpoint captures what it is asked".to_owned()),
            (true, Some(share)) => Made::Part(format!("the endpoint captures {share} % of what it is asked")),
        };
        // Objects of data capture name their endpoint in their key alone: of several, any may be the one that was read.
        let span = ground.seen.captures.get(&(account_id.clone(), region.clone())).copied().filter(|_| is_on);
        let about = About {
            account: &account_id,
            region: &region,
            plane: plane::SAGEMAKER,
            telemetry: telemetry::CAPTURE,
            subject: &arn,
        };
        spots.weigh(about, &made, span, &format!("what endpoint {title} was asked and what it answered"), FIX);
    }
    Ok(())
}
