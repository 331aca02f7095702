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
    EcsTaskArn,
    RejectReason,
    ResourceId,
    NextHopInterfaceType,
    NextHopInterfaceId,
    TgwId,
    TgwAttachmentId,
    TgwPairAttachmentId,
    TgwSrcVpcAccountId,
    TgwDstVpcAccountId,
    TgwSrcVpcId,
    TgwDstVpcId,
    TgwSrcSubnetId,
    TgwDstSubnetId,
    PacketsLostNoRoute,
    PacketsLostBlackhole,
    PacketsLostMtuExceeded,
    PacketsLostTtlExpired,
}

/// How a field is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// an address, a number or a time: parsed in each record
    Value,
    /// a text of which a log has few that differ
    Text,
}

impl Field {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::PacketsLostTtlExpired as usize + 1;

    /// How it is read.
    pub(crate) fn part(self) -> Part {
        match self {
            SrcAddr | DstAddr | SrcPort | DstPort | Protocol | Packets | Bytes | Start | End | TcpFlags
            | PktSrcAddr | PktDstAddr => Part::Value,
            _ => Part::Text,
        }
    }

    /// Whether a value of it is never a field's name, so that a line with it is no header.
    pub(crate) fn is_strict(self) -> bool {
        self.part() == Part::Value || matches!(self, Action | LogStatus)
    }
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
    ("ecs-task-arn", EcsTaskArn),
    ("reject-reason", RejectReason),
    ("resource-id", ResourceId),
    ("next-hop-interface-type", NextHopInterfaceType),
    ("next-hop-interface-id", NextHopInterfaceId),
    ("tgw-id", TgwId),
    ("tgw-attachment-id", TgwAttachmentId),
    ("tgw-pair-attachment-id", TgwPairAttachmentId),
    ("tgw-src-vpc-account-id", TgwSrcVpcAccountId),
    ("tgw-dst-vpc-account-id", TgwDstVpcAccountId),
    ("tgw-src-vpc-id", TgwSrcVpcId),
    ("tgw-dst-vpc-id", TgwDstVpcId),
    ("tgw-src-subnet-id", TgwSrcSubnetId),
    ("tgw-dst-subnet-id", TgwDstSubnetId),
    ("packets-lost-no-route", PacketsLostNoRoute),
    ("packets-lost-blackhole", PacketsLostBlackhole),
    ("packets-lost-mtu-exceeded", PacketsLostMtuExceeded),
    ("packets-lost-ttl-expired", PacketsLostTtlExpired),
];

/// Fields that no row has.
const PASSED_OVER: &[&str] = &[
    "type",
    "az-id",
    "sublocation-type",
    "sublocation-id",
    "encryption-status",
    "ecs-cluster-arn",
    "ecs-cluster-name",
    "ecs-container-instance-arn",
    "ecs-container-instance-id",
    "ecs-container-id",
    "ecs-second-container-id",
    "ecs-service-name",
    "ecs-task-definition-arn",
    "ecs-task-id",
    "instance-tag",
    "instance-tag-2",
    "interface-tag",
    "interface-tag-2",
    "asg-tag",
    "asg-tag-2",
    "interface-type",
    "next-hop-subnet-id",
    "next-hop-az-id",
    "next-hop-vpc-id",
    "resource-type",
    "tgw-src-eni",
    "tgw-dst-eni",
    "tgw-src-az-id",
    "tgw-dst-az-id",
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

impl Named {
    /// The field, where rows have it.
    pub(crate) fn field(self) -> Option<Field> {
        if let Self::Read(field) = self { Some(field) } else { None }
    }
}

/// Looks a header's name up; hyphens (text) and underscores (Athena, Parquet) are one.
pub(crate) fn named(name: &str) -> Named {
    let name = name.to_ascii_lowercase().replace('_', "-");
    let read = READ.iter().find(|(known, _)| *known == name).map(|(_, field)| Named::Read(*field));
    let passed_over = || PASSED_OVER.contains(&name.as_str()).then_some(Named::PassedOver);
    read.or_else(passed_over).unwrap_or(Named::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_one_name() {
        let read: Vec<usize> = READ.iter().map(|(_, field)| *field as usize).collect();
        assert_eq!(read, (0..Field::COUNT).collect::<Vec<_>>());
        assert_eq!(named("pkt_dst_AWS_service"), Named::Read(PktDstAwsService));
        assert_eq!(named("az_id"), Named::PassedOver);
        assert_eq!(named("colour"), Named::Unknown);
    }
}
