"""VPC flow logs in several formats: each talk on every interface of ours that it passes."""

from __future__ import annotations

import gzip
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from estate.log_delivery import APPS_FIELDS, DATA_FIELDS
from logs.conversation import Conversation
from logs.flow import Fields, records
from logs.names import digest
from settings import ACCOUNT
from simulate.delivery import Object, shifted
from simulate.parts import Interface, Network
from simulate.talks import Talk, network_of
from simulate.world import World

SLICE = timedelta(hours=1)


@dataclass(frozen=True)
class Format:
    """One way to write them."""

    fields: list[str]
    aggregation: int
    hive: bool
    version: str


HOPS = [*APPS_FIELDS, "resource-id", "encryption-status", "next-hop-interface-type", "next-hop-interface-id"]

FORMATS = {
    "full": Format(APPS_FIELDS, 60, False, "8"),
    "short": Format(DATA_FIELDS, 600, True, "5"),
    "hops": Format(HOPS, 60, False, "11"),
}


def skipped(world: World, interface: Interface, hour: int) -> bool:
    """Whether the records of this interface were skipped in this hour."""
    return world.dice("skipped", interface.id, hour).random() < world.options.log_loss / 4


def objects(world: World, talks: list[Talk]) -> Iterator[Object]:
    """Keys and bytes of all files of all networks that have a flow log."""
    lines: dict[tuple[str, int], list[str]] = defaultdict(list)
    networks = {one.name: one for one in world.networks}
    shift = shifted(world, "flow")
    for talk in talks:
        network = network_of(talk)
        if not network.flow_format:
            continue
        form = FORMATS[network.flow_format]
        hour = int((talk.at - world.options.begin) / SLICE)
        for card, near, hop in _passed(talk, network, shift):
            if skipped(world, card, hour):
                continue
            for fields in records(near, form.aggregation, _place(network, card, form, talk)):
                if fields.get("flow-direction") == "egress":
                    fields |= hop
                lines[network.name, hour].append(" ".join(fields.get(name, "-") for name in form.fields))
    for (name, hour), held in sorted(lines.items()):
        network = networks[name]
        form = FORMATS[network.flow_format]
        held += [
            _skip(network, card, form, world, hour) for card in _cards(world, network) if skipped(world, card, hour)
        ]
        random.Random(f"{name}{hour}").shuffle(held)
        text = "\n".join([" ".join(form.fields), *held]) + "\n"
        yield _key(world, network, form, hour), gzip.compress(text.encode(), compresslevel=6, mtime=0)


def _passed(talk: Talk, network: Network, shift: timedelta) -> Iterator[tuple[Interface, Conversation, Fields]]:
    """Each interface on the way with what it sees; of what leaves by it, the next hop."""
    at = talk.at + shift
    dice = random.Random(f"{talk.at}{talk.address}{talk.client}{talk.port}")
    port, outer = dice.randint(32768, 60999), dice.randint(1024, 65535)

    def seen(
        card: Interface, client: str, server: str, number: int, is_client: bool, far: str = "", way: int = 1
    ) -> Conversation:
        instance = card.instance
        return Conversation(
            network.name, card.id, instance, at, client, server, number, talk.port, talk.sent, talk.received,
            talk.accepted,
            is_client, talk.service, way, far,
        )  # fmt: skip

    def hop(kind: str, card: Interface | None) -> Fields:
        return {"next-hop-interface-type": kind, "next-hop-interface-id": card.id} if card else {}

    if talk.place is None:
        # A stranger, at a public address of ours.
        assert talk.server is not None
        yield (
            talk.server.interface,
            seen(talk.server.interface, talk.address, talk.server.address, port, False, way=2),
            {},
        )
        return
    card = talk.place.interface
    if talk.interface is not None:
        yield card, seen(card, talk.client, talk.address, port, True), hop("vpc_endpoint", talk.interface)
        yield talk.interface, seen(talk.interface, talk.client, talk.address, port, False), {}
    elif talk.server is not None:
        yield card, seen(card, talk.client, talk.address, port, True), {}
        yield talk.server.interface, seen(talk.server.interface, talk.client, talk.address, port, False), {}
    elif card.public:
        yield (
            card,
            seen(card, talk.client, talk.address, port, True, way=2),
            {"next-hop-interface-type": "internet_gateway"},
        )
    else:
        gate, inspector = network.nat, network.inspector
        if gate is None:
            return
        first = hop("gateway_load_balancer_endpoint", inspector) if inspector else hop("nat_gateway", gate)
        yield card, seen(card, talk.client, talk.address, port, True), first
        if inspector:
            yield inspector, seen(inspector, talk.client, talk.address, port, False), {}
        yield gate, seen(gate, talk.client, gate.address, port, False, far=talk.address), {}
        yield (
            gate,
            seen(gate, gate.address, talk.address, outer, True, way=2),
            {"next-hop-interface-type": "internet_gateway"},
        )


def _place(network: Network, card: Interface, form: Format, talk: Talk | None) -> Fields:
    task = ""
    if (
        talk is not None
        and talk.workload is not None
        and talk.workload.kind == "task"
        and talk.place
        and talk.place.interface is card
    ):
        task = str(talk.workload.facts["task"])
    return {
        "version": form.version,
        "account-id": "unknown" if card.kind != "interface" else ACCOUNT,
        "interface-id": card.id,
        "vpc-id": network.id,
        "subnet-id": card.subnet.id,
        "region": network.region,
        "az-id": card.subnet.zone.replace("-", ""),
        "ecs-task-arn": task or "-",
        "ecs-task-id": task.rsplit("/", 1)[-1] if task else "-",
    }


def _cards(world: World, network: Network) -> list[Interface]:
    found = {}
    for workload in [*world.instances, *world.tasks, *world.functions, *world.balancers]:
        for place in workload.places:
            if place.network is network:
                found[place.interface.id] = place.interface
    return [card for _, card in sorted(found.items())]


def _skip(network: Network, card: Interface, form: Format, world: World, hour: int) -> str:
    at = int((world.options.begin + hour * SLICE).timestamp())
    fields = _place(network, card, form, None) | {"start": str(at), "end": str(at + 3600), "log-status": "SKIPDATA"}
    return " ".join(fields.get(name, "-") for name in form.fields)


def _key(world: World, network: Network, form: Format, hour: int) -> str:
    start = world.options.begin + hour * SLICE
    closed = start + SLICE
    unique = digest("flow file", network.id, closed).hex()[:8]
    name = f"{ACCOUNT}_vpcflowlogs_{network.region}_{network.flow_log}_{closed:%Y%m%dT%H%MZ}_{unique}.log.gz"
    if not form.hive:
        return f"AWSLogs/{ACCOUNT}/vpcflowlogs/{network.region}/{start:%Y/%m/%d}/{name}"
    source = f"aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region={network.region}"
    return f"AWSLogs/{source}/{start:year=%Y/month=%m/day=%d/hour=%H}/{name}"
