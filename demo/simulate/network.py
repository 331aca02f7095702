"""Networks: private ones with an interface endpoint, with NAT, with something that inspects, and public ones."""

from __future__ import annotations

from settings import ACCOUNT, MAIN_REGION, OTHER_REGION
from simulate.parts import Endpoint, Interface, Json, Network, Subnet
from simulate.world import World

SERVICES = ("bedrock-runtime", "bedrock-agent-runtime", "bedrock-mantle", "sagemaker.runtime", "secretsmanager", "sts")

OPEN: Json = {
    "Version": "2008-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}
"""What AWS gives an endpoint that is made without a policy."""


def build(world: World) -> None:
    """The account's networks; the last stands in the other region and is public."""
    dice = world.dice("networks")
    count = world.options.counts.networks
    for number in range(count):
        last = number == count - 1
        region = OTHER_REGION if last else MAIN_REGION
        share = world.options.nat_share
        style = "public" if last else "nat" if dice.random() < share or (number == 0 and share >= 1) else "endpoint"
        if number == 1 and 0 < share < 1:
            # Some of each, whatever the dice say.
            style = "nat" if world.networks[0].style == "endpoint" else "endpoint"
        world.networks.append(_network(world, number, region, style))


def _network(world: World, number: int, region: str, style: str) -> Network:
    dice = world.dice("network", number)
    # One in six has the addresses of the first: networks that never meet often do.
    second = 20 if number > 1 and dice.random() < 0.17 else 20 + number
    name = f"net-{number}"
    made = Network(name, world.id("vpc-", name), region, f"10.{second}.0.0/16", style)
    made.internet_gateway = world.id("igw-", name)
    layout = [("private-a", 0, "a"), ("private-b", 64, "b"), ("public-a", 128, "a"), ("inspection-a", 160, "a")]
    for subnet, third, zone in layout:
        is_public = subnet.startswith("public")
        size = 18 if third < 128 else 20
        cidr = f"10.{second}.{third}.0/{size}"
        number_of = world.id("subnet-", name, subnet)
        made.subnets.append(Subnet(subnet, number_of, cidr, f"{region}{zone}", is_public, f"10.{second}.{third}"))
    if style == "public":
        made.subnets = [one for one in made.subnets if one.is_public]
    if style == "endpoint":
        _endpoints(world, made)
    if style == "nat":
        made.inspection = dice.choices(("", "gwlb", "firewall"), (3, 1, 1))[0]
    if style != "public":
        # Networks with endpoints for models have NAT as well, for the rest of the world.
        _nat(world, made)
    loss = world.options.log_loss
    formats = ("full", "full", "short", "hops")
    made.flow_format = "" if dice.random() < 0.1 + loss else dice.choice(formats)
    made.flow_log = world.id("fl-", name)
    made.names_logged = dice.random() >= 0.1 + loss
    made.snat = dice.random() < 0.5
    return made


def _endpoints(world: World, network: Network) -> None:
    dice = world.dice("endpoints", network.name)
    for service in SERVICES:
        if service in ("bedrock-agent-runtime", "bedrock-mantle", "sagemaker.runtime") and dice.random() < 0.3:
            continue
        restricts = service.startswith("bedrock") and dice.random() < 0.5
        made = Endpoint(world.id("vpce-", network.name, service), service, _narrow() if restricts else OPEN, restricts)
        for zone in (0, 1):
            subnet = network.private(zone)
            description = f"VPC Endpoint Interface {made.id}"
            made.interfaces.append(
                Interface(
                    world.id("eni-", made.id, zone), subnet, subnet.address(), "vpc_endpoint", description=description
                )
            )
        network.endpoints[service] = made


def _narrow() -> Json:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["bedrock:*", "bedrock-mantle:*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _nat(world: World, network: Network) -> None:
    subnet = network.public()
    network.nat_id = world.id("nat-", network.name)
    digits = world.dice("nat address", network.name)
    network.nat = Interface(
        world.id("eni-", network.nat_id),
        subnet,
        subnet.address(),
        "nat_gateway",
        description=f"Interface for NAT Gateway {network.nat_id}",
        public=f"44.{digits.randint(192, 255)}.{digits.randint(0, 255)}.{digits.randint(1, 254)}",
    )
    if network.inspection:
        inspection = next(one for one in network.subnets if one.name.startswith("inspection"))
        network.inspector_id = world.id("vpce-", network.name, "inspection")
        kind = "gateway_load_balancer_endpoint"
        network.inspector = Interface(
            world.id("eni-", network.inspector_id),
            inspection,
            inspection.address(),
            kind,
            description=f"VPC Endpoint Interface {network.inspector_id}",
        )
