//! What the records of one row agree in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::interner::Interner;

/// Milliseconds of an hour.
pub(crate) const HOUR: i64 = 3_600_000;

/// Texts of a row that belong to its interface: as they were read, or as their numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Context<T> {
    pub(crate) account_id: T,
    pub(crate) region: T,
    pub(crate) vpc_id: T,
    pub(crate) subnet_id: T,
    pub(crate) interface_id: T,
    pub(crate) instance_id: T,
    pub(crate) ecs_task_arn: T,
    pub(crate) resource_id: T,
}

/// Texts of a row that belong to its kind of traffic.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Class<T> {
    pub(crate) action: T,
    pub(crate) direction: T,
    pub(crate) server_aws_service: T,
    pub(crate) traffic_path: u8,
    pub(crate) next_hop_type: T,
    pub(crate) next_hop_id: T,
    pub(crate) reject_reason: T,
}

impl<T: Copy> Context<T> {
    /// The same with other texts.
    pub(crate) fn map<U>(self, mut other: impl FnMut(T) -> U) -> Context<U> {
        Context {
            account_id: other(self.account_id),
            region: other(self.region),
            vpc_id: other(self.vpc_id),
            subnet_id: other(self.subnet_id),
            interface_id: other(self.interface_id),
            instance_id: other(self.instance_id),
            ecs_task_arn: other(self.ecs_task_arn),
            resource_id: other(self.resource_id),
        }
    }
}

impl<T: Copy> Class<T> {
    /// The same with other texts.
    pub(crate) fn map<U>(self, mut other: impl FnMut(T) -> U) -> Class<U> {
        Class {
            action: other(self.action),
            direction: other(self.direction),
            server_aws_service: other(self.server_aws_service),
            traffic_path: self.traffic_path,
            next_hop_type: other(self.next_hop_type),
            next_hop_id: other(self.next_hop_id),
            reject_reason: other(self.reject_reason),
        }
    }
}

/// An address in four bytes: that of IPv4 itself, or the number of one of IPv6.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct End {
    bits: u32,
    kind: u8,
}

impl End {
    /// No address.
    pub(crate) const NONE: Self = Self { bits: 0, kind: 0 };
    const V4: u8 = 1;
    const V6: u8 = 2;

    /// The end of an IPv4 address.
    #[inline]
    pub(crate) fn v4(bits: u32) -> Self {
        Self { bits, kind: Self::V4 }
    }

    /// The end of any address.
    pub(crate) fn of(address: IpAddr, others: &mut Interner<Ipv6Addr>) -> Self {
        match address {
            IpAddr::V4(address) => Self::v4(address.into()),
            IpAddr::V6(address) => Self { bits: others.number(address), kind: Self::V6 },
        }
    }

    /// The address; `None` where there is none.
    pub(crate) fn address(self, others: &Interner<Ipv6Addr>) -> Option<IpAddr> {
        match self.kind {
            Self::V4 => Some(IpAddr::V4(Ipv4Addr::from(self.bits))),
            Self::V6 => others.get(self.bits).copied().map(IpAddr::V6),
            _ => None,
        }
    }
}

/// Both ends of a row, the client's first: as addresses of the log, and as the packets' own where these differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) client: End,
    pub(crate) server: End,
    pub(crate) pkt_client: End,
    pub(crate) pkt_server: End,
}

impl Ends {
    /// The same, seen from the other side where so told. Without a branch: no processor can guess which side comes next.
    #[inline]
    pub(crate) fn turned(self, turn: bool) -> Self {
        let swap = |one: End, other: End| {
            let (bits, kind) = (one.bits ^ other.bits, one.kind ^ other.kind);
            let (bits, kind) = (bits & u32::from(turn).wrapping_neg(), kind & u8::from(turn).wrapping_neg());
            (
                End { bits: one.bits ^ bits, kind: one.kind ^ kind },
                End { bits: other.bits ^ bits, kind: other.kind ^ kind },
            )
        };
        let (client, server) = swap(self.client, self.server);
        let (pkt_client, pkt_server) = swap(self.pkt_client, self.pkt_server);
        Self { client, server, pkt_client, pkt_server }
    }

    /// The same with other ends.
    pub(crate) fn map(self, mut other: impl FnMut(End) -> End) -> Self {
        Self {
            client: other(self.client),
            server: other(self.server),
            pkt_client: other(self.pkt_client),
            pkt_server: other(self.pkt_server),
        }
    }
}

/// What the records of one row agree in, in half of a cache line: all that is text is a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key([u64; 4]);

/// The parts of a [`Key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) ends: Ends,
    pub(crate) context: u32,
    pub(crate) class: u32,
    /// hours since 1970
    pub(crate) hour: u32,
    pub(crate) server_port: u16,
    pub(crate) protocol: u8,
    pub(crate) from_client: bool,
}

impl Key {
    /// The words, for the hash.
    #[inline]
    pub(crate) fn words(&self) -> [u64; 4] {
        self.0
    }

    /// Hours since 1970.
    pub(crate) fn hour(&self) -> i64 {
        i64::from(self.parts().hour)
    }

    /// Puts the parts together.
    ///
    /// INVARIANT: classes are fewer than 2³¹, so that there is room for a bit more.
    #[inline]
    pub(crate) fn new(parts: &Parts) -> Self {
        let Parts { ends, context, class, hour, server_port, protocol, from_client } = *parts;
        let pair = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
        let kinds = ends.client.kind | ends.server.kind << 2 | ends.pkt_client.kind << 4 | ends.pkt_server.kind << 6;
        let small = u32::from(server_port) << 16 | u32::from(protocol) << 8 | u32::from(kinds);
        Self([
            pair(ends.client.bits, ends.server.bits),
            pair(ends.pkt_client.bits, ends.pkt_server.bits),
            pair(context, class << 1 | u32::from(from_client)),
            pair(hour, small),
        ])
    }

    /// Takes the parts apart.
    pub(crate) fn parts(&self) -> Parts {
        let [ends, packet_ends, texts, rest] = self.0;
        let kind = |place: u32| rest as u8 >> (2 * place) & 3;
        Parts {
            ends: Ends {
                client: End { bits: (ends >> 32) as u32, kind: kind(0) },
                server: End { bits: ends as u32, kind: kind(1) },
                pkt_client: End { bits: (packet_ends >> 32) as u32, kind: kind(2) },
                pkt_server: End { bits: packet_ends as u32, kind: kind(3) },
            },
            context: (texts >> 32) as u32,
            class: texts as u32 >> 1,
            hour: (rest >> 32) as u32,
            server_port: (rest >> 16) as u16,
            protocol: (rest >> 8) as u8,
            from_client: texts & 1 == 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn end() -> impl Strategy<Value = End> {
        (any::<u32>(), 0u8..3).prop_map(|(bits, kind)| End { bits, kind })
    }

    proptest! {
        #[test]
        fn parts_are_kept(
            (client, server, pkt_client, pkt_server) in (end(), end(), end(), end()),
            (context, class, hour) in (any::<u32>(), 0..1u32 << 31, any::<u32>()),
            (server_port, protocol, from_client) in any::<(u16, u8, bool)>(),
        ) {
            let ends = Ends { client, server, pkt_client, pkt_server };
            let parts = Parts { ends, context, class, hour, server_port, protocol, from_client };
            prop_assert_eq!(Key::new(&parts).parts(), parts);
        }
    }
}
