"""Who talks to whom on the networks: the conversations that the flow logs are written from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from estate.ledger import Ledger
from logs.names import fraction, pick
from schedule import attempts
from settings import WINDOW
from traffic import TRAFFIC, Traffic

BEDROCK_ADDRESSES = ("52.46.136.21", "52.46.141.90", "54.239.30.118")
SAGEMAKER_ADDRESS = "52.46.150.33"
S3_ADDRESS = "52.217.14.204"
MIRROR_ADDRESS = "198.51.100.44"
"""A package mirror on the internet (a documentation address)."""

SHADOW_ADDRESSES = ("162.159.140.245", "172.66.0.243")
"""Of a model that is no AWS service."""

STEP = timedelta(minutes=10)


@dataclass(frozen=True)
class Conversation:
    """Bytes between two ends within one aggregation interval, as one of our network interfaces saw them."""

    vpc: str
    interface: str
    instance_id: str
    begin: datetime
    client: str
    server: str
    client_port: int
    server_port: int
    sent: int
    """Bytes from the client to the server."""

    received: int
    accepted: bool = True
    client_side: bool = True
    """Whether the interface is the client's; otherwise it is the server's."""

    service: str = ""
    """`pkt-dst-aws-service` of the server."""

    traffic_path: int = 1
    """1: another resource of the VPC; 2: an internet gateway; 7: a gateway endpoint."""

    far_server: str = ""
    """The packets' own destination, where the interface is a NAT gateway's inner side."""


def conversations(ledger: Ledger, end: datetime) -> Iterator[Conversation]:
    """Model calls first, then everything else."""
    for row in TRAFFIC:
        yield from _model_calls(row, ledger, end)
    yield from _everyday(ledger, end)
    yield from _knocking(ledger, end)


# ---------------------------------------------------------------- model calls


def _model_calls(row: Traffic, ledger: Ledger, end: datetime) -> Iterator[Conversation]:
    """One conversation for each ten minutes with calls, on the caller's interface and on the far one of ours."""
    kind, name = row.workload.split("/", 1)
    if kind not in ("instance", "pod", "function"):
        return
    place = ledger.get(kind, name)
    if place["vpc"] not in ("apps", "data"):
        # Outside of a VPC, or in one without flow logs.
        return
    for begin, calls in busy(row, end):
        if place["vpc"] == "apps":
            yield from _through_endpoint(row, ledger, place, begin, calls)
        else:
            yield from _through_nat(row, ledger, place, begin, calls)


def busy(row: Traffic, end: datetime) -> Iterator[tuple[datetime, int]]:
    """Each ten minutes with calls: when the conversation begins, and how many calls it holds."""
    counts = Counter(int((attempt.at - (end - WINDOW)) / STEP) for attempt in attempts(row, end))
    for step, calls in sorted(counts.items()):
        yield end - WINDOW + step * STEP + timedelta(seconds=pick(0, 300, row.key, step)), calls


def _through_endpoint(
    row: Traffic, ledger: Ledger, place: dict[str, str], begin: datetime, calls: int
) -> Iterator[Conversation]:
    interfaces = sorted(ledger.get("vpc_endpoint", "bedrock-runtime")["interfaces"].items())
    far_interface, far = interfaces[pick(0, len(interfaces) - 1, row.workload)]
    port, sent, received = (
        pick(32768, 60999, row.key, begin),
        calls * pick(1800, 9000, row.key, "up"),
        calls * pick(900, 14000, row.key, "down"),
    )
    interface, instance_id = _interface(ledger, place)
    near = Conversation(
        "apps", interface, instance_id, begin, place["address"], far["address"], port, 443, sent, received
    )
    yield near
    yield Conversation(
        "apps", far_interface, "", begin, near.client, near.server, port, 443, sent, received, client_side=False
    )


def _through_nat(
    row: Traffic, ledger: Ledger, place: dict[str, str], begin: datetime, calls: int
) -> Iterator[Conversation]:
    server = SAGEMAKER_ADDRESS if row.event == "InvokeEndpoint" else BEDROCK_ADDRESSES[pick(0, 2, row.key, begin)]
    port, sent, received = (
        pick(32768, 60999, row.key, begin),
        calls * pick(1800, 9000, row.key, "up"),
        calls * pick(900, 14000, row.key, "down"),
    )
    interface, instance_id = _interface(ledger, place)
    yield Conversation(
        "data", interface, instance_id, begin, place["address"], server, port, 443, sent, received, service="AMAZON"
    )
    yield from _nat(ledger, begin, place["address"], server, port, sent, received, "AMAZON")


def _nat(
    ledger: Ledger, begin: datetime, client: str, server: str, port: int, sent: int, received: int, service: str
) -> Iterator[Conversation]:
    """The gateway's interface sees each conversation twice: its inner half and, from its own address, its outer."""
    nat = ledger.get("nat", "data-nat")
    inner, outer = nat["private_ip"], pick(1024, 65535, "nat", client, port, begin)
    yield Conversation(
        "data",
        nat["interface"],
        "",
        begin,
        client,
        inner,
        port,
        443,
        sent,
        received,
        client_side=False,
        far_server=server,
        service=service,
    )
    yield Conversation(
        "data", nat["interface"], "", begin, inner, server, outer, 443, sent, received, service=service, traffic_path=2
    )


def _interface(ledger: Ledger, place: dict[str, str]) -> tuple[str, str]:
    """A pod's packets leave by its node's interface."""
    node = ledger.get("instance", place["node"]) if "node" in place else place
    return node["interface"], node.get("id", "")


# ---------------------------------------------------------------- everything else


@dataclass(frozen=True)
class Habit:
    """A conversation that comes back: who, with whom, how often in an hour."""

    client: str
    server: str
    port: int
    an_hour: int
    service: str = ""
    traffic_path: int = 1


HABITS = (
    Habit("chat-frontend-1", "search-api", 443, 40),
    Habit("chat-frontend-2", "search-api", 443, 40),
    Habit("chat-frontend-1", S3_ADDRESS, 443, 20, "S3", 7),
    Habit("chat-frontend-2", S3_ADDRESS, 443, 20, "S3", 7),
    Habit("search-api", S3_ADDRESS, 443, 30, "S3", 7),
    Habit("billing-api", "endpoint:secretsmanager", 443, 25),
    Habit("idle-analyst", S3_ADDRESS, 443, 6, "S3", 7),
    Habit("eks-node-1", "eks-node-2", 10250, 30),
    Habit("eks-node-2", S3_ADDRESS, 443, 25, "S3", 7),
    Habit("etl-runner", "warehouse", 5432, 20),
    Habit("evaluator", "warehouse", 5432, 6),
    Habit("training-loader", S3_ADDRESS, 443, 12, "S3"),
    Habit("etl-runner", MIRROR_ADDRESS, 443, 4),
    Habit("legacy-batch", MIRROR_ADDRESS, 443, 4),
    Habit("training-loader", SHADOW_ADDRESSES[0], 443, 2),
)


def _everyday(ledger: Ledger, end: datetime) -> Iterator[Conversation]:
    hours = int(WINDOW / timedelta(hours=1))
    for habit in HABITS:
        for hour in range(hours):
            for number in range(habit.an_hour):
                place = (hour + (number + fraction(habit, hour, number)) / habit.an_hour) * 3600
                yield from _habit(habit, ledger, end - WINDOW + timedelta(seconds=int(place)))


def _habit(habit: Habit, ledger: Ledger, begin: datetime) -> Iterator[Conversation]:
    client = ledger.get("instance", habit.client)
    port, sent, received = (
        pick(32768, 60999, habit, begin),
        pick(400, 40000, habit, begin, "up"),
        pick(400, 90000, habit, begin, "down"),
    )
    far_interface, far_id, server = "", "", habit.server
    if habit.server.startswith("endpoint:"):
        far_interface, far = sorted(ledger.get("vpc_endpoint", habit.server.split(":")[1])["interfaces"].items())[0]
        server = far["address"]
    elif habit.server in ledger.facts["instance"]:
        peer = ledger.get("instance", habit.server)
        far_interface, far_id, server = peer["interface"], peer["id"], peer["address"]
    yield Conversation(
        client["vpc"],
        client["interface"],
        client["id"],
        begin,
        client["address"],
        server,
        port,
        habit.port,
        sent,
        received,
        service=habit.service,
        traffic_path=habit.traffic_path,
    )
    if far_interface:
        yield Conversation(
            client["vpc"],
            far_interface,
            far_id,
            begin,
            client["address"],
            server,
            port,
            habit.port,
            sent,
            received,
            client_side=False,
        )
    elif client["vpc"] == "data":
        yield from _nat(ledger, begin, client["address"], server, port, sent, received, habit.service)


def _knocking(ledger: Ledger, end: datetime) -> Iterator[Conversation]:
    """Strangers at the bastion: refused at most ports, let in at 22 by the open group."""
    bastion = ledger.get("instance", "bastion")
    for minute in range(0, int(WINDOW / timedelta(minutes=1)), 2):
        stranger = f"{('198.51.100', '203.0.113', '192.0.2')[minute % 3]}.{pick(1, 254, 'stranger', minute)}"
        port = (22, 23, 445, 3389, 8080, 22)[pick(0, 5, "knock", minute)]
        begin = end - WINDOW + timedelta(minutes=minute, seconds=pick(0, 59, "second", minute))
        accepted = port == 22
        yield Conversation(
            "apps",
            bastion["interface"],
            bastion["id"],
            begin,
            stranger,
            bastion["address"],
            pick(1024, 65535, "from", minute),
            port,
            60,
            60 if accepted else 0,
            accepted,
            client_side=False,
            traffic_path=2,
        )
