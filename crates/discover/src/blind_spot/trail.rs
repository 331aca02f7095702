//! CloudTrail: calls of models are management events that only read, or data events of a type of resource that a trail must ask for.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use sightline_model::Sight;

use super::recorded::{Taken, Wanted, taken};
use super::row::{About, Spots, Told, plane, telemetry};
use super::verdict::Made;
use super::{Ground, idle};
use crate::DiscoverError;
use crate::query::query;

const TABLE: &str = "aws_cloudtrail_trail";
const FIX: &str = "cloudtrail";

/// Whose events tell who calls models of Bedrock, and who was given the keys.
const SOURCES: [&str; 3] = ["bedrock.amazonaws.com", "sts.amazonaws.com", "eks-auth.amazonaws.com"];

/// The data events of a plane: type of resource, and the calls that nobody sees without it.
struct Data {
    plane: &'static str,
    what: &'static str,
    types: &'static [(&'static str, &'static str)],
}

const DATA: &[Data] = &[
    Data {
        plane: plane::RUNTIME,
        what: "streams in both directions and asynchronous calls",
        types: &[
            ("AWS::Bedrock::Model", "InvokeModelWithBidirectionalStream"),
            ("AWS::Bedrock::AsyncInvoke", "StartAsyncInvoke"),
        ],
    },
    Data {
        plane: plane::AGENTS,
        what: "calls of agents, flows and knowledge bases",
        types: &[
            ("AWS::Bedrock::AgentAlias", "InvokeAgent"),
            ("AWS::Bedrock::InlineAgent", "InvokeInlineAgent"),
            ("AWS::Bedrock::FlowAlias", "InvokeFlow"),
            ("AWS::Bedrock::KnowledgeBase", "Retrieve, RetrieveAndGenerate"),
        ],
    },
    Data {
        plane: plane::MANTLE,
        what: "inference through Mantle",
        types: &[("AWS::BedrockMantle::Project", "CreateInference")],
    },
    Data {
        plane: plane::AGENT_CORE,
        what: "calls of AgentCore's runtimes",
        types: &[("AWS::BedrockAgentCore::Runtime", "InvokeAgentRuntime")],
    },
    Data {
        plane: plane::SAGEMAKER,
        what: "calls of SageMaker endpoints",
        types: &[("AWS::SageMaker::Endpoint", "InvokeEndpoint")],
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Trail {
    account_id: String,
    title: String,
    is_logging: bool,
    is_multi_region: bool,
    home_region: String,
    is_organization: bool,
    classic: Vec<Value>,
    advanced: Vec<Value>,
    /// its selectors were not read
    is_undetailed: bool,
    since: Option<Timestamp>,
    delivery_error: String,
}

/// An event data store of CloudTrail Lake, which nothing here reads.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Store {
    account_id: String,
    region: String,
    title: String,
    advanced: Vec<Value>,
    is_multi_region: bool,
    is_organization: bool,
}

/// The trails and stores that may record a region.
struct Region<'t> {
    trails: Vec<&'t Trail>,
    stores: Vec<&'t Store>,
    /// why there may be others
    unknown: Option<String>,
}

pub(super) async fn tell(ground: &Ground<'_>, spots: &mut Spots) -> Result<(), DiscoverError> {
    let trails: Vec<Trail> = query!("blind_spot/trail").rows(ground.session).await?;
    let stores: Vec<Store> = query!("blind_spot/store").rows(ground.session).await?;
    for (place, known) in ground.places.all() {
        let (account, region) = place;
        // An organization's trail records its members; which accounts these are is told where the organization is.
        let of_trail = |trail: &&Trail| {
            (trail.account_id == *account || trail.is_organization)
                && (trail.is_multi_region || trail.home_region == *region)
        };
        let of_store = |store: &&Store| {
            (store.account_id == *account || store.is_organization)
                && (store.is_multi_region || store.region == *region)
        };
        let here = Region {
            trails: trails.iter().filter(of_trail).collect(),
            stores: stores.iter().filter(of_store).collect(),
            unknown: ground.coverage.why_anywhere(TABLE, account).map(|why| format!("{TABLE} {why}")),
        };
        if known.is_used {
            management(ground, spots, place, &here);
            DATA.iter().for_each(|data| of_plane(ground, spots, place, &here, data));
            early(ground, spots, place, &here);
        } else {
            let made = here.made(&[Wanted::ManagementRead(SOURCES[0])]);
            idle::tell(spots, place, known, &made, ground.seen.trail(place));
        }
    }
    Ok(())
}

fn about<'p>((account, region): &'p (String, String), plane: &'static str, telemetry: &'static str) -> About<'p> {
    About { account, region, plane, telemetry, subject: "" }
}

fn management(ground: &Ground<'_>, spots: &mut Spots, place: &(String, String), here: &Region<'_>) {
    let made = here.made(&SOURCES.map(Wanted::ManagementRead));
    let lost = "who calls models of Bedrock with InvokeModel and Converse, which are management events that only read";
    spots.weigh(about(place, plane::RUNTIME, telemetry::MANAGEMENT), &made, ground.seen.trail(place), lost, FIX);
}

fn of_plane(ground: &Ground<'_>, spots: &mut Spots, place: &(String, String), here: &Region<'_>, data: &Data) {
    let about = about(place, data.plane, telemetry::DATA);
    let one = |(kind, calls): &(&'static str, &'static str)| (here.made(&[Wanted::Data(kind)]), *calls);
    let made: Vec<(Made, &str)> = data.types.iter().map(one).collect();
    let lacking: Vec<&str> =
        made.iter().filter(|(made, _)| !matches!(made, Made::Yes(_))).map(|(_, calls)| *calls).collect();
    let all = || made.iter().map(|(_, calls)| *calls).collect::<Vec<_>>();
    let lost = format!("{}: {}", data.what, if lacking.is_empty() { all() } else { lacking.clone() }.join(", "));
    // One that is recorded and one that is not are a part of the plane; else they are alike.
    let whole = match (
        lacking.len() == made.len(),
        made.iter().map(|(made, _)| made).find(|made| !matches!(made, Made::Yes(_))),
    ) {
        (false, Some(Made::No(why) | Made::Part(why))) => Made::Part(why.clone()),
        (_, Some(other)) => other.clone(),
        (_, None) => made.into_iter().next().map_or_else(|| Made::No(String::new()), |(made, _)| made),
    };
    let seen = match &whole {
        // The trail tells of what it takes, be it silent; of what it does not take, its events alone would.
        Made::Yes(_) | Made::Part(_) => ground.seen.trail(place),
        // Other calls of this plane are management events.
        _ if data.plane == plane::RUNTIME => None,
        Made::No(_) | Made::Unknown(_) => ground.seen.planes.get(&(place.clone(), data.plane)).copied(),
    };
    spots.weigh(about, &whole, seen, &lost, FIX);
}

/// Events that were written before the first that was read.
fn early(ground: &Ground<'_>, spots: &mut Spots, place: &(String, String), here: &Region<'_>) {
    let Some(span) = ground.seen.trail(place) else { return };
    let since = here.trails.iter().filter(|trail| trail.is_logging).filter_map(|trail| trail.since).min();
    let Some(since) = since.filter(|since| *since < span.first) else { return };
    let since = ground.window.from.map_or(since, |from| from.max(since));
    if span.first.duration_since(since) < jiff::SignedDuration::from_hours(1) {
        return;
    }
    let told = Told {
        span: Some(span),
        blind_from: Some(since),
        blind_until: Some(span.first),
        lost: "calls before the first event that was read".to_owned(),
        reason: format!("a trail records since {since}; what it wrote before {} was not read", span.first),
        fix: super::row::INGEST.to_owned(),
    };
    spots.add(about(place, plane::RUNTIME, telemetry::MANAGEMENT), Sight::Partial, told);
}

impl Region<'_> {
    /// Whether trails record all of these events.
    fn made(&self, wanted: &[Wanted]) -> Made {
        let logging = || self.trails.iter().filter(|trail| trail.is_logging);
        let worst = wanted.iter().filter_map(|wanted| {
            let best = logging()
                .map(|trail| (taken(&trail.classic, &trail.advanced, *wanted), *trail))
                .max_by(|a, b| a.0.cmp(&b.0));
            match best {
                Some((Taken::All, _)) => None,
                other => Some((*wanted, other)),
            }
        });
        let name = |trail: &Trail| format!("trail {}", trail.title);
        let Some((wanted, best)) = worst.min_by_key(|(_, best)| best.as_ref().map(|(taken, _)| taken.clone())) else {
            let Some(trail) = logging().next() else { return Made::No("no trail is logging".to_owned()) };
            return match trail.delivery_error.as_str() {
                "" => Made::Yes(format!("{} records them", name(trail))),
                error => Made::Part(format!("{} records them, and its last delivery failed: {error}", name(trail))),
            };
        };
        let lake = self.stores.iter().find(|store| taken(&[], &store.advanced, wanted) != Taken::Nothing);
        let lake = lake.map_or_else(String::new, |store| {
            format!("; event data store {} takes them, which is not read: deliver them to S3", store.title)
        });
        let what = words(wanted);
        if let Some((Taken::Part(part), trail)) = best {
            return Made::Part(format!("{} records {part} of {what}{lake}", name(trail)));
        }
        if let Some(trail) = logging().find(|trail| trail.is_undetailed) {
            return Made::Unknown(format!(
                "what {} records was not read (cloudtrail:GetEventSelectors){lake}",
                name(trail)
            ));
        }
        if let Some(why) = &self.unknown {
            return Made::Unknown(format!("{why}{lake}"));
        }
        match (best, self.trails.first()) {
            (Some((_, trail)), _) => Made::No(format!("{} does not record {what}{lake}", name(trail))),
            (None, Some(trail)) => Made::No(format!("{} is not logging{lake}", name(trail))),
            (None, None) => Made::No(format!("no trail records this region{lake}")),
        }
    }
}

fn words(wanted: Wanted) -> String {
    match wanted {
        Wanted::ManagementRead(source) => format!("management events of {source} that only read"),
        Wanted::Data(kind) => format!("data events of {kind}"),
    }
}
