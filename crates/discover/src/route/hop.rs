//! What a way passes, and where it ends.

use std::fmt;

/// Something that a way passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// what it is
    pub kind: HopKind,
    /// its id, such as `nat-…`
    pub id: String,
    /// the row that proves it; empty where the id stands in another row alone
    pub arn: String,
}

/// Kinds of what a way passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is the AWS thing of its name")]
pub enum HopKind {
    Subnet,
    RouteTable,
    FirewallEndpoint,
    GatewayLoadBalancerEndpoint,
    NatGateway,
    PrivateNatGateway,
    InternetGateway,
    EgressOnlyInternetGateway,
    CarrierGateway,
    GatewayEndpoint,
    InterfaceEndpoint,
    TransitGateway,
    /// a firewall that is attached to a transit gateway
    TransitGatewayFirewall,
    Peering,
    VpnGateway,
    LocalGateway,
    /// an interface that forwards what is not for it: an instance that routes
    Router,
}

impl HopKind {
    /// Whether it looks into what passes.
    pub fn inspects(self) -> bool {
        matches!(self, Self::FirewallEndpoint | Self::GatewayLoadBalancerEndpoint | Self::TransitGatewayFirewall)
    }
}

impl fmt::Display for HopKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subnet => "subnet",
            Self::RouteTable => "route table",
            Self::FirewallEndpoint => "firewall endpoint",
            Self::GatewayLoadBalancerEndpoint => "gateway load balancer endpoint",
            Self::NatGateway => "NAT gateway",
            Self::PrivateNatGateway => "private NAT gateway",
            Self::InternetGateway => "internet gateway",
            Self::EgressOnlyInternetGateway => "egress-only internet gateway",
            Self::CarrierGateway => "carrier gateway",
            Self::GatewayEndpoint => "gateway endpoint",
            Self::InterfaceEndpoint => "interface endpoint",
            Self::TransitGateway => "transit gateway",
            Self::TransitGatewayFirewall => "firewall of the transit gateway",
            Self::Peering => "peering connection",
            Self::VpnGateway => "virtual private gateway",
            Self::LocalGateway => "local gateway",
            Self::Router => "router",
        })
    }
}

/// Where a way ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// at an interface endpoint, a gateway endpoint, or another address inside the networks
    Private,
    /// in the internet
    Internet,
    /// in a network of AWS, which no route table of the account leads through
    OfAws,
    /// outside of AWS, over VPN, Direct Connect or an Outpost
    OnPremises,
    /// nothing arrives: why
    Nowhere(String),
    /// nobody can tell: why
    Unknown(String),
}

/// One way from a workload to a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// in order
    pub hops: Vec<Hop>,
    /// where it ends
    pub end: End,
    pub(crate) legs: Vec<Leg>,
}

/// A part of a way in which addresses stay the same, so that answers are routed by them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leg {
    /// the subnet whose addresses are the source
    pub(crate) from: String,
    /// the place in the hops where it begins
    pub(crate) first: usize,
    /// the place after its last
    pub(crate) after: usize,
    pub(crate) turn: Turn,
}

/// Where answers begin their way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn {
    /// by the route table of this subnet
    Subnet(String),
    /// by the route table of this id
    Table(String),
    /// by the route table of this gateway, where it has one
    Gateway(String),
    /// they are out of sight
    Away,
}

impl Way {
    /// `subnet-1 → nat-1 → igw-1`: without the tables, which only decide.
    pub fn shown(&self) -> String {
        let passed = self.hops.iter().filter(|hop| hop.kind != HopKind::RouteTable);
        passed.map(|hop| hop.id.as_str()).collect::<Vec<_>>().join(" → ")
    }

    /// Whether something passes to the end.
    pub fn arrives(&self) -> bool {
        !matches!(self.end, End::Nowhere(_) | End::Unknown(_))
    }

    /// Whether it passes something of this id.
    pub fn passes(&self, id: &str) -> bool {
        self.hops.iter().any(|hop| hop.id == id)
    }
}
