//! Which end of a flow record is the client: a record has a source and a destination, and half of the records are answers.
//!
//! The rule, in this order:
//! 1. A protocol without ports (all but TCP, UDP, DCCP, SCTP and UDP-Lite): the source counts as the client.
//! 2. TCP flags, where the format has them (version 3): a source that sent SYN and ACK (18) answers, so it is the server; a source
//!    that sent SYN without ACK opens, so it is the client. Flags are OR-ed over the aggregation interval and a bare ACK counts 0,
//!    so that the later intervals of a long connection show neither: rule 3 decides them.
//! 3. Ports: the end whose port ranks lower serves: system ports (1–1023), then ports that well-known services listen on, then
//!    other ports below 32768, then the ports that clients are given (Linux 32768–60999, IANA 49152–65535), then port 0
//!    (a fragment). Of two ports of one rank the smaller serves.
//! 4. Equal ports: the source counts as the client.
//!
//! The client's port is then forgotten: it is what folds thousands of connections into one row. Rule 3 errs where a server listens on a
//! client port and the client's is smaller; `tcp-flags` in the flow log's format is the cure.

/// Protocols with ports at the usual place: TCP, UDP, DCCP, SCTP, UDP-Lite.
const WITH_PORTS: [i64; 5] = [6, 17, 33, 132, 136];
const TCP: i64 = 6;
const SYN: i64 = 2;
const SYN_ACK: i64 = 18;
/// The first port that Linux gives to clients.
const FIRST_CLIENT_PORT: i64 = 32768;

/// Ports above 1023 that services are known to listen on: databases, caches, queues, web servers, Kubernetes, model servers. Sorted.
const SERVICES: [i64; 47] = [
    1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3000, 3128, 3306, 3389, 4317, 4318, 4443, 5000, 5432, 5439, 5601,
    5671, 5672, 5900, 6333, 6379, 6443, 7077, 7687, 8000, 8001, 8080, 8081, 8086, 8182, 8265, 8443, 8501, 8888, 9000,
    9042, 9090, 9092, 9200, 9443, 10250, 11211, 11434, 27017,
];

/// Whether the source of the record is the client.
pub(crate) fn source_is_client(protocol: i64, source_port: i64, destination_port: i64, tcp_flags: i64) -> bool {
    if !has_ports(protocol) {
        return true;
    }
    if protocol == TCP && tcp_flags & SYN != 0 {
        return tcp_flags & SYN_ACK != SYN_ACK;
    }
    rank(destination_port) <= rank(source_port)
}

/// Whether records of this protocol have ports.
pub(crate) fn has_ports(protocol: i64) -> bool {
    WITH_PORTS.contains(&protocol)
}

/// How likely a port is to be served: the lower, the likelier.
fn rank(port: i64) -> (u8, i64) {
    let class = match port {
        0 => 4,
        1..=1023 => 0,
        FIRST_CLIENT_PORT.. => 3,
        _ if SERVICES.binary_search(&port).is_ok() => 1,
        _ => 2,
    };
    (class, port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_connections() {
        for (source, destination, flags, expected) in [
            (51000, 443, 0, true),
            (443, 51000, 0, false),
            (443, 51000, 2, true),     // a scan from port 443: it opens
            (40000, 50000, 19, false), // a server on a client port, seen in its answer
            (8080, 443, 0, true),
            (2000, 5432, 0, true), // a NAT gateway gives ports from 1024 on
            (123, 123, 0, true),
            (0, 443, 0, true),
        ] {
            assert_eq!(source_is_client(TCP, source, destination, flags), expected, "{source} {destination} {flags}");
        }
        assert!(source_is_client(1, 0, 0, 0));
    }

    #[test]
    fn services_are_sorted() {
        assert!(SERVICES.is_sorted());
    }

    proptest! {
        /// Both directions of one connection name the same client.
        #[test]
        fn directions_agree(a in 0i64..65536, b in 0i64..65536) {
            prop_assume!(a != b);
            prop_assert_ne!(source_is_client(17, a, b, 0), source_is_client(17, b, a, 0));
            prop_assert!(source_is_client(TCP, a, b, 2) && !source_is_client(TCP, b, a, 18));
        }
    }
}
