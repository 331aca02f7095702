//! Networks with known walks, all in one inventory: what a way passes, where it ends, whether something inspects it.

pub(crate) mod net;

use std::collections::BTreeSet;

use sightline_discover::route::{Access, End, Family, Network, Place, Target};
use sightline_model::edge::Tri;

use crate::world::World;
use net::Net;

const INTERNET: Target = Target::Internet(Family::V4);

fn endpoint(id: &str) -> Target {
    Target::Endpoint(id.to_owned())
}

/// Where the ways from the subnet lead: `yes: subnet → nat → igw: internet`.
fn told(network: &Network, subnet: &str, target: &Target) -> String {
    let end = |end: &End| match end {
        End::Private => "private".to_owned(),
        End::Internet => "internet".to_owned(),
        End::OfAws => "of AWS".to_owned(),
        End::OnPremises => "on premises".to_owned(),
        End::Nowhere(why) => format!("nowhere: {why}"),
        End::Unknown(why) => format!("unknown: {why}"),
    };
    let walk = network.walk(subnet, target);
    let ways: Vec<String> = walk.ways.iter().map(|way| format!("{}: {}", way.shown(), end(&way.end))).collect();
    let place = Place::Subnets { subnets: BTreeSet::from([subnet.to_owned()]), internet_by_aws: false };
    let verdict = network.inspected(&place, target, None);
    let state = match verdict.state {
        Tri::Yes => "yes",
        Tri::No => "no",
        Tri::Unknown => "unknown",
    };
    format!("{state}: {}", ways.join("; "))
}

fn why(network: &Network, subnet: &str, target: &Target) -> (Tri, String) {
    let place = Place::Subnets { subnets: BTreeSet::from([subnet.to_owned()]), internet_by_aws: false };
    let verdict = network.inspected(&place, target, None);
    (verdict.state, verdict.reason)
}

/// Every network of the table, in one inventory.
fn estate() -> Net {
    let mut net = Net::default();
    nat(&mut net);
    endpoints(&mut net);
    inspected(&mut net);
    transit(&mut net);
    others(&mut net);
    net
}

/// VPC `n`: subnets `{n}-a` (private) and `{n}-p` (public), an internet gateway.
fn plain(net: &mut Net, n: &str, block: u8) {
    let vpc = format!("vpc-{n}");
    net.subnet(&vpc, &format!("{n}-a"), &format!("10.{block}.1.0/24"), "a");
    net.subnet(&vpc, &format!("{n}-p"), &format!("10.{block}.9.0/24"), "a");
    let local = format!("10.{block}.0.0/16");
    let igw = format!("igw-{n}");
    let public = format!("{n}-p");
    net.table(&format!("rtb-{n}-p"), &vpc, &[&public], &[(&local, "local"), ("0.0.0.0/0", &igw)]);
}

fn nat(net: &mut Net) {
    plain(net, "nat", 1);
    net.table("rtb-nat", "vpc-nat", &["nat-a"], &[("10.1.0.0/16", "local"), ("0.0.0.0/0", "nat-1")]);
    net.nat("nat-1", "vpc-nat", "nat-p", "public");
    // The main table counts where none is associated; a NAT gateway in another zone.
    plain(net, "main", 2);
    net.subnet("vpc-main", "main-b", "10.2.2.0/24", "b");
    net.table("rtb-main", "vpc-main", &["main"], &[("10.2.0.0/16", "local"), ("0.0.0.0/0", "nat-2")]);
    net.nat("nat-2", "vpc-main", "main-p", "public");
    // The NAT gateway was deleted.
    plain(net, "hole", 3);
    net.table("rtb-hole", "vpc-hole", &["hole-a"], &[("10.3.0.0/16", "local"), ("0.0.0.0/0", "nat-3 blackhole")]);
    // No default route.
    plain(net, "shut", 4);
    net.table("rtb-shut", "vpc-shut", &["shut-a"], &[("10.4.0.0/16", "local")]);
    // Two private NAT gateways that send to each other.
    plain(net, "loop", 5);
    net.table("rtb-loop", "vpc-loop", &["loop-a"], &[("10.5.0.0/16", "local"), ("0.0.0.0/0", "nat-5")]);
    net.nat("nat-5", "vpc-loop", "loop-a", "private");
    // A NAT gateway that spans zones has a table of its own and no subnet.
    plain(net, "wide", 6);
    net.table("rtb-wide", "vpc-wide", &["wide-a"], &[("10.6.0.0/16", "local"), ("0.0.0.0/0", "nat-6")]);
    net.table("rtb-nat-6", "vpc-wide", &[], &[("10.6.0.0/16", "local"), ("0.0.0.0/0", "igw-wide")]);
    net.regional_nat("nat-6", "vpc-wide", "rtb-nat-6");
    // Halves of the internet beat the whole.
    plain(net, "half", 7);
    let halves =
        [("10.7.0.0/16", "local"), ("0.0.0.0/0", "nat-7"), ("0.0.0.0/1", "igw-half"), ("128.0.0.0/1", "igw-half")];
    net.table("rtb-half", "vpc-half", &["half-a"], &halves);
    net.nat("nat-7", "vpc-half", "half-p", "public");
    // IPv6 leaves by a gateway of its own.
    plain(net, "six", 8);
    let six = [("10.8.0.0/16", "local"), ("fd00:8::/56", "local"), ("0.0.0.0/0", "nat-8"), ("::/0", "eigw-8")];
    net.table("rtb-six", "vpc-six", &["six-a"], &six);
    net.nat("nat-8", "vpc-six", "six-p", "public");
}

fn endpoints(net: &mut Net) {
    plain(net, "end", 20);
    net.subnet("vpc-end", "end-e", "10.20.5.0/24", "a");
    net.table("rtb-end", "vpc-end", &["end-a", "end-e"], &[("10.20.0.0/16", "local"), ("pl-s3", "vpce-s3")]);
    net.endpoint("vpce-end", "Interface", "vpc-end", "bedrock-runtime", &["end-e"], true);
    net.endpoint("vpce-s3", "Gateway", "vpc-end", "s3", &[], false);
    net.service_list("pl-s3", &["52.216.0.0/15"]);
    // Its private DNS is off.
    plain(net, "dns", 21);
    net.table(
        "rtb-dns",
        "vpc-dns",
        &["dns-a"],
        &[("10.21.0.0/16", "local"), ("0.0.0.0/0", "nat-21"), ("pl-s3", "vpce-s3b")],
    );
    net.nat("nat-21", "vpc-dns", "dns-p", "public");
    net.endpoint("vpce-dns", "Interface", "vpc-dns", "bedrock-runtime", &["dns-p"], false);
    net.endpoint("vpce-s3b", "Gateway", "vpc-dns", "s3", &[], false);
    // A route to the endpoint's subnet beats the local one, both ways.
    plain(net, "mid", 22);
    net.subnet("vpc-mid", "mid-e", "10.22.5.0/24", "a");
    net.subnet("vpc-mid", "mid-f", "10.22.7.0/24", "a");
    net.table("rtb-mid", "vpc-mid", &["mid-a"], &[("10.22.0.0/16", "local"), ("10.22.5.0/24", "vpce-gw22")]);
    net.table("rtb-mid-f", "vpc-mid", &["mid-f"], &[("10.22.0.0/16", "local")]);
    net.table("rtb-mid-e", "vpc-mid", &["mid-e"], &[("10.22.0.0/16", "local"), ("10.22.1.0/24", "vpce-gw22")]);
    net.endpoint("vpce-gw22", "GatewayLoadBalancer", "vpc-mid", "appliance", &["mid-f"], false);
    net.endpoint("vpce-mid", "Interface", "vpc-mid", "bedrock-runtime", &["mid-e"], true);
}

/// A firewall, or a gateway load balancer, between workload and NAT gateway; answers go by `back`.
fn egress(net: &mut Net, n: &str, block: u8, gate: &str, back: &[&str]) {
    let vpc = format!("vpc-{n}");
    let [private, between, public] = ["a", "f", "p"].map(|part| format!("{n}-{part}"));
    let local = format!("10.{block}.0.0/16");
    let (workload, nat, igw) = (format!("10.{block}.1.0/24"), format!("nat-{block}"), format!("igw-{n}"));
    net.subnet(&vpc, &private, &workload, "a");
    net.subnet(&vpc, &between, &format!("10.{block}.7.0/24"), "a");
    net.subnet(&vpc, &public, &format!("10.{block}.9.0/24"), "a");
    net.table(&format!("rtb-{n}-a"), &vpc, &[&private], &[(&local, "local"), ("0.0.0.0/0", gate)]);
    net.table(&format!("rtb-{n}-f"), &vpc, &[&between], &[(&local, "local"), ("0.0.0.0/0", &nat)]);
    let mut routes = vec![(local.as_str(), "local"), ("0.0.0.0/0", igw.as_str())];
    routes.extend(back.iter().map(|gate| (workload.as_str(), *gate)));
    net.table(&format!("rtb-{n}-p"), &vpc, &[&public], &routes);
    net.nat(&nat, &vpc, &public, "public");
}

fn inspected(net: &mut Net) {
    egress(net, "glb", 30, "vpce-glb", &["vpce-glb"]);
    net.endpoint("vpce-glb", "GatewayLoadBalancer", "vpc-glb", "appliance", &["glb-f"], false);
    egress(net, "nfw", 31, "vpce-nfw", &["vpce-nfw"]);
    net.firewall("egress", "vpc-nfw", &[("nfw-f", "vpce-nfw")]);
    // Answers come back past the firewall.
    egress(net, "half-seen", 32, "vpce-hs", &[]);
    net.firewall("half", "vpc-half-seen", &[("half-seen-f", "vpce-hs")]);
    // Workload in a public subnet: the gateway's own table sends answers to the firewall.
    plain(net, "edge", 33);
    net.subnet("vpc-edge", "edge-f", "10.33.7.0/24", "a");
    net.table("rtb-edge-a", "vpc-edge", &["edge-a"], &[("10.33.0.0/16", "local"), ("0.0.0.0/0", "vpce-edge")]);
    net.table("rtb-edge-f", "vpc-edge", &["edge-f"], &[("10.33.0.0/16", "local"), ("0.0.0.0/0", "igw-edge")]);
    net.table("rtb-edge-g", "vpc-edge", &["igw-edge"], &[("10.33.0.0/16", "local"), ("10.33.1.0/24", "vpce-edge")]);
    net.firewall("edge", "vpc-edge", &[("edge-f", "vpce-edge")]);
    // The same without a table of the gateway.
    plain(net, "bare", 34);
    net.subnet("vpc-bare", "bare-f", "10.34.7.0/24", "a");
    net.table("rtb-bare-a", "vpc-bare", &["bare-a"], &[("10.34.0.0/16", "local"), ("0.0.0.0/0", "vpce-bare")]);
    net.table("rtb-bare-f", "vpc-bare", &["bare-f"], &[("10.34.0.0/16", "local"), ("0.0.0.0/0", "igw-bare")]);
    net.firewall("bare", "vpc-bare", &[("bare-f", "vpce-bare")]);
    // A list of addresses that is more specific than the default route goes past the firewall.
    egress(net, "list", 35, "vpce-list", &["vpce-list"]);
    net.firewall("list", "vpc-list", &[("list-f", "vpce-list")]);
    net.table(
        "rtb-list-a",
        "vpc-list",
        &["list-a"],
        &[("10.35.0.0/16", "local"), ("0.0.0.0/0", "vpce-list"), ("pl-open", "nat-35")],
    );
    net.list("pl-open", &["3.5.0.0/16", "10.99.0.0/16"]);
    // A list that nobody could read.
    plain(net, "dark", 36);
    net.table(
        "rtb-dark",
        "vpc-dark",
        &["dark-a"],
        &[("10.36.0.0/16", "local"), ("0.0.0.0/0", "nat-36"), ("pl-dark", "igw-dark")],
    );
    net.nat("nat-36", "vpc-dark", "dark-p", "public");
    // An instance that forwards.
    plain(net, "box", 37);
    net.table("rtb-box", "vpc-box", &["box-a"], &[("10.37.0.0/16", "local"), ("0.0.0.0/0", "eni-box")]);
    net.router("eni-box", "i-box", "box-p", "vpc-box");
}

/// A VPC without a way of its own out, and one that inspects for it.
fn transit(net: &mut Net) {
    spoke(net, "spoke", 40, "tgw-1");
    hub(net, "hub", 41, "tgw-1", "10.40.0.0/16");
    net.attachment("tgw-attach-spoke", "tgw-1", "vpc", "vpc-spoke", "tgw-rtb-spokes");
    net.attachment("tgw-attach-hub", "tgw-1", "vpc", "vpc-hub", "tgw-rtb-hub");
    net.transit_route("tgw-rtb-spokes", "0.0.0.0/0", "tgw-attach-hub", "static");
    net.transit_route("tgw-rtb-hub", "10.40.0.0/16", "tgw-attach-spoke", "propagated");
    net.entry("tgw-attach-spoke", "spoke-a", "vpc-spoke");
    net.entry("tgw-attach-hub", "hub-t", "vpc-hub");
    // An endpoint of the hub, shared over the gateway.
    net.subnet("vpc-hub", "hub-e", "10.41.5.0/24", "a");
    net.table("rtb-hub-e", "vpc-hub", &["hub-e"], &[("10.41.0.0/16", "local"), ("10.40.0.0/16", "tgw-1")]);
    net.endpoint("vpce-hub", "Interface", "vpc-hub", "bedrock-runtime", &["hub-e"], true);
    net.transit_route("tgw-rtb-spokes", "10.41.0.0/16", "tgw-attach-hub", "propagated");
    // Two spokes of another gateway: one table leads to a VPC of an account that nobody scanned, the other to nothing.
    spoke(net, "far", 43, "tgw-2");
    net.attachment("tgw-attach-far", "tgw-2", "vpc", "vpc-far", "tgw-rtb-far");
    net.attachment("tgw-attach-other", "tgw-2", "vpc", "vpc-other", "tgw-rtb-far");
    net.transit_route("tgw-rtb-far", "0.0.0.0/0", "tgw-attach-other", "static");
    spoke(net, "void", 44, "tgw-3");
    net.attachment("tgw-attach-void", "tgw-3", "vpc", "vpc-void", "tgw-rtb-void");
    net.transit_route("tgw-rtb-void", "0.0.0.0/0", "blackhole", "static");
    // A firewall that is attached to the gateway itself.
    spoke(net, "nat4", 45, "tgw-4");
    plain(net, "out4", 46);
    net.subnet("vpc-out4", "out4-t", "10.46.8.0/24", "a");
    net.table("rtb-out4-t", "vpc-out4", &["out4-t"], &[("10.46.0.0/16", "local"), ("0.0.0.0/0", "nat-46")]);
    net.table(
        "rtb-out4-p",
        "vpc-out4",
        &["out4-p"],
        &[("10.46.0.0/16", "local"), ("0.0.0.0/0", "igw-out4"), ("10.45.0.0/16", "tgw-4")],
    );
    net.nat("nat-46", "vpc-out4", "out4-p", "public");
    net.attachment("tgw-attach-nat4", "tgw-4", "vpc", "vpc-nat4", "tgw-rtb-nat4");
    net.attachment("tgw-attach-fw4", "tgw-4", "network-function", "fw4", "tgw-rtb-fw4");
    net.attachment("tgw-attach-out4", "tgw-4", "vpc", "vpc-out4", "tgw-rtb-nat4");
    net.transit_route("tgw-rtb-nat4", "0.0.0.0/0", "tgw-attach-fw4", "static");
    net.transit_route("tgw-rtb-nat4", "10.45.0.0/16", "tgw-attach-fw4", "static");
    net.transit_route("tgw-rtb-fw4", "0.0.0.0/0", "tgw-attach-out4", "static");
    net.transit_route("tgw-rtb-fw4", "10.45.0.0/16", "tgw-attach-nat4", "static");
    net.transit_firewall("central", "tgw-attach-fw4");
    net.entry("tgw-attach-nat4", "nat4-a", "vpc-nat4");
    net.entry("tgw-attach-out4", "out4-t", "vpc-out4");
    // Over a VPN, and over a peering of gateways.
    spoke(net, "vpn", 47, "tgw-5");
    net.attachment("tgw-attach-vpn-a", "tgw-5", "vpc", "vpc-vpn", "tgw-rtb-vpn");
    net.attachment("tgw-attach-vpn", "tgw-5", "vpn", "vpn-1", "tgw-rtb-vpn");
    net.transit_route("tgw-rtb-vpn", "0.0.0.0/0", "tgw-attach-vpn", "propagated");
    spoke(net, "peer", 48, "tgw-6");
    net.attachment("tgw-attach-peer-a", "tgw-6", "vpc", "vpc-peer", "tgw-rtb-peer");
    net.attachment("tgw-attach-peering", "tgw-6", "peering", "tgw-1", "tgw-rtb-peer");
    net.attachment("tgw-attach-peering", "tgw-1", "peering", "tgw-6", "tgw-rtb-spokes");
    net.transit_route("tgw-rtb-peer", "0.0.0.0/0", "tgw-attach-peering", "static");
}

fn spoke(net: &mut Net, n: &str, block: u8, gateway: &str) {
    let (vpc, local) = (format!("vpc-{n}"), format!("10.{block}.0.0/16"));
    let subnet = format!("{n}-a");
    net.subnet(&vpc, &subnet, &format!("10.{block}.1.0/24"), "a");
    net.table(&format!("rtb-{n}"), &vpc, &[&subnet], &[(&local, "local"), ("0.0.0.0/0", gateway)]);
}

/// Subnets for the gateway, the firewall and the NAT gateway.
fn hub(net: &mut Net, n: &str, block: u8, gateway: &str, spokes: &str) {
    let (vpc, local) = (format!("vpc-{n}"), format!("10.{block}.0.0/16"));
    let [entry, between, public] = ["t", "f", "p"].map(|part| format!("{n}-{part}"));
    let (gate, nat, igw) = (format!("vpce-{n}-f"), format!("nat-{block}"), format!("igw-{n}"));
    net.subnet(&vpc, &entry, &format!("10.{block}.1.0/24"), "a");
    net.subnet(&vpc, &between, &format!("10.{block}.7.0/24"), "a");
    net.subnet(&vpc, &public, &format!("10.{block}.9.0/24"), "a");
    net.table(&format!("rtb-{n}-t"), &vpc, &[&entry], &[(&local, "local"), ("0.0.0.0/0", &gate)]);
    net.table(&format!("rtb-{n}-f"), &vpc, &[&between], &[(&local, "local"), (spokes, gateway), ("0.0.0.0/0", &nat)]);
    net.table(&format!("rtb-{n}-p"), &vpc, &[&public], &[(&local, "local"), (spokes, &gate), ("0.0.0.0/0", &igw)]);
    net.nat(&nat, &vpc, &public, "public");
    net.firewall(n, &vpc, &[(&between, &gate)]);
}

fn others(net: &mut Net) {
    // Peering leads to the other network and no further.
    plain(net, "pa", 60);
    plain(net, "pb", 61);
    net.table(
        "rtb-pa",
        "vpc-pa",
        &["pa-a"],
        &[("10.60.0.0/16", "local"), ("10.61.0.0/16", "pcx-1"), ("0.0.0.0/0", "pcx-1")],
    );
    net.table("rtb-pb", "vpc-pb", &["pb-a"], &[("10.61.0.0/16", "local"), ("10.60.0.0/16", "pcx-1")]);
    net.peering("pcx-1", "vpc-pa", "vpc-pb", "active");
    net.endpoint("vpce-pb", "Interface", "vpc-pb", "bedrock-runtime", &["pb-a"], true);
    // A gateway to the customer's own network.
    plain(net, "vgw", 62);
    net.table("rtb-vgw", "vpc-vgw", &["vgw-a"], &[("10.62.0.0/16", "local"), ("0.0.0.0/0", "vgw-1")]);
    // Something that is not followed, and a route table that is not there.
    plain(net, "core", 63);
    net.table(
        "rtb-core",
        "vpc-core",
        &["core-a"],
        &[("10.63.0.0/16", "local"), ("0.0.0.0/0", "arn:aws:networkmanager::1:core-network/c")],
    );
    net.subnet("vpc-lost", "lost-a", "10.64.1.0/24", "a");
}

#[tokio::test]
async fn walks() {
    let network = Network::read(&estate().world().session()).await.unwrap();
    let cases: &[(&str, Target, &str)] = &[
        ("nat-a", INTERNET, "no: nat-a → nat-1 → nat-p → igw-nat: internet"),
        ("nat-p", INTERNET, "no: nat-p → igw-nat: internet"),
        ("main-a", INTERNET, "no: main-a → nat-2 → main-p → igw-main: internet"),
        ("main-b", INTERNET, "no: main-b → nat-2 → main-p → igw-main: internet"),
        ("hole-a", INTERNET, "unknown: hole-a: nowhere: the route of rtb-hole to the internet leads to nothing"),
        ("shut-a", INTERNET, "unknown: shut-a: nowhere: rtb-shut has no route to the internet"),
        ("loop-a", INTERNET, "unknown: loop-a → nat-5 → loop-a: nowhere: the routes lead in a circle at rtb-loop"),
        ("wide-a", INTERNET, "no: wide-a → nat-6 → igw-wide: internet"),
        (
            "half-a",
            INTERNET,
            "no: half-a → nat-7 → half-p → igw-half: internet; half-a → igw-half: internet; half-a → igw-half: internet",
        ),
        ("half-a", Target::Address("3.3.3.3".parse().unwrap()), "no: half-a → igw-half: internet"),
        ("six-a", Target::Internet(Family::V6), "no: six-a → eigw-8: internet"),
        ("six-a", INTERNET, "no: six-a → nat-8 → six-p → igw-six: internet"),
        ("end-a", endpoint("vpce-end"), "no: end-a → vpce-end: private"),
        ("end-a", INTERNET, "unknown: end-a: nowhere: rtb-end has no route to the internet"),
        ("dns-a", INTERNET, "no: dns-a → nat-21 → dns-p → igw-dns: internet"),
        ("mid-a", endpoint("vpce-mid"), "yes: mid-a → vpce-gw22 → mid-f → vpce-mid: private"),
        ("glb-a", INTERNET, "yes: glb-a → vpce-glb → glb-f → nat-30 → glb-p → igw-glb: internet"),
        ("nfw-a", INTERNET, "yes: nfw-a → vpce-nfw → nfw-f → nat-31 → nfw-p → igw-nfw: internet"),
        (
            "half-seen-a",
            INTERNET,
            "no: half-seen-a → vpce-hs → half-seen-f → nat-32 → half-seen-p → igw-half-seen: internet",
        ),
        ("edge-a", INTERNET, "yes: edge-a → vpce-edge → edge-f → igw-edge: internet"),
        ("bare-a", INTERNET, "no: bare-a → vpce-bare → bare-f → igw-bare: internet"),
        (
            "list-a",
            INTERNET,
            "unknown: list-a → vpce-list → list-f → nat-35 → list-p → igw-list: internet; list-a → nat-35 → list-p → igw-list: internet",
        ),
        ("list-a", Target::Address("3.5.1.1".parse().unwrap()), "no: list-a → nat-35 → list-p → igw-list: internet"),
        (
            "list-a",
            Target::Address("3.6.1.1".parse().unwrap()),
            "yes: list-a → vpce-list → list-f → nat-35 → list-p → igw-list: internet",
        ),
        (
            "dark-a",
            INTERNET,
            "unknown: dark-a → nat-36 → dark-p → igw-dark: internet; dark-a: unknown: rtb-dark may send it elsewhere by pl-dark, whose entries were not read",
        ),
        ("box-a", INTERNET, "unknown: box-a → eni-box → box-p → igw-box: internet"),
        ("spoke-a", INTERNET, "yes: spoke-a → tgw-1 → hub-t → vpce-hub-f → hub-f → nat-41 → hub-p → igw-hub: internet"),
        ("spoke-a", endpoint("vpce-hub"), "no: spoke-a → tgw-1 → hub-t → vpce-hub: private"),
        (
            "far-a",
            INTERNET,
            "unknown: far-a → tgw-2: unknown: vpc-other of account 123456789012 is not in the inventory",
        ),
        (
            "void-a",
            INTERNET,
            "unknown: void-a → tgw-3: nowhere: the route of tgw-rtb-void to the internet leads to nothing",
        ),
        ("nat4-a", INTERNET, "yes: nat4-a → tgw-4 → tgw-attach-fw4 → out4-t → nat-46 → out4-p → igw-out4: internet"),
        ("vpn-a", INTERNET, "unknown: vpn-a → tgw-5: on premises"),
        (
            "peer-a",
            INTERNET,
            "unknown: peer-a → tgw-6 → tgw-1 → hub-t → vpce-hub-f → hub-f → nat-41 → hub-p → igw-hub: internet",
        ),
        ("pa-a", endpoint("vpce-pb"), "no: pa-a → pcx-1 → vpce-pb: private"),
        ("pa-a", INTERNET, "unknown: pa-a → pcx-1: nowhere: pcx-1 leads to vpc-pb and no further"),
        ("vgw-a", INTERNET, "unknown: vgw-a → vgw-1: on premises"),
        (
            "core-a",
            INTERNET,
            "unknown: core-a: unknown: routes through arn:aws:networkmanager::1:core-network/c are not followed",
        ),
        ("lost-a", INTERNET, "unknown: : unknown: the inventory has no route table of lost-a"),
        ("gone", INTERNET, "unknown: : unknown: gone is not in the inventory"),
        ("nat-a", endpoint("vpce-gone"), "unknown: : unknown: vpce-gone is not in the inventory"),
        (
            "nat-a",
            endpoint("vpce-end"),
            "unknown: nat-a → nat-1 → nat-p → igw-nat: nowhere: private addresses are not in the internet",
        ),
    ];
    let told: Vec<String> = cases.iter().map(|(subnet, target, _)| told(&network, subnet, target)).collect();
    let wanted: Vec<&str> = cases.iter().map(|(.., wanted)| *wanted).collect();
    for (told, wanted) in told.iter().zip(&wanted) {
        assert_eq!(told, wanted);
    }
}

#[tokio::test]
async fn reasons_name_what_inspects_and_what_goes_past_it() {
    let network = Network::read(&estate().world().session()).await.unwrap();
    let cases = [
        ("nfw-a", INTERNET),
        ("half-seen-a", INTERNET),
        ("bare-a", INTERNET),
        ("box-a", INTERNET),
        ("list-a", INTERNET),
    ];
    let told: Vec<String> = cases
        .iter()
        .map(|(subnet, target)| why(&network, subnet, target))
        .map(|(state, reason)| format!("{state:?}: {reason}"))
        .collect();
    insta::assert_snapshot!(told.join("\n"), @"
    Yes: the firewall endpoint vpce-nfw inspects it both ways: nfw-a → vpce-nfw → nfw-f → nat-31 → nfw-p → igw-nfw
    No: the firewall endpoint vpce-hs sees requests; answers come back past it: half-seen-p
    No: the firewall endpoint vpce-bare sees requests; answers come back from igw-bare straight to bare-a
    Unknown: eni-box forwards it; whether it inspects cannot be told: box-a → eni-box → box-p → igw-box
    Unknown: its ways differ: some are inspected and some are not, such as list-a → vpce-list → list-f → nat-35 → list-p → igw-list
    ");
    let [place, aws] = [
        Place::Subnets { subnets: ["nat-a", "nfw-a"].map(str::to_owned).into(), internet_by_aws: false },
        Place::Subnets { subnets: ["nfw-a".to_owned()].into(), internet_by_aws: true },
    ];
    assert_eq!(network.inspected(&place, &INTERNET, None).state, Tri::No, "the worst of the subnets counts");
    assert_eq!(network.inspected(&aws, &INTERNET, None).state, Tri::No, "AWS's own interface goes past the firewall");
    assert_eq!(network.inspected(&Place::OfAws, &INTERNET, None).state, Tri::No);
    let nat = Place::Subnets { subnets: ["nat-a".to_owned()].into(), internet_by_aws: false };
    assert_eq!(network.inspected(&nat, &INTERNET, Some("nat-1")).state, Tri::No);
    let other = network.inspected(&nat, &INTERNET, Some("nat-2"));
    assert_eq!(other.state, Tri::Unknown);
    assert!(other.reason.starts_with("the routes do not lead through nat-2"), "{}", other.reason);
    assert!(!network.inspected(&nat, &INTERNET, None).proof.is_empty());
}

#[tokio::test]
async fn a_name_leads_to_the_endpoint_whose_private_dns_is_on() {
    let network = Network::read(&estate().world().session()).await.unwrap();
    let access = |subnet: &str| network.access(subnet, "bedrock-runtime");
    assert_eq!(access("end-a"), Access::Endpoint("vpce-end".into()));
    assert_eq!(access("dns-a"), Access::Public(vec!["vpce-dns".into()]));
    assert_eq!(access("nat-a"), Access::Public(vec![]));
    assert!(matches!(access("gone"), Access::Unknown(_)));
}

/// Each table that a walk consults, denied: the answer that rested on it is gone, and the reason names the table.
#[tokio::test]
async fn what_was_not_read_leaves_no_answer() {
    let cases: &[(&str, &[&str])] = &[
        (
            "nat-a",
            &["aws_vpc_subnet", "aws_vpc_route_table", "aws_vpc_nat_gateway", "aws_vpc_block_public_access_options"],
        ),
        ("nfw-a", &["aws_vpc_endpoint", "aws_networkfirewall_firewall", "aws_vpc_nat_gateway"]),
        (
            "spoke-a",
            &["aws_ec2_transit_gateway_attachment", "aws_ec2_transit_gateway_route", "aws_ec2_network_interface"],
        ),
        ("box-a", &["aws_ec2_network_interface"]),
    ];
    for (subnet, tables) in cases {
        for table in *tables {
            let network = Network::read(&estate().without(table).world().session()).await.unwrap();
            let (state, reason) = why(&network, subnet, &INTERNET);
            assert_eq!(state, Tri::Unknown, "{subnet} without {table}: {reason}");
            assert!(reason.contains(table), "{subnet} without {table}: {reason}");
        }
    }
    let nothing = Network::read(&World::new().session()).await.unwrap();
    assert_eq!(why(&nothing, "nat-a", &INTERNET).0, Tri::Unknown);
}

#[tokio::test]
async fn internet_gateways_may_be_blocked() {
    let blocked = |mode: &str| estate().blocked(mode);
    let told_of =
        async |net: Net, subnet: &str| told(&Network::read(&net.world().session()).await.unwrap(), subnet, &INTERNET);
    let all = told_of(blocked("block-bidirectional"), "nat-a").await;
    assert!(all.contains("nowhere: the account blocks internet gateways"), "{all}");
    let ingress = blocked("block-ingress");
    assert_eq!(told_of(ingress.clone(), "nat-a").await, "no: nat-a → nat-1 → nat-p → igw-nat: internet");
    assert!(told_of(ingress, "nat-p").await.contains("nowhere: the account blocks"));
}
