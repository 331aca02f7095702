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
const WITH_PORTS: [u8; 5] = [6, 17, 33, 132, 136];
const TCP: u8 = 6;
const SYN: u8 = 2;
const SYN_ACK: u8 = 18;
/// The last port that only privileged programs may serve.
const LAST_SYSTEM_PORT: u16 = 1023;
/// The first port that Linux gives to clients.
const FIRST_CLIENT_PORT: u16 = 32768;

/// Ports above 1023 that services are known to listen on: databases, caches, queues, web servers, Kubernetes, model servers. Sorted.
const SERVICES: [u16; 47] = [
    1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3000, 3128, 3306, 3389, 4317, 4318, 4443, 5000, 5432, 5439, 5601,
    5671, 5672, 5900, 6333, 6379, 6443, 7077, 7687, 8000, 8001, 8080, 8081, 8086, 8182, 8265, 8443, 8501, 8888, 9000,
    9042, 9090, 9092, 9200, 9443, 10250, 11211, 11434, 27017,
];

/// The same, a bit a port: each record asks.
static SERVED: [u64; 1024] = {
    let mut bits = [0; 1024];
    let mut place = 0;
    while place < SERVICES.len() {
        #[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
        let port = SERVICES[place] as usize;
        #[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
        {
            bits[port / 64] |= 1 << (port % 64);
        }
        place += 1;
    }
    bits
};

/// [`WITH_PORTS`], a bit a protocol.
static PORTED: [u64; 4] = {
    let mut bits = [0; 4];
    let mut place = 0;
    while place < WITH_PORTS.len() {
        #[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
        let protocol = WITH_PORTS[place] as usize;
        #[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
        {
            bits[protocol / 64] |= 1 << (protocol % 64);
        }
        place += 1;
    }
    bits
};

/// Whether the source of the record is the client. Without a branch: no processor can guess what comes next.
#[inline]
pub(crate) fn source_is_client(protocol: u8, source_port: u16, destination_port: u16, tcp_flags: u8) -> bool {
    let opens = protocol == TCP && tcp_flags & SYN != 0;
    let answers = tcp_flags & SYN_ACK == SYN_ACK;
    let by_ports = rank(destination_port) <= rank(source_port);
    !has_ports(protocol) | (opens & !answers) | (!opens & by_ports)
}

/// Whether records of this protocol have ports.
#[inline]
pub(crate) fn has_ports(protocol: u8) -> bool {
    PORTED.get(usize::from(protocol / 64)).is_some_and(|bits| bits >> (protocol % 64) & 1 == 1)
}

/// How likely a port is to be served: the lower, the likelier. The class stands above the port.
#[inline]
fn rank(port: u16) -> u32 {
    let served = SERVED.get(usize::from(port / 64)).map_or(0, |bits| (bits >> (port % 64)) as u32 & 1);
    let is_not_system = u32::from(port > LAST_SYSTEM_PORT);
    let is_of_clients = u32::from(port >= FIRST_CLIENT_PORT);
    let class = is_not_system * 2 + is_of_clients - served + u32::from(port == 0) * 4;
    class << 16 | u32::from(port)
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
        fn directions_agree(a: u16, b: u16) {
            prop_assume!(a != b);
            prop_assert_ne!(source_is_client(17, a, b, 0), source_is_client(17, b, a, 0));
            prop_assert!(source_is_client(TCP, a, b, 2) && !source_is_client(TCP, b, a, 18));
        }
    }
}
