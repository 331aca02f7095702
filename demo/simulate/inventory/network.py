"""VPCs with all that traffic passes: route tables, gateways, endpoints, interfaces."""

from __future__ import annotations

from settings import ACCOUNT, rfc3339
from simulate.inventory.row import Scan, arn_of
from simulate.parts import Endpoint, Interface, Json, Network


def network_of(made: Scan, network: Network) -> None:
    """A network and its parts."""
    region = network.region
    made.add("aws_vpc", region, arn_of("ec2", region, f"vpc/{network.id}"), network.name, {
        "owner_id": ACCOUNT, "instance_tenancy": "default", "ipv6_cidr_block_association_set": [],
        "cidr_block_association_set": [{"AssociationId": made.world.id("vpc-cidr-assoc-", network.id),
        "CidrBlock": network.cidr, "CidrBlockState": {"State": "associated"}}],
        "is_default": False, "vpc_id": network.id, "state": "available", "cidr_block": network.cidr,
    }, {"Name": network.name})  # fmt: skip
    for subnet in network.subnets:
        arn = arn_of("ec2", region, f"subnet/{subnet.id}")
        made.add("aws_vpc_subnet", region, arn, subnet.name, {
            "owner_id": ACCOUNT, "subnet_arn": arn, "subnet_id": subnet.id, "state": "available", "vpc_id": network.id,
            "cidr_block": subnet.cidr, "availability_zone": subnet.zone,
            "availability_zone_id": subnet.zone.replace("-", ""),
            "default_for_az": False, "map_public_ip_on_launch": subnet.is_public, "available_ip_address_count": 200,
        }, {"Name": f"{network.name}-{subnet.name}"})  # fmt: skip
    gateway = network.internet_gateway
    made.add("aws_vpc_internet_gateway", region, arn_of("ec2", region, f"internet-gateway/{gateway}"), gateway, {
        "attachments": [{"State": "available", "VpcId": network.id}], "internet_gateway_id": gateway,
        "owner_id": ACCOUNT,
    })  # fmt: skip
    _routes(made, network)
    _gates(made, network)
    for endpoint in network.endpoints.values():
        _endpoint(made, network, endpoint)


def _routes(made: Scan, network: Network) -> None:
    """A table for each kind of subnet; what stands in none of them follows the main one."""
    local = {
        "DestinationCidrBlock": network.cidr,
        "GatewayId": "local",
        "Origin": "CreateRouteTable",
        "State": "active",
    }

    def out(**target: str) -> Json:
        return {"DestinationCidrBlock": "0.0.0.0/0", "Origin": "CreateRoute", "State": "active", **target}

    gate = out(NatGatewayId=network.nat_id) if network.nat_id else out(GatewayId=network.internet_gateway)
    private = out(GatewayId=network.inspector_id) if network.inspector_id else gate
    public: list[Json] = [out(GatewayId=network.internet_gateway)]
    if network.inspector_id:
        # What comes back passes the same way.
        public += [
            {**out(GatewayId=network.inspector_id), "DestinationCidrBlock": one.cidr}
            for one in network.subnets
            if one.name.startswith("private")
        ]
    for kind, routes in (
        ("private", [local, private]),
        ("public", [local, *public]),
        ("inspection", [local, gate]),
        ("main", [local]),
    ):
        of = [one for one in network.subnets if one.name.startswith(kind)]
        if not of and kind != "main":
            continue
        number = made.world.id("rtb-", network.id, kind)
        associations = [
            {"Main": False, "RouteTableAssociationId": made.world.id("rtbassoc-", one.id), "RouteTableId": number,
            "SubnetId": one.id, "AssociationState": {"State": "associated"}}
            for one in of
        ]  # fmt: skip
        if kind == "main":
            associations = [
                {
                    "Main": True,
                    "RouteTableAssociationId": made.world.id("rtbassoc-", number),
                    "RouteTableId": number,
                    "AssociationState": {"State": "associated"},
                }
            ]
        made.add("aws_vpc_route_table", network.region, arn_of("ec2", network.region, f"route-table/{number}"),
        f"{network.name}-{kind}", {
            "associations": associations, "route_table_id": number, "routes": routes, "vpc_id": network.id,
            "owner_id": ACCOUNT,
        })  # fmt: skip


def _gates(made: Scan, network: Network) -> None:
    world, region = made.world, network.region
    if network.nat:
        made.add("aws_vpc_nat_gateway", region, arn_of("ec2", region, f"natgateway/{network.nat_id}"), network.nat_id, {
            "create_time": rfc3339(world.lifetime[0]),
            "nat_gateway_addresses": [{"AllocationId": world.id("eipalloc-", network.nat_id),
            "NetworkInterfaceId": network.nat.id, "PrivateIp": network.nat.address, "PublicIp": network.nat.public}],
            "nat_gateway_id": network.nat_id, "state": "available", "subnet_id": network.nat.subnet.id,
            "vpc_id": network.id,
            "connectivity_type": "public",
        })  # fmt: skip
        card(made, network, network.nat)
    if not network.inspector:
        return
    card(made, network, network.inspector)
    kind = "GatewayLoadBalancer"
    service = f"com.amazonaws.vpce.{region}.vpce-svc-{world.id('', 'inspection service')}"
    made.add("aws_vpc_endpoint", region, arn_of("ec2", region, f"vpc-endpoint/{network.inspector_id}"),
    network.inspector_id, {
        "vpc_endpoint_id": network.inspector_id, "vpc_endpoint_type": kind, "vpc_id": network.id,
        "service_name": service,
        "state": "available", "route_table_ids": [], "subnet_ids": [network.inspector.subnet.id], "groups": [],
        "private_dns_enabled": False, "network_interface_ids": [network.inspector.id], "dns_entries": [],
        "creation_timestamp": rfc3339(world.lifetime[0]), "owner_id": ACCOUNT,
    })  # fmt: skip
    if network.inspection == "firewall":
        name = f"{network.name}-firewall"
        arn = arn_of("network-firewall", region, f"firewall/{name}")
        attachment = {"SubnetId": network.inspector.subnet.id, "EndpointId": network.inspector_id, "Status": "READY"}
        made.add("aws_networkfirewall_firewall", region, arn, name, {
            "firewall_name": name, "firewall_arn": arn, "firewall_policy_arn": arn_of("network-firewall", region,
            f"firewall-policy/{name}"),
            "vpc_id": network.id, "subnet_mappings": [{"SubnetId": network.inspector.subnet.id}],
            "firewall_id": world.uuid(name),
            "firewall_status": {"Status": "READY", "ConfigurationSyncStateSummary": "IN_SYNC",
            "SyncStates": {network.inspector.subnet.zone: {"Attachment": attachment}}},
        })  # fmt: skip


def _endpoint(made: Scan, network: Network, endpoint: Endpoint) -> None:
    region, arn = network.region, arn_of("ec2", network.region, f"vpc-endpoint/{endpoint.id}")
    name, unique = f"com.amazonaws.{region}.{endpoint.service}", made.world.letters(8, endpoint.id).lower()
    dns = [{"DnsName": f"{endpoint.id}-{unique}.{endpoint.service}.{region}.vpce.amazonaws.com"}]
    host = {
        "bedrock-mantle": f"bedrock-mantle.{region}.api.aws",
        "sagemaker.runtime": f"runtime.sagemaker.{region}.amazonaws.com",
    }
    dns.append({"DnsName": host.get(endpoint.service, f"{endpoint.service}.{region}.amazonaws.com")})
    made.add("aws_vpc_endpoint", region, arn, endpoint.id, {
        "vpc_endpoint_id": endpoint.id, "vpc_endpoint_type": "Interface", "vpc_id": network.id, "service_name": name,
        "state": "available",
        "policy_document": endpoint.policy, "route_table_ids": [],
        "subnet_ids": [one.subnet.id for one in endpoint.interfaces],
        "groups": [], "private_dns_enabled": True, "network_interface_ids": [one.id for one in endpoint.interfaces],
        "dns_entries": dns,
        "creation_timestamp": rfc3339(made.world.lifetime[0]), "owner_id": ACCOUNT,
    })  # fmt: skip
    for one in endpoint.interfaces:
        card(made, network, one)


def card(made: Scan, network: Network, one: Interface, others: tuple[str, ...] = ()) -> None:
    """A network interface, with the addresses of the pods behind it."""
    region = network.region
    public = {"PublicIp": one.public, "IpOwnerId": ACCOUNT} if one.public else None
    addresses = [
        {"Primary": number == 0, "PrivateIpAddress": address} for number, address in enumerate((one.address, *others))
    ]
    attachment: Json = {
        "Status": "attached",
        "DeviceIndex": 0,
        "InstanceOwnerId": ACCOUNT if one.instance else "amazon-aws",
    }
    config: Json = {
        "attachment": attachment | ({"InstanceId": one.instance} if one.instance else {}),
        "availability_zone": one.subnet.zone,
        "description": one.description, "groups": [], "interface_type": one.kind, "ipv6_addresses": [],
        "network_interface_id": one.id,
        "owner_id": ACCOUNT, "private_ip_address": one.address, "private_ip_addresses": addresses,
        "requester_managed": not one.instance, "source_dest_check": True, "status": "in-use",
        "subnet_id": one.subnet.id, "vpc_id": network.id,
    }  # fmt: skip
    if public:
        config["association"] = public
    made.add("aws_ec2_network_interface", region, arn_of("ec2", region, f"network-interface/{one.id}"), one.id, config)
