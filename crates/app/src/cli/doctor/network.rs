//! Whether the endpoints answer that a scan asks most. An answer is any status: what AWS thinks of the credentials is another matter.

use super::line::Line;
use super::{obstacle, proxy};
use crate::world;
use futures::future::join_all;
use jiff::Timestamp;
use sightline_aws::{Answered, Aws, Unreached, Way};
use std::net::IpAddr;
use std::time::Duration;

pub(super) const CHECK: &str = "network";

/// The services without which a scan says little about AI.
const SERVICES: &[&str] = &["sts", "iam", "ec2", "s3", "cloudtrail", "bedrock", "bedrock-runtime", "sagemaker", "eks"];

/// An endpoint that was asked.
#[derive(Debug)]
pub(super) struct Asked {
    pub way: Way,
    /// what it is asked for
    pub services: Vec<Service>,
    pub answered: Result<Answered, Unreached>,
    /// when the answer was there
    pub at: Timestamp,
    /// what its name stands for; only of AWS's own endpoints, where no proxy looks it up
    pub name: Name,
}

/// A service in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Service {
    pub key: &'static str,
    pub region: String,
}

/// What a host's name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Name {
    /// not looked up
    Unasked,
    /// addresses of the network that this machine is in: an interface endpoint
    Private,
    /// addresses of the internet
    Public,
    /// not known, or not in time
    Unknown,
}

/// Asks all endpoints at once.
pub(super) async fn ask(aws: &Aws, regions: &[String], limit: Duration) -> Vec<Asked> {
    let ask = |(way, services): (Way, Vec<Service>)| async move {
        // The time is taken at once: what it is compared with is in the answer.
        let reach = async { (aws.reach(&way, limit).await, world::now()) };
        let ((answered, at), name) = tokio::join!(reach, name(&way, limit));
        Asked { way, services, answered, at, name }
    };
    join_all(ways(aws, regions).into_iter().map(ask)).await
}

/// Each endpoint once, however many services and regions it answers for.
fn ways(aws: &Aws, regions: &[String]) -> Vec<(Way, Vec<Service>)> {
    let mut ways: Vec<(Way, Vec<Service>)> = Vec::new();
    for region in regions {
        for service in SERVICES {
            let Ok(way) = aws.way(region, service) else { continue };
            if !way.is_configured && !is_offered(service, region) {
                continue;
            }
            let service = Service { key: service, region: region.clone() };
            match ways.iter_mut().find(|(known, _)| *known == way) {
                Some((_, services)) => services.push(service),
                None => ways.push((way, vec![service])),
            }
        }
    }
    ways
}

/// `bedrock in cn-north-1, eks in us-moon-1`.
fn places<'s>(services: impl Iterator<Item = &'s Service>) -> String {
    services.map(|Service { key, region }| format!("{key} in {region}")).collect::<Vec<_>>().join(", ")
}

/// `sts, iam`, or `eu-west-1: sts, iam; eu-west-2: sts` where there are several regions.
pub(super) fn listed<'s>(services: impl Iterator<Item = &'s Service>) -> String {
    let mut regions: Vec<(&str, Vec<&str>)> = Vec::new();
    for Service { key, region } in services {
        match regions.iter_mut().find(|(known, _)| known == region) {
            Some((_, keys)) => keys.push(key),
            None => regions.push((region, vec![key])),
        }
    }
    match regions.as_slice() {
        [(_, keys)] => keys.join(", "),
        many => {
            many.iter().map(|(region, keys)| format!("{region}: {}", keys.join(", "))).collect::<Vec<_>>().join("; ")
        }
    }
}

fn is_offered(service: &str, region: &str) -> bool {
    sightline_aws::offered(service, region) != Some(false)
}

async fn name(way: &Way, limit: Duration) -> Name {
    let host = proxy::host(&way.url).filter(|_| !way.is_configured && way.proxy.is_none());
    let Some(host) = host else { return Name::Unasked };
    match tokio::time::timeout(limit, tokio::net::lookup_host((host, 443))).await {
        Ok(Ok(found)) => of_addresses(found.map(|address| address.ip())),
        Ok(Err(_)) | Err(_) => Name::Unknown,
    }
}

fn of_addresses(addresses: impl Iterator<Item = IpAddr>) -> Name {
    let addresses: Vec<IpAddr> = addresses.collect();
    match addresses.iter().all(|address| is_private(*address)) {
        _ if addresses.is_empty() => Name::Unknown,
        true => Name::Private,
        false => Name::Public,
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        // 100.64.0.0/10 is what VPCs take beside the private ranges.
        IpAddr::V4(four) => four.is_private() || matches!(four.octets(), [100, 64..=127, ..]),
        IpAddr::V6(six) => six.is_unique_local(),
    }
}

/// What the answers say.
pub(super) fn lines(asked: &[Asked], regions: &[String]) -> Vec<Line> {
    let mut lines = Vec::new();
    let place = regions.join(", ");
    lines.extend(answering(asked, &place));
    lines.extend(asked.iter().filter_map(odd));
    lines.extend(obstacle::lines(asked));
    let missing = regions.iter().flat_map(|region| {
        let absent = SERVICES.iter().filter(|service| !is_offered(service, region));
        absent.map(|key| Service { key, region: region.clone() })
    });
    let missing: Vec<Service> = missing.collect();
    if !missing.is_empty() && asked.iter().any(|asked| !asked.way.is_configured) {
        let told = format!("not asked, for AWS does not offer it there: {}", places(missing.iter()));
        lines.push(Line::ok(CHECK, told));
    }
    lines
}

fn answering(asked: &[Asked], place: &str) -> Vec<Line> {
    let fine = |asked: &&Asked| asked.answered.as_ref().is_ok_and(|answered| oddity(answered.status).is_none());
    let (configured, public): (Vec<&Asked>, Vec<&Asked>) =
        asked.iter().filter(fine).partition(|asked| asked.way.is_configured);
    let services = |asked: &[&Asked]| listed(asked.iter().flat_map(|asked| &asked.services));
    let mut lines = Vec::new();
    if !public.is_empty() {
        lines.push(Line::ok(CHECK, format!("AWS answers in {place}: {}", services(&public))));
    }
    let private: Vec<&Asked> = public.into_iter().filter(|asked| asked.name == Name::Private).collect();
    if !private.is_empty() {
        lines.push(Line::ok(CHECK, format!("by interface endpoints of this network: {}", services(&private))));
    }
    lines.extend(
        configured
            .into_iter()
            .map(|asked| Line::ok(CHECK, format!("{} answers: {}", asked.way.url, services(&[asked])))),
    );
    lines
}

/// What an answer says that is of a proxy or of a service that fails.
fn oddity(status: u16) -> Option<&'static str> {
    match status {
        407 => Some("the proxy asks for a name and a password: put them into its URL"),
        502..=504 => Some("a gateway on the way, or the service itself, fails: try again, or look at the proxy"),
        _ => None,
    }
}

fn odd(asked: &Asked) -> Option<Line> {
    let status = asked.answered.as_ref().ok()?.status;
    let fix = oddity(status)?;
    let told = format!("{} answers with HTTP {status}{}", asked.way.url, through(asked));
    Some(if status == 407 { Line::wrong(CHECK, told, fix) } else { Line::cannot_tell(CHECK, told, fix) })
}

pub(super) fn through(asked: &Asked) -> String {
    asked.way.proxy.as_ref().map(|proxy| format!(", asked through the proxy {proxy}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::line::Status;
    use super::*;
    use sightline_aws::Obstacle;

    fn asked(service: &'static str, answered: Result<u16, Obstacle>) -> Asked {
        let url = format!("https://{service}.eu-west-1.amazonaws.com");
        Asked {
            way: Way { url, is_configured: false, proxy: None },
            services: vec![Service { key: service, region: "eu-west-1".to_owned() }],
            answered: answered
                .map(|status| Answered { status, date: None })
                .map_err(|obstacle| Unreached { obstacle, message: "m".to_owned() }),
            at: Timestamp::UNIX_EPOCH,
            name: Name::Public,
        }
    }

    fn told(asked: &[Asked]) -> Vec<(Status, String)> {
        lines(asked, &["eu-west-1".to_owned()]).into_iter().map(|line| (line.status, line.told)).collect()
    }

    #[test]
    fn a_refusal_is_an_answer_and_obstacles_are_told_once() {
        let all = [
            asked("sts", Ok(403)),
            asked("s3", Ok(307)),
            asked("iam", Err(Obstacle::Refused)),
            asked("ec2", Err(Obstacle::Time)),
            asked("eks", Err(Obstacle::Time)),
        ];
        let told = told(&all);
        assert_eq!(told[0], (Status::Ok, "AWS answers in eu-west-1: sts, s3".to_owned()));
        assert_eq!(told.len(), 3);
        assert!(told[1].1.starts_with("nothing listens there: https://iam."), "{told:?}");
        assert!(told[2].1.contains("2 endpoints such as https://ec2.eu-west-1.amazonaws.com (ec2, eks)"), "{told:?}");
        assert!(told[1..].iter().all(|(status, _)| *status == Status::Wrong));
    }

    #[test]
    fn gateways_and_proxies_are_no_answers() {
        let told = told(&[asked("sts", Ok(407)), asked("iam", Ok(503))]);
        assert_eq!(told.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [Status::Wrong, Status::CannotTell]);
    }

    #[test]
    fn services_are_listed_by_region() {
        let services: Vec<Service> = [("sts", "a"), ("iam", "a"), ("sts", "b")]
            .map(|(key, region)| Service { key, region: region.to_owned() })
            .to_vec();
        assert_eq!(listed(services.iter()), "a: sts, iam; b: sts");
        assert_eq!(listed(services.iter().take(2)), "sts, iam");
    }

    #[test]
    fn private_addresses() {
        let of = |texts: &[&str]| of_addresses(texts.iter().map(|text| text.parse().unwrap()));
        assert_eq!(of(&["10.0.0.7", "10.0.1.7"]), Name::Private);
        assert_eq!(of(&["100.64.3.7"]), Name::Private);
        assert_eq!(of(&["10.0.0.7", "52.94.1.1"]), Name::Public);
        assert_eq!(of(&[]), Name::Unknown);
    }
}
