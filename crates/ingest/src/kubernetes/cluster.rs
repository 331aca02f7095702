//! Which cluster an event is of. EKS writes audit events to the log group `/aws/eks/<cluster>/cluster`, and no event names its cluster: what
//! tells is the log group, where the way to here has kept it, or else the folders that somebody gave an export.

use super::event::Event;
use crate::ObjectRef;
use crate::envelope::Message;
use crate::object::segments;

/// How the names of the audit log's streams begin. The same group has streams of the scheduler, the authenticator and others.
pub(crate) const STREAM: &str = "kube-apiserver-audit";

/// The words before a region's number.
const SIDES: [&str; 9] =
    ["north", "east", "south", "west", "northeast", "northwest", "southeast", "southwest", "central"];

/// Where events of an object come from, as far as is known by now.
#[derive(Debug, Default)]
pub(crate) struct Origin {
    cluster_name: String,
    account_id: String,
    region: String,
    stream: String,
}

impl Origin {
    /// What the object's key and address tell.
    pub(crate) fn of_object(object: &ObjectRef<'_>) -> Self {
        let (group_account, group_region) = of_group(object.uri).unwrap_or_default();
        let segments: Vec<&str> = object.segments().collect();
        let group = group(&segments);
        let named = |names: &[&str]| {
            let values = segments.iter().filter_map(|segment| segment.split_once('='));
            values.filter(|(name, _)| names.contains(name)).map(|(_, value)| value).next()
        };
        let below = segments.iter().skip_while(|segment| **segment != "AWSLogs").find(|segment| is_account(segment));
        let accounts = [Some(group_account), below.copied(), named(&["account", "account_id", "aws-account-id"])];
        let values = segments.iter().map(|segment| segment.split_once('=').map_or(*segment, |(_, value)| value));
        let owned = |text: Option<&str>| text.unwrap_or_default().to_owned();
        Self {
            cluster_name: owned(group.map(|(cluster, _)| cluster).or_else(|| named(&["cluster", "cluster_name"]))),
            account_id: owned(accounts.into_iter().flatten().find(|account| is_account(account))),
            region: owned(std::iter::once(group_region).chain(values).find(|region| is_region(region))),
            stream: owned(group.map(|(_, stream)| stream)),
        }
    }

    /// Whether the message is of the audit log, as far as is told.
    pub(crate) fn is_audit(&self, message: &Message<'_>) -> bool {
        let by_message = message.log_group.starts_with("/aws/eks/") || !self.cluster_name.is_empty();
        let stream = if message.log_stream.is_empty() { &self.stream } else { &*message.log_stream };
        !by_message || stream.is_empty() || stream.starts_with(STREAM)
    }

    /// Learns from a node's event: nodes are of the cluster's account, while a user may be of any, and EKS's own callers are of AWS's.
    pub(crate) fn learn(&mut self, event: &Event<'_>) {
        let Some(node) = event.user.name.strip_prefix("system:node:") else { return };
        if self.account_id.is_empty() {
            let arns = [&event.user.extra.arn, &event.user.extra.canonical_arn];
            let mut accounts = arns.into_iter().filter_map(|arn| arn.text().split(':').nth(4));
            accounts.find(|account| is_account(account)).unwrap_or_default().clone_into(&mut self.account_id);
        }
        if self.region.is_empty() {
            region_of_node(node).unwrap_or_default().clone_into(&mut self.region);
        }
    }

    /// The cluster's name; empty where nothing tells it.
    pub(crate) fn cluster_name<'s>(&'s self, message: &'s Message<'_>) -> &'s str {
        let of_group = message.log_group.strip_prefix("/aws/eks/").and_then(|rest| rest.strip_suffix("/cluster"));
        of_group.unwrap_or(&self.cluster_name)
    }

    /// The cluster's account, likewise.
    pub(crate) fn account_id<'s>(&'s self, message: &'s Message<'_>) -> &'s str {
        if is_account(&message.owner) { &message.owner } else { &self.account_id }
    }

    /// The cluster's region, likewise.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }
}

/// Account and region of a log group: `logs://<account>/<region>/<group>/…`.
fn of_group(uri: &str) -> Option<(&str, &str)> {
    let (account, rest) = uri.strip_prefix("logs://")?.split_once('/')?;
    Some((account, rest.split('/').next()?))
}

/// Cluster and stream where the key holds the log group's name.
fn group<'s>(segments: &[&'s str]) -> Option<(&'s str, &'s str)> {
    segments.windows(5).find_map(|window| match window {
        ["aws", "eks", cluster, "cluster", stream] => Some((*cluster, *stream)),
        _ => None,
    })
}

/// Whether the key holds the name of a cluster's log group and an audit stream's, or is that of what was read from such a group: there, the
/// stream in the key is that of the first event.
pub(crate) fn is_of_cluster(key: &str) -> bool {
    segments(key).any(|segment| segment.starts_with(STREAM)) || key.starts_with("logs/aws/eks/")
}

/// The region in a node's private name: `ip-10-0-0-1.<region>.compute.internal`, and `ip-10-0-0-1.ec2.internal` in the first of all regions.
fn region_of_node(node: &str) -> Option<&str> {
    let (_, domain) = node.split_once('.')?;
    if domain == "ec2.internal" {
        return Some("us-east-1");
    }
    domain.strip_suffix(".compute.internal").filter(|region| is_region(region))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether it is spelled like a region: `eu-west-1`, `us-gov-east-1`.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let area = |area: &str| (2..=4).contains(&area.len()) && area.bytes().all(|byte| byte.is_ascii_lowercase());
    match parts.as_slice() {
        [first, side, number] | [first, _, side, number] => {
            area(first) && SIDES.contains(side) && number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(key: &str) -> [String; 3] {
        let Origin { cluster_name, account_id, region, .. } = Origin::of_object(&ObjectRef { uri: "u", key });
        [cluster_name, account_id, region]
    }

    #[test]
    fn what_keys_tell() {
        for (key, told) in [
            ("x/aws/eks/prod/cluster/kube-apiserver-audit-1/000000.gz", ["prod", "", ""]),
            ("AWSLogs/o-1/123456789012/eks/us-gov-east-1/x.gz", ["", "123456789012", "us-gov-east-1"]),
            ("cluster=dev/account=123456789012/region=eu-west-1/x.gz", ["dev", "123456789012", "eu-west-1"]),
            ("2026/11/22/03/delivery-stream-1-2026-11-22-03-04-05-a0b1.gz", ["", "", ""]),
            ("my-log-1/task-for-2/x", ["", "", ""]),
        ] {
            assert_eq!(of(key), told, "{key}");
        }
    }

    #[test]
    fn what_log_groups_tell() {
        let key = "logs/aws/eks/prod/cluster/authenticator-1/2026-11-22T03:00:00Z..2026-11-22T03:15:00Z";
        let uri = "logs://123456789012/eu-west-1//aws/eks/prod/cluster/2026-11-22T03:00:00Z..2026-11-22T03:15:00Z";
        let origin = Origin::of_object(&ObjectRef { uri, key });
        assert_eq!((&*origin.account_id, &*origin.region), ("123456789012", "eu-west-1"));
        let message = |stream: &'static str| Message { log_stream: stream.into(), ..Message::default() };
        assert_eq!(origin.cluster_name(&message("")), "prod");
        assert!(origin.is_audit(&message("kube-apiserver-audit-1")));
        assert!(!origin.is_audit(&message("kube-scheduler-1")));
    }

    #[test]
    fn regions_of_nodes() {
        assert_eq!(region_of_node("ip-10-0-0-1.eu-west-1.compute.internal"), Some("eu-west-1"));
        assert_eq!(region_of_node("i-0a.ap-southeast-2.compute.internal"), Some("ap-southeast-2"));
        assert_eq!(region_of_node("ip-10-0-0-1.ec2.internal"), Some("us-east-1"));
        assert_eq!(region_of_node("ip-10-0-0-1.example.com"), None);
    }
}
