//! The fields of VPC flow logs: which we ask for, and what it costs to be without one.
//!
//! Source: <https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html>.

/// A field of the log's format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    /// What is not known without it; `None` where nothing of the map rests on it.
    pub(crate) loss: Option<&'static str>,
}

const fn needed(name: &'static str, loss: &'static str) -> Field {
    Field { name, loss: Some(loss) }
}

const fn useful(name: &'static str) -> Field {
    Field { name, loss: None }
}

/// Versions 2 to 8, in AWS's order.
pub(crate) const FIELDS: &[Field] = &[
    useful("version"),
    needed("account-id", "whose interface it is, in logs of several accounts"),
    needed("interface-id", "which workload it is: nothing can be joined"),
    needed("srcaddr", "who talks to whom"),
    needed("dstaddr", "who talks to whom"),
    needed("srcport", "which end serves"),
    needed("dstport", "which end serves"),
    needed("protocol", "TCP from everything else"),
    needed("packets", "how much is sent"),
    needed("bytes", "how much is sent"),
    needed("start", "when: pods and addresses are reused, and cannot be told apart"),
    needed("end", "when: pods and addresses are reused, and cannot be told apart"),
    needed("action", "accepted from rejected traffic"),
    needed("log-status", "gaps: skipped records look like silence"),
    needed("vpc-id", "which VPC it is, in logs of several"),
    needed("subnet-id", "which subnet, and so which route the traffic takes"),
    needed("instance-id", "which instance it is, once the interface is gone"),
    needed("tcp-flags", "which end opened the connection: guessed from ports instead"),
    useful("type"),
    needed("pkt-srcaddr", "pods from their node, and what is behind NAT"),
    needed("pkt-dstaddr", "the real far end of traffic through NAT or an endpoint"),
    needed("region", "the region, where the key does not tell"),
    useful("az-id"),
    useful("sublocation-type"),
    useful("sublocation-id"),
    useful("pkt-src-aws-service"),
    needed("pkt-dst-aws-service", "traffic to AWS's services from traffic to the internet"),
    needed("flow-direction", "who sends: guessed from ports instead"),
    needed("traffic-path", "whether traffic leaves by NAT, internet gateway or an endpoint"),
    useful("ecs-cluster-arn"),
    useful("ecs-cluster-name"),
    useful("ecs-container-instance-arn"),
    useful("ecs-container-instance-id"),
    useful("ecs-container-id"),
    useful("ecs-second-container-id"),
    useful("ecs-service-name"),
    useful("ecs-task-definition-arn"),
    useful("ecs-task-arn"),
    useful("ecs-task-id"),
    useful("reject-reason"),
];

/// The format as AWS takes it: `${version} ${account-id} …`.
pub(crate) fn log_format() -> String {
    FIELDS.iter().map(|field| format!("${{{}}}", field.name)).collect::<Vec<_>>().join(" ")
}

/// Needed fields that a format lacks: the name, and what is not known without it.
pub(crate) fn lacking(format: &str) -> Vec<(&'static str, &'static str)> {
    let has: Vec<&str> = format.split_whitespace().map(|field| field.trim_matches(['$', '{', '}'])).collect();
    FIELDS.iter().filter(|f| !has.contains(&f.name)).filter_map(|f| f.loss.map(|loss| (f.name, loss))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_format_lacks_nothing_and_the_default_one_much() {
        assert_eq!(lacking(&log_format()), []);
        let default = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} \
                       ${bytes} ${start} ${end} ${action} ${log-status}";
        let names: Vec<&str> = lacking(default).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names.join(" "),
            "vpc-id subnet-id instance-id tcp-flags pkt-srcaddr pkt-dstaddr region pkt-dst-aws-service flow-direction traffic-path"
        );
    }
}
