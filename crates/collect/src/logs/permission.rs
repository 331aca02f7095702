//! What the reader of a place must be allowed to do there: nothing more, and nothing less.
//!
//! Objects and queues that are encrypted with a KMS key need `kms:Decrypt` on that key too; which it is, the place does not tell.

use super::address::{Address, GroupAddress, QueueAddress};
use sightline_model::partition;

/// A permission that a place needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// the IAM action
    pub action: &'static str,
    /// the ARN that it is needed on, with `*` for what the address does not say
    pub resource: String,
    /// what it is for
    pub why: &'static str,
}

impl Address {
    /// The permissions that reading this place needs; none for local places. A queue tells of objects in buckets that its address does not name:
    /// narrow that resource to the buckets that send to it.
    pub fn permissions(&self) -> Vec<Needed> {
        match self {
            Self::Folder(_) | Self::Stdin => vec![],
            Self::S3 { bucket, prefix } => s3(bucket, prefix),
            Self::Queue(queue) => of_queue(queue),
            Self::Group(group) => of_group(group),
        }
    }
}

fn s3(bucket: &str, prefix: &str) -> Vec<Needed> {
    let (place, objects) = if bucket.starts_with("arn:") {
        (bucket.to_owned(), format!("{bucket}/object/{prefix}*"))
    } else {
        (format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/{prefix}*"))
    };
    let mut needed = vec![
        Needed { action: "s3:ListBucket", resource: place.clone(), why: "which log objects there are" },
        Needed { action: "s3:GetObject", resource: objects, why: "the log objects themselves" },
    ];
    if !bucket.starts_with("arn:") {
        let why = "the bucket's region; without it S3 is asked twice for each object of another region";
        needed.push(Needed { action: "s3:GetBucketLocation", resource: place, why });
    }
    needed
}

fn of_queue(queue: &QueueAddress) -> Vec<Needed> {
    let region = queue.region.as_deref();
    let partition = region.map_or("aws", partition::of_region);
    let named = (!queue.name.is_empty()).then_some(queue.name.as_str());
    // `https://sqs.<region>.amazonaws.com/<account>/<name>`
    let mut parts = queue.url.as_deref().unwrap_or_default().rsplit('/').filter(|part| !part.is_empty());
    let name = named.or_else(|| parts.next()).unwrap_or("*");
    let account = queue.account.as_deref().or_else(|| parts.next()).unwrap_or("*");
    let resource = format!("arn:{partition}:sqs:{}:{account}:{name}", region.unwrap_or("*"));
    let mut needed = vec![
        ("sqs:ReceiveMessage", "the messages that tell of new objects"),
        ("sqs:ChangeMessageVisibility", "messages are kept from other readers until their objects are read"),
        ("sqs:DeleteMessage", "messages whose objects are read are removed: the one change that is made"),
    ];
    if queue.url.is_none() {
        needed.push(("sqs:GetQueueUrl", "the queue's URL by its name"));
    }
    let needed = needed.into_iter().map(|(action, why)| Needed { action, resource: resource.clone(), why });
    let objects = Needed {
        action: "s3:GetObject",
        resource: format!("arn:{partition}:s3:::*"),
        why: "the objects that it tells of",
    };
    needed.chain([objects]).collect()
}

fn of_group(group: &GroupAddress) -> Vec<Needed> {
    let region = group.region.as_deref();
    let partition = region.map_or("aws", partition::of_region);
    let (region, account) = (region.unwrap_or("*"), group.account.as_deref().unwrap_or("*"));
    let resource = |name: &str| format!("arn:{partition}:logs:{region}:{account}:log-group:{name}:*");
    vec![
        Needed { action: "logs:FilterLogEvents", resource: resource(&group.name), why: "the events" },
        Needed {
            action: "logs:DescribeLogGroups",
            resource: resource("*"),
            why: "how old the group is; without it all of time is searched",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needed(address: &str) -> Vec<String> {
        let address: Address = address.parse().unwrap();
        address.permissions().into_iter().map(|needed| format!("{} {}", needed.action, needed.resource)).collect()
    }

    #[test]
    fn each_on_what_it_is_needed_for() {
        assert_eq!(
            needed("s3://logs/AWSLogs/"),
            [
                "s3:ListBucket arn:aws:s3:::logs",
                "s3:GetObject arn:aws:s3:::logs/AWSLogs/*",
                "s3:GetBucketLocation arn:aws:s3:::logs"
            ]
        );
        let point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/logs";
        assert_eq!(
            needed(&format!("s3://{point}/a/")),
            [format!("s3:ListBucket {point}"), format!("s3:GetObject {point}/object/a/*")]
        );
        let queue = "arn:aws:sqs:eu-west-1:123456789012:q";
        let of_queue = ["ReceiveMessage", "ChangeMessageVisibility", "DeleteMessage"];
        let mut expected: Vec<String> = of_queue.map(|action| format!("sqs:{action} {queue}")).into();
        expected.push("s3:GetObject arn:aws:s3:::*".to_owned());
        assert_eq!(needed("https://sqs.eu-west-1.amazonaws.com/123456789012/q"), expected);
        assert!(needed("sqs://q").contains(&"sqs:GetQueueUrl arn:aws:sqs:*:*:q".to_owned()));
        let group = "logs:FilterLogEvents arn:aws-cn:logs:cn-north-1:*:log-group:/aws/eks/a/cluster:*";
        assert_eq!(needed("logs:///aws/eks/a/cluster?region=cn-north-1")[0], group);
        assert_eq!(needed("-"), Vec::<String>::new());
    }
}
