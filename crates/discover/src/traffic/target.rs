//! What a connection is of: which class, and what it goes to.

use sightline_model::edge::TrafficClass;

use super::End;
use super::ends::{Ends, word};
use super::flow::Flow;
use super::name::{Named, Names};
use super::owner::{Endpoint, Owner, Owners};
use super::public_ai::PublicAi;
use super::service::{self, Plane};

/// Names that a link lists where an address had several.
const MOST_NAMES: usize = 3;

/// What a connection goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) class: TrafficClass,
    /// the end that stands for it
    pub(crate) end: u32,
    /// the host name; empty where nothing tells
    pub(crate) service: String,
    /// a plane of inference of AWS; empty for all else
    pub(crate) plane: &'static str,
    /// its region, where the name has one
    pub(crate) region: String,
    /// the interface endpoint of ours that it went through
    pub(crate) endpoint: String,
}

/// Why a connection is none of the map's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LeftOut {
    /// a service of AWS that does not infer
    Aws,
    /// the other half of somebody's, at something between
    Half,
    /// between two ends that nothing names
    Nameless,
}

/// What names targets.
#[derive(Debug)]
pub(crate) struct Lists<'a> {
    pub(crate) names: &'a Names,
    pub(crate) public_ai: &'a PublicAi,
}

/// What the connection goes to.
pub(crate) fn of(
    flow: &Flow<'_>,
    from: Owner,
    to: Owner,
    named: Option<&Named>,
    owners: &mut Owners,
    lists: &Lists<'_>,
) -> Result<Target, LeftOut> {
    if owners.is_between(to.end) {
        return Err(LeftOut::Half);
    }
    if let Some(endpoint) = owners.endpoint(to.end).cloned() {
        return of_endpoint(&endpoint, to.end, named, &mut owners.ends, lists);
    }
    let is_ours = ours(&owners.ends, to.end);
    if let Some(named) = named
        && let Some(target) = of_name(named, is_ours, owners, lists)
    {
        return target;
    }
    if owners.is_between(from.end) {
        return Err(LeftOut::Half);
    }
    // A workload is told by its address; its names would part one connection into several.
    let host = named.filter(|_| !is_ours).map(|named| listed(named, lists.names)).unwrap_or_default();
    let target = |class, end| Target {
        class,
        end,
        service: host.clone(),
        plane: "",
        region: String::new(),
        endpoint: String::new(),
    };
    let from_ours = ours(&owners.ends, from.end);
    if !from_ours {
        return if is_ours { Ok(target(TrafficClass::UserToApplication, to.end)) } else { Err(LeftOut::Nameless) };
    }
    if owners.ends.kind(to.end) == word::INTERNET {
        // Without a name, `AMAZON` may be a model; these are none.
        if host.is_empty() && !["", "AMAZON", "EC2", "CLOUDFRONT", "GLOBALACCELERATOR"].contains(&flow.aws_service) {
            return Err(LeftOut::Aws);
        }
        let end = if host.is_empty() { to.end } else { host_end(word::INTERNET, &host, &host, &mut owners.ends) };
        return Ok(target(TrafficClass::ApplicationToInternet, end));
    }
    let is_nameless = |end: u32| [word::ADDRESS, word::ON_PREMISES].contains(&owners.ends.kind(end));
    if is_nameless(from.end) && is_nameless(to.end) {
        return Err(LeftOut::Nameless);
    }
    match owners.models.on_port(to.serves, flow.port) {
        Some(model) => {
            let title = model.title.clone();
            let end = served(to.end, &title, &mut owners.ends);
            Ok(target(TrafficClass::ApplicationToModel, end))
        }
        None => Ok(target(TrafficClass::ApplicationToApplication, to.end)),
    }
}

/// Whether the end is in a network of ours.
pub(crate) fn ours(ends: &Ends, end: u32) -> bool {
    ![word::INTERNET, word::ON_PREMISES].contains(&ends.kind(end))
}

fn of_endpoint(
    endpoint: &Endpoint,
    end: u32,
    named: Option<&Named>,
    ends: &mut Ends,
    lists: &Lists<'_>,
) -> Result<Target, LeftOut> {
    let Some(plane) = service::plane_of_endpoint(&endpoint.service_name) else {
        // Somebody's own service has no name of AWS.
        let is_aws = !endpoint.service_name.contains(".vpce.");
        return if is_aws {
            Err(LeftOut::Aws)
        } else {
            let service = endpoint.service_name.clone();
            let (class, region, endpoint) =
                (TrafficClass::ApplicationToApplication, String::new(), endpoint.id.clone());
            Ok(Target { class, end, service, plane: "", region, endpoint })
        };
    };
    // The interface tells the service without a name; a name only tells under which it was called.
    let asked = named.into_iter().flat_map(|named| &named.names).map(|name| lists.names.texts.text(*name));
    let host = asked.filter(|host| service::plane_of_host(host) == Some(plane)).min();
    let host = host.map_or_else(|| service::host_of(plane), str::to_owned);
    Ok(Target { endpoint: endpoint.id.clone(), ..of_plane(&host, plane, ends) })
}

/// The target that a name alone tells: a model, or what is of no interest. Of several names that of a model counts: who may
/// have called one shows as such, as inferred.
fn of_name(named: &Named, is_ours: bool, owners: &mut Owners, lists: &Lists<'_>) -> Option<Result<Target, LeftOut>> {
    let mut hosts: Vec<&str> = named.names.iter().map(|name| lists.names.texts.text(*name)).collect();
    hosts.sort_unstable();
    for host in &hosts {
        if let Some(plane) = service::plane_of_host(host) {
            return Some(Ok(of_plane(host, plane, &mut owners.ends)));
        }
    }
    for host in &hosts {
        if let Some(title) = lists.public_ai.service(host) {
            let end = host_end(word::PUBLIC_AI, host, title, &mut owners.ends);
            let class = TrafficClass::ApplicationToModel;
            let service = (*host).to_owned();
            return Some(Ok(Target { class, end, service, plane: "", region: String::new(), endpoint: String::new() }));
        }
    }
    (!is_ours && hosts.iter().all(|host| service::is_aws(host))).then_some(Err(LeftOut::Aws))
}

fn of_plane(host: &str, plane: Plane<'_>, ends: &mut Ends) -> Target {
    Target {
        class: TrafficClass::ApplicationToModel,
        end: ends.number(End {
            arn: host.to_owned(),
            kind: word::SERVICE.to_owned(),
            title: host.to_owned(),
            region: plane.region.to_owned(),
            ..End::default()
        }),
        service: host.to_owned(),
        plane: plane.word,
        region: plane.region.to_owned(),
        endpoint: String::new(),
    }
}

fn host_end(kind: &str, host: &str, title: &str, ends: &mut Ends) -> u32 {
    ends.number(End { arn: host.to_owned(), kind: kind.to_owned(), title: title.to_owned(), ..End::default() })
}

/// The model that a workload serves: the same ARN, another kind.
fn served(workload: u32, title: &str, ends: &mut Ends) -> u32 {
    let of = ends.end(workload).cloned().unwrap_or_default();
    // Ends are told apart by their ARN; this one is found by a text that no ARN is.
    let key = format!("{}\0{}", word::SELF_HOSTED, of.arn);
    ends.known(&key).unwrap_or_else(|| {
        let title = if title.is_empty() { of.title.clone() } else { title.to_owned() };
        ends.number_by(key, End { kind: word::SELF_HOSTED.to_owned(), title, ..of })
    })
}

/// The names of an address as one text.
pub(crate) fn listed(named: &Named, names: &Names) -> String {
    let mut hosts: Vec<&str> = named.names.iter().map(|name| names.texts.text(*name)).collect();
    hosts.sort_unstable();
    let more = hosts.len().saturating_sub(MOST_NAMES);
    hosts.truncate(MOST_NAMES);
    let rest = if more > 0 { format!(" or {more} others") } else { String::new() };
    format!("{}{rest}", hosts.join(" or "))
}
