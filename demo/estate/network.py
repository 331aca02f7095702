"""Networks: `apps` reaches Bedrock by an interface endpoint, `data` through NAT, `eu` straight over the internet."""

from __future__ import annotations

from typing import Any

from aws import Aws
from estate.ledger import Ledger
from settings import MAIN_REGION, OTHER_REGION

# Addresses of AWS's published EC2 ranges. moto's own choice, 127.0.0.0/8, is no address of the internet.
NAT_ADDRESS = "44.210.64.17"
EU_INSTANCE_ADDRESS = "54.72.140.33"


def build(aws: Aws, ledger: Ledger) -> None:
    """Three VPCs with subnets, routes, security groups and endpoints."""
    main = aws.client("ec2", MAIN_REGION)
    _apps(main, ledger)
    _data(main, ledger)
    _eu(aws.client("ec2", OTHER_REGION), ledger)


def _apps(ec2: Any, ledger: Ledger) -> None:
    vpc = _vpc(ec2, ledger, "apps", "10.20.0.0/16", MAIN_REGION)
    public = _subnet(ec2, ledger, "apps-public-a", vpc, "10.20.100.0/24", f"{MAIN_REGION}a")
    private = [
        _subnet(ec2, ledger, "apps-private-a", vpc, "10.20.1.0/24", f"{MAIN_REGION}a"),
        _subnet(ec2, ledger, "apps-private-b", vpc, "10.20.2.0/24", f"{MAIN_REGION}b"),
    ]
    _internet_route(ec2, "apps", vpc, public)
    # No default route: these subnets reach AWS through endpoints alone.
    private_table = _route_table(ec2, "apps-private", vpc, private)

    endpoint_group = _group(
        ec2, ledger, "endpoints", vpc, "interface endpoints: HTTPS from the VPC", [_rule(443, "10.20.0.0/16")]
    )
    _group(ec2, ledger, "apps-service", vpc, "services: HTTPS from the VPC", [_rule(443, "10.20.0.0/16")])
    # Bad: SSH from everywhere, in both address families.
    _group(ec2, ledger, "legacy-admin", vpc, "administration", [_rule(22, "0.0.0.0/0", "::/0")])

    for name, service in (("bedrock-runtime", "bedrock-runtime"), ("secretsmanager", "secretsmanager")):
        _interface_endpoint(ec2, ledger, name, f"com.amazonaws.{MAIN_REGION}.{service}", vpc, private, endpoint_group)
    gateway = ec2.create_vpc_endpoint(
        VpcEndpointType="Gateway",
        VpcId=vpc,
        ServiceName=f"com.amazonaws.{MAIN_REGION}.s3",
        RouteTableIds=[private_table],
        TagSpecifications=_tags("vpc-endpoint", "s3"),
    )["VpcEndpoint"]
    ledger.add("vpc_endpoint", "s3", id=gateway["VpcEndpointId"], vpc="apps", interfaces={})


def _data(ec2: Any, ledger: Ledger) -> None:
    vpc = _vpc(ec2, ledger, "data", "10.30.0.0/16", MAIN_REGION)
    public = _subnet(ec2, ledger, "data-public-a", vpc, "10.30.100.0/24", f"{MAIN_REGION}a")
    private = _subnet(ec2, ledger, "data-private-a", vpc, "10.30.1.0/24", f"{MAIN_REGION}a")
    _internet_route(ec2, "data", vpc, public)
    _group(ec2, ledger, "data-worker", vpc, "workers: PostgreSQL from the VPC", [_rule(5432, "10.30.0.0/16")])
    # Bad: everything from everywhere.
    _group(
        ec2, ledger, "notebook-open", vpc, "notebooks", [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )

    address = ec2.allocate_address(Domain="vpc", Address=NAT_ADDRESS, TagSpecifications=_tags("elastic-ip", "data-nat"))
    nat = ec2.create_nat_gateway(
        SubnetId=public, AllocationId=address["AllocationId"], TagSpecifications=_tags("natgateway", "data-nat")
    )["NatGateway"]
    table = _route_table(ec2, "data-private", vpc, [private])
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"])
    seen = ec2.describe_nat_gateways(NatGatewayIds=[nat["NatGatewayId"]])["NatGateways"][0]["NatGatewayAddresses"][0]
    ledger.add(
        "nat",
        "data-nat",
        id=nat["NatGatewayId"],
        vpc="data",
        public_ip=seen["PublicIp"],
        private_ip=seen["PrivateIp"],
        interface=seen["NetworkInterfaceId"],
        subnet="data-public-a",
    )


def _eu(ec2: Any, ledger: Ledger) -> None:
    vpc = _vpc(ec2, ledger, "eu", "10.40.0.0/16", OTHER_REGION)
    public = _subnet(ec2, ledger, "eu-public-a", vpc, "10.40.100.0/24", f"{OTHER_REGION}a")
    _internet_route(ec2, "eu", vpc, public)
    _group(ec2, ledger, "eu-service", vpc, "services: HTTPS from the VPC", [_rule(443, "10.40.0.0/16")])


# ---------------------------------------------------------------- parts


def _vpc(ec2: Any, ledger: Ledger, name: str, cidr: str, region: str) -> str:
    vpc = ec2.create_vpc(CidrBlock=cidr, TagSpecifications=_tags("vpc", f"vpc-{name}"))["Vpc"]["VpcId"]
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
    ledger.add("vpc", name, id=vpc, cidr=cidr, region=region)
    return str(vpc)


def _subnet(ec2: Any, ledger: Ledger, name: str, vpc: str, cidr: str, zone: str) -> str:
    subnet = ec2.create_subnet(
        VpcId=vpc, CidrBlock=cidr, AvailabilityZone=zone, TagSpecifications=_tags("subnet", name)
    )["Subnet"]
    ledger.add("subnet", name, id=subnet["SubnetId"], cidr=cidr, vpc_id=vpc, zone_id=subnet["AvailabilityZoneId"])
    return str(subnet["SubnetId"])


def _internet_route(ec2: Any, name: str, vpc: str, subnet: str) -> None:
    gateway = ec2.create_internet_gateway(TagSpecifications=_tags("internet-gateway", name))["InternetGateway"][
        "InternetGatewayId"
    ]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(
        RouteTableId=_route_table(ec2, f"{name}-public", vpc, [subnet]),
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=gateway,
    )


def _route_table(ec2: Any, name: str, vpc: str, subnets: list[str]) -> str:
    table = ec2.create_route_table(VpcId=vpc, TagSpecifications=_tags("route-table", name))["RouteTable"][
        "RouteTableId"
    ]
    for subnet in subnets:
        ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    return str(table)


def _group(ec2: Any, ledger: Ledger, name: str, vpc: str, about: str, rules: list[dict[str, Any]]) -> str:
    group = ec2.create_security_group(
        GroupName=name, Description=about, VpcId=vpc, TagSpecifications=_tags("security-group", name)
    )["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=rules)
    ledger.add("security_group", name, id=group)
    return str(group)


def _rule(port: int, cidr: str, cidr6: str | None = None) -> dict[str, Any]:
    rule: dict[str, Any] = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": cidr}]}
    if cidr6:
        rule["Ipv6Ranges"] = [{"CidrIpv6": cidr6}]
    return rule


def _interface_endpoint(
    ec2: Any, ledger: Ledger, name: str, service: str, vpc: str, subnets: list[str], group: str
) -> None:
    made = ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=vpc,
        ServiceName=service,
        SubnetIds=subnets,
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
        TagSpecifications=_tags("vpc-endpoint", name),
    )["VpcEndpoint"]
    interfaces = {}
    # moto gives these interfaces addresses outside of their subnets: they are read back, never assumed.
    for interface in ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])[
        "NetworkInterfaces"
    ]:
        interfaces[interface["NetworkInterfaceId"]] = {
            "address": interface["PrivateIpAddress"],
            "subnet_id": interface["SubnetId"],
        }
    ledger.add("vpc_endpoint", name, id=made["VpcEndpointId"], vpc="apps", interfaces=interfaces)


def _tags(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}, {"Key": "estate", "Value": "demo"}]}]
