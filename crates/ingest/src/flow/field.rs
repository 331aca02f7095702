//! The names of flow-log fields, versions 2 to 11 and transit gateways.

/// A field that becomes part of a row. All others are known by name alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Version,
    AccountId,
    InterfaceId,
    SrcAddr,
    DstAddr,
    SrcPort,
    DstPort,
    Protocol,
    Packets,
    Bytes,
    Start,
    End,
    Action,
    LogStatus,
    VpcId,
    SubnetId,
    InstanceId,
    TcpFlags,
    PktSrcAddr,
    PktDstAddr,
    Region,
    PktSrcAwsService,
    PktDstAwsService,
    FlowDirection,
    TrafficPath,
    NextHopInterfaceType,
}

impl Field {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::NextHopInterfaceType as usize + 1;
}

use Field::*;

/// The default format, version 2, in its order.
pub(crate) const DEFAULT: [Field; 14] = [
    Version,
    AccountId,
    InterfaceId,
    SrcAddr,
    DstAddr,
    SrcPort,
    DstPort,
    Protocol,
    Packets,
    Bytes,
    Start,
    End,
    Action,
    LogStatus,
];

const READ: &[(&str, Field)] = &[
    ("version", Version),
    ("account-id", AccountId),
    ("interface-id", InterfaceId),
    ("srcaddr", SrcAddr),
    ("dstaddr", DstAddr),
    ("srcport", SrcPort),
    ("dstport", DstPort),
    ("protocol", Protocol),
    ("packets", Packets),
    ("bytes", Bytes),
    ("start", Start),
    ("end", End),
    ("action", Action),
    ("log-status", LogStatus),
    ("vpc-id", VpcId),
    ("subnet-id", SubnetId),
    ("instance-id", InstanceId),
    ("tcp-flags", TcpFlags),
    ("pkt-srcaddr", PktSrcAddr),
    ("pkt-dstaddr", PktDstAddr),
    ("region", Region),
    ("pkt-src-aws-service", PktSrcAwsService),
    ("pkt-dst-aws-service", PktDstAwsService),
    ("flow-direction", FlowDirection),
    ("traffic-path", TrafficPath),
    ("next-hop-interface-type", NextHopInterfaceType),
];

const PASSED_OVER: &[&str] = &[
    "type",
    "az-id",
    "sublocation-type",
    "sublocation-id",
    "reject-reason",
    "resource-id",
    "encryption-status",
    "ecs-cluster-arn",
    "ecs-cluster-name",
    "ecs-container-instance-arn",
    "ecs-container-instance-id",
    "ecs-container-id",
    "ecs-second-container-id",
    "ecs-service-name",
    "ecs-task-definition-arn",
    "ecs-task-arn",
    "ecs-task-id",
    "instance-tag",
    "instance-tag-2",
    "interface-tag",
    "interface-tag-2",
    "asg-tag",
    "asg-tag-2",
    "interface-type",
    "next-hop-interface-id",
    "next-hop-subnet-id",
    "next-hop-az-id",
    "next-hop-vpc-id",
    "resource-type",
    "tgw-id",
    "tgw-attachment-id",
    "tgw-pair-attachment-id",
    "tgw-src-vpc-account-id",
    "tgw-dst-vpc-account-id",
    "tgw-src-vpc-id",
    "tgw-dst-vpc-id",
    "tgw-src-subnet-id",
    "tgw-dst-subnet-id",
    "tgw-src-eni",
    "tgw-dst-eni",
    "tgw-src-az-id",
    "tgw-dst-az-id",
    "packets-lost-no-route",
    "packets-lost-blackhole",
    "packets-lost-mtu-exceeded",
    "packets-lost-ttl-expired",
];

/// What a header's name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// a field of a row
    Read(Field),
    /// a field that AWS documents and no row has
    PassedOver,
    /// no field that is known today
    Unknown,
}

/// Looks a header's name up; hyphens (text) and underscores (Athena, Parquet) are one.
pub(crate) fn named(name: &str) -> Named {
    let name = name.to_ascii_lowercase().replace('_', "-");
    if let Some((_, field)) = READ.iter().find(|(known, _)| *known == name) {
        Named::Read(*field)
    } else if PASSED_OVER.contains(&name.as_str()) {
        Named::PassedOver
    } else {
        Named::Unknown
    }
}
