"""Resolver query logs: who asked for which name before he talked. For pods the cluster's own resolver asks."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from logs.names import digest
from settings import ACCOUNT, rfc3339
from simulate.delivery import Object, shifted
from simulate.parts import Json, Network
from simulate.talks import Talk
from simulate.world import World

SLICE = timedelta(hours=1)


def objects(world: World, talks: list[Talk]) -> Iterator[Object]:
    """Keys and bytes of all files of the networks whose names are logged."""
    files: dict[tuple[str, int], list[Json]] = defaultdict(list)
    networks = {one.id: one for one in world.networks}
    shift = shifted(world, "resolver")
    for talk in talks:
        if not talk.host or talk.place is None or not talk.place.network.names_logged:
            continue
        hour = int((talk.at - world.options.begin) / SLICE)
        files[talk.place.network.id, hour].append(_record(world, talk, shift))
    for (vpc, hour), held in sorted(files.items()):
        text = "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in held)
        yield _key(world, networks[vpc], hour), gzip.compress(text.encode(), compresslevel=6, mtime=0)


def asks(world: World, talk: Talk) -> tuple[str, str]:
    """Address and instance that the log has of who asked."""
    assert talk.place is not None and talk.workload is not None
    told = world.dice("told", talk.workload.arn).random() < 0.5
    if talk.workload.account is not None:
        cluster = talk.workload.account.cluster
        return cluster.resolver, cluster.nodes[0].id if told else ""
    return talk.place.address, talk.workload.id if told and talk.workload.kind == "instance" else ""


def _record(world: World, talk: Talk, shift: timedelta) -> Json:
    assert talk.place is not None
    network = talk.place.network
    address, instance = asks(world, talk)
    dice = world.dice("query", talk.at, talk.host, address)
    return {
        "version": "1.100000",
        "account_id": ACCOUNT,
        "region": network.region,
        "vpc_id": network.id,
        "query_timestamp": rfc3339(talk.at - timedelta(seconds=1) + shift),
        "query_name": f"{talk.host}.",
        "query_type": "A",
        "query_class": "IN",
        "rcode": "NOERROR",
        "answers": [{"Rdata": one, "Type": "A", "Class": "IN"} for one in talk.answers],
        "srcaddr": address,
        "srcport": str(dice.randint(1024, 65535)),
        "transport": "UDP",
        "srcids": {"instance": instance} if instance else {},
    }


def _key(world: World, network: Network, hour: int) -> str:
    start = world.options.begin + hour * SLICE
    closed = start + SLICE
    unique = digest("resolver file", network.id, closed).hex()[:8]
    name = f"{network.id}_vpcdnsquerylogs_{ACCOUNT}_{closed:%Y%m%dT%H%MZ}_{unique}.log.gz"
    return f"AWSLogs/{ACCOUNT}/vpcdnsquerylogs/{network.id}/{start:%Y/%m/%d}/{name}"
