"""Who talks to whom on the networks: what flow logs and Resolver logs are both written from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from logs.conversation import BEDROCK_ADDRESSES, MIRROR_ADDRESS, S3_ADDRESS, SAGEMAKER_ADDRESS, SHADOW_ADDRESSES
from logs.resolver import EU_BEDROCK_ADDRESSES
from settings import MAIN_REGION
from simulate.parts import Interface, Network, Place, Workload
from simulate.uses import Use
from simulate.world import World

STEP = timedelta(minutes=10)

PUBLIC_AI = {
    "api.openai.com": SHADOW_ADDRESSES,
    "api.anthropic.com": ("160.79.104.10",),
    "generativelanguage.googleapis.com": ("142.250.72.74", "142.250.72.106"),
}

OTHERS = {
    # Behind the same address as a public model: only who asked for which name tells them apart.
    "assets.example-cdn.net": (SHADOW_ADDRESSES[1],),
    "mirror.example.net": (MIRROR_ADDRESS,),
    "hooks.example.com": ("198.51.100.61",),
}


@dataclass(frozen=True)
class Talk:
    """What one workload and one other end said to each other in some minutes."""

    purpose: str
    """`model`, `public-ai`, `self-hosted`, `application`, `internet`, `storage`, `user`, `balanced`, `stranger`."""

    workload: Workload | None
    """Who opens; none for strangers."""

    place: Place | None
    at: datetime
    address: str
    """The other end's; a stranger's own."""

    port: int
    sent: int
    received: int
    host: str = ""
    answers: tuple[str, ...] = ()
    service: str = ""
    """`pkt-dst-aws-service` of the other end."""

    server: Place | None = None
    """Where the other end stands, if with us."""

    callee: Workload | None = None
    interface: Interface | None = None
    """The interface endpoint's or the load balancer's, if the other end is one."""

    use: Use | None = None
    accepted: bool = True

    @property
    def leaves(self) -> bool:
        """Whether it goes out of the network."""
        return self.server is None and self.interface is None

    @property
    def client(self) -> str:
        """The opener's address as the network beyond its interface sees it."""
        if self.place is None:
            return self.address
        by_node = self.place.pod is not None and self.place.network.snat and self.leaves
        return self.place.interface.address if by_node else self.place.address

    @property
    def seen_as(self) -> Workload | None:
        """Who it is by the address alone: the node where a pod hides behind it."""
        if self.place is not None and self.place.pod is not None and self.client != self.place.address:
            return self.place.pod.node
        return self.workload


def all_talks(world: World, uses: list[Use]) -> list[Talk]:
    """Everything, in order of time."""
    made = [talk for use in uses for talk in of_use(world, use)]
    made += _everyday(world)
    made += _shadow(world)
    made += _self_hosted(world)
    made += _strangers(world)
    made += _users(world)
    return sorted(made, key=lambda one: (one.at, one.address, one.workload.arn if one.workload else "", one.port))


# ---------------------------------------------------------------- models


def of_use(world: World, use: Use) -> Iterator[Talk]:
    """One for each ten minutes with calls and each place that they come from."""
    counts = Counter((int((call.at - world.options.begin) / STEP), id(call.place)) for call in use.calls)
    places = {id(call.place): call.place for call in use.calls}
    first = {}
    for call in use.calls:
        first.setdefault((int((call.at - world.options.begin) / STEP), id(call.place)), call.at)
    for (step, number), calls in sorted(counts.items(), key=lambda one: (one[0][0], first[one[0]])):
        place = places[number]
        if place is None:
            continue
        dice = world.dice("talk", use.key, step, place.address)
        interface, answers, address = None, model_addresses(use), ""
        if use.endpoint:
            interface = dice.choice(use.endpoint.interfaces)
            answers = tuple(one.address for one in use.endpoint.interfaces)
            address = interface.address
        else:
            address = dice.choice(answers)
        at = first[step, number] - timedelta(seconds=1)
        yield Talk(
            "model", use.workload, place, at, address, 443, calls * dice.randint(1800, 9000), calls * dice.randint(900,
            14000),
            use.host, answers, "" if use.endpoint else "AMAZON", interface=interface, use=use,
        )  # fmt: skip


def model_addresses(use: Use) -> tuple[str, ...]:
    """The service's public addresses."""
    if use.model.plane == "sagemaker-runtime":
        return (SAGEMAKER_ADDRESS,)
    if use.model.plane == "bedrock-agent-runtime":
        return ("52.46.144.7", "52.46.144.91")
    if use.model.plane == "bedrock-mantle":
        return ("52.46.129.15", "52.46.129.202")
    return BEDROCK_ADDRESSES if use.model.region == MAIN_REGION else EU_BEDROCK_ADDRESSES


# ---------------------------------------------------------------- everything else


def _moments(world: World, count: int, *name: object) -> Iterator[datetime]:
    dice = world.dice("moments", *name)
    span = (world.options.end - world.options.begin).total_seconds() / max(count, 1)
    for number in range(count):
        yield world.options.begin + timedelta(seconds=int((number + dice.random() * 0.9) * span))


def _out(
    world: World, purpose: str, workload: Workload, host: str, answers: tuple[str, ...], count: int, service: str = ""
) -> Iterator[Talk]:
    dice = world.dice("out", workload.arn, host)
    for at in _moments(world, count, workload.arn, host):
        place = workload.place(at, dice.randint(0, 9))
        if place is not None:
            address = dice.choice(answers)
            yield Talk(
                purpose,
                workload,
                place,
                at,
                address,
                443,
                dice.randint(400, 40000),
                dice.randint(400, 90000),
                host,
                answers,
                service,
            )


def _everyday(world: World) -> Iterator[Talk]:
    count = int(12 * world.options.noise * world.options.days)
    for workload in [*world.instances, *world.tasks]:
        network = workload.network
        assert network is not None
        dice = world.dice("everyday", workload.arn)
        yield from _out(world, "storage", workload, f"s3.{network.region}.amazonaws.com", (S3_ADDRESS,), count, "S3")
        if dice.random() < 0.5:
            host, answers = dice.choice(sorted(OTHERS.items()))
            yield from _out(world, "internet", workload, host, answers, count)
        peers = [
            one for one in world.instances if one.network is network and one is not workload and "node" not in one.facts
        ]
        if peers and dice.random() < 0.6:
            yield from _inside(
                world, "application", workload, dice.choice(peers), dice.choice((443, 8080, 5432)), count * 2
            )


def _inside(world: World, purpose: str, workload: Workload, callee: Workload, port: int, count: int) -> Iterator[Talk]:
    """Within one network. What stays on one interface, as between two pods of a node, no flow log sees."""
    dice = world.dice("inside", workload.arn, callee.arn)
    for at in _moments(world, count, workload.arn, callee.arn):
        place, server = workload.place(at, dice.randint(0, 9)), callee.place(at, dice.randint(0, 9))
        if place is None or server is None or place.interface is server.interface:
            continue
        yield Talk(
            purpose, workload, place, at, server.address, port, dice.randint(400, 9000), dice.randint(400, 30000),
            server=server, callee=callee
        )  # fmt: skip


def _shadow(world: World) -> Iterator[Talk]:
    """Public models: no trail has these calls."""
    dice = world.dice("shadow")
    able = [
        one
        for one in [*world.instances, *world.pods, *world.tasks]
        if one.network is not None and "node" not in one.facts
    ]
    for workload in dice.sample(able, max(2, len(able) // 8)):
        host, answers = dice.choice(sorted(PUBLIC_AI.items()))
        yield from _out(world, "public-ai", workload, host, answers, 10 * world.options.days)


def _self_hosted(world: World) -> Iterator[Talk]:
    """Pods and instances that ask the cluster's own model."""
    for cluster in world.clusters:
        of = [one for one in world.pods if one.account is not None and one.account.cluster is cluster]
        server = next(one for one in of if one.account is not None and one.account.gpus)
        callers = [one for one in of if one is not server]
        dice = world.dice("self-hosted", cluster.name)
        near = [one for one in world.instances if one.network is cluster.network and "node" not in one.facts]
        for workload in [*dice.sample(callers, 2), dice.choice(near)]:
            yield from _inside(world, "self-hosted", workload, server, 8000, 30 * world.options.days)


def _strangers(world: World) -> Iterator[Talk]:
    """Refused connections from the internet to whatever has a public address."""
    for workload in world.instances:
        place = workload.places[0]
        if not place.interface.public:
            continue
        dice = world.dice("strangers", workload.arn)
        for at in _moments(world, int(60 * world.options.noise * world.options.days), "strangers", workload.arn):
            address = f"198.51.100.{dice.randint(1, 254)}"
            yield Talk(
                "stranger", None, None, at, address, dice.choice((22, 23, 445, 3389)), 60, 0, server=place,
                callee=workload, accepted=False
            )  # fmt: skip


def _users(world: World) -> Iterator[Talk]:
    """People on the internet, who see the load balancer alone; it asks the instances behind it."""
    for balancer in world.balancers:
        dice, place = world.dice("users", balancer.arn), balancer.places[0]
        for at in _moments(world, int(30 * world.options.noise * world.options.days), "users", balancer.arn):
            address, target = f"203.0.113.{dice.randint(30, 250)}", dice.choice(balancer.facts["targets"])
            size = dice.randint(400, 9000), dice.randint(400, 90000)
            yield Talk("user", None, None, at, address, 443, *size, server=place, callee=balancer)
            server = target.places[0]
            yield Talk("balanced", balancer, place, at, server.address, 8080, *size, server=server, callee=target)


def network_of(talk: Talk) -> Network:
    """Where it is seen first."""
    place = talk.place or talk.server
    assert place is not None
    return place.network
