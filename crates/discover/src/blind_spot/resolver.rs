//! Resolver query logging: which name an address was called by.

use serde::Deserialize;

use super::Ground;
use super::row::{About, Spots, plane, telemetry};
use super::verdict::Made;
use super::vpc::Vpc;
use crate::DiscoverError;
use crate::query::query;

const TABLE: &str = "aws_route53_resolver_query_log_config_association";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Association {
    region: String,
    vpc_id: String,
    status: String,
    destination: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cluster {
    arn: String,
    vpc_id: String,
}

pub(super) async fn tell(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let vpcs: Vec<Vpc> = query!("blind_spot/vpc").rows(ground.session).await?;
    let associations: Vec<Association> = query!("blind_spot/resolver").rows(ground.session).await?;
    let clusters: Vec<Cluster> = query!("application/cluster").rows(ground.session).await?;
    for Vpc { account_id, region, vpc_id, is_default, interfaces } in vpcs {
        let place = (account_id, region);
        let span = ground.seen.names.get(&(place.clone(), vpc_id.clone())).copied();
        if is_default && interfaces == 0 && span.is_none() {
            continue;
        }
        let of_vpc: Vec<&Association> =
            associations.iter().filter(|one| one.vpc_id == vpc_id && one.region == place.1).collect();
        let made = match (of_vpc.is_empty(), ground.coverage.gap(TABLE, &place.0, &place.1)) {
            (true, Some(why)) => Made::Unknown(why),
            (true, None) => Made::No("look-ups of the VPC are not logged".to_owned()),
            (false, _) => made(&of_vpc),
        };
        let lost = format!("names behind addresses in {vpc_id}: shadow AI is told by address alone");
        let about = About {
            account: &place.0,
            region: &place.1,
            plane: plane::PUBLIC_AI,
            telemetry: telemetry::NAMES,
            subject: &vpc_id,
        };
        let cluster = clusters.iter().find(|cluster| cluster.vpc_id == vpc_id);
        match (&made, cluster) {
            // The cluster's own server asks for all of its pods.
            (Made::Yes(what), Some(cluster)) => {
                let name = cluster.arn.rsplit('/').next().unwrap_or_default();
                let part = format!("{what}, but of pods of cluster {name} CoreDNS alone is seen to ask");
                let lost =
                    "for which pod a name was looked up: where names share an address, it is told by address alone";
                spots.weigh(about, &Made::Part(part), span, lost, "");
            }
            _ => {
                spots.weigh(about, &made, span, &lost, "resolver-logs");
            }
        }
    }
    Ok(())
}

fn made(associations: &[&Association]) -> Made {
    let Some(active) = associations.iter().find(|one| one.status == "ACTIVE") else {
        let status = associations.first().map_or("", |one| &one.status);
        return Made::No(format!("the association with a query log is {status}"));
    };
    // A configuration that another account shares is not listed here: where it delivers is that account's to say.
    match active.destination.as_str() {
        destination if destination.is_empty() || destination.contains(":s3:::") => {
            Made::Yes("look-ups of the VPC are logged".to_owned())
        }
        destination => Made::No(format!("look-ups are logged to {destination}, which is not read: deliver them to S3")),
    }
}
