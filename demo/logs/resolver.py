"""Route 53 Resolver's query logs: who on the networks asked for which name, and which addresses it got.

The answers are the addresses that the flow logs have. The third network has no flow logs: here its look-ups are seen.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from estate.ledger import Ledger
from logs.conversation import (
    BEDROCK_ADDRESSES,
    HABITS,
    MIRROR_ADDRESS,
    S3_ADDRESS,
    SAGEMAKER_ADDRESS,
    SHADOW_ADDRESSES,
    Habit,
    busy,
)
from logs.names import digest, fraction, pick
from settings import ACCOUNT, MAIN_REGION, OTHER_REGION, WINDOW, rfc3339
from traffic import TRAFFIC, Traffic

Json = dict[str, Any]
Object = tuple[str, bytes]

SLICE = timedelta(hours=2)
"""Resolver delivers every few minutes; the demo's files are larger and fewer."""

SHADOW_NAME = "api.openai.com"
"""A model that is no AWS service: no trail has its calls, this log has its name."""

EU_BEDROCK_ADDRESSES = ("52.94.218.40", "52.95.126.138")

CLUSTER_RESOLVER = "10.20.1.140"
"""CoreDNS asks for the pods: Resolver sees its address, not theirs, and no instance."""

_NAMES = {
    S3_ADDRESS: f"s3.{MAIN_REGION}.amazonaws.com",
    MIRROR_ADDRESS: "mirror.example.net",
    SHADOW_ADDRESSES[0]: SHADOW_NAME,
}


@dataclass(frozen=True)
class Query:
    """One question with its answers."""

    vpc: str
    at: datetime
    address: str
    """Who asked."""

    instance: str
    """The same by its id; empty where the log does not tell it."""

    name: str
    answers: tuple[str, ...]
    kind: str = "A"


def objects(ledger: Ledger, end: datetime) -> Iterator[Object]:
    """Keys and bytes of all files of the three networks."""
    files: dict[tuple[str, int], list[Query]] = defaultdict(list)
    begin = end - WINDOW
    for query in queries(ledger, end):
        files[query.vpc, int((query.at - begin) / SLICE)].append(query)
    for (vpc, number), held in sorted(files.items()):
        held.sort(key=lambda one: (one.at, one.address, one.name, one.kind))
        lines = "".join(json.dumps(_record(one, ledger), separators=(",", ":")) + "\n" for one in held)
        key = _key(ledger.get("vpc", vpc)["id"], begin + number * SLICE)
        yield key, gzip.compress(lines.encode(), compresslevel=6, mtime=0)


def queries(ledger: Ledger, end: datetime) -> Iterator[Query]:
    """One before each conversation with a model, and one an hour for each other habit."""
    for row in TRAFFIC:
        yield from _before_calls(row, ledger, end)
    for habit in HABITS:
        for hour in range(int(WINDOW / timedelta(hours=1))):
            at = end - WINDOW + timedelta(hours=hour, seconds=pick(0, 3599, "asks", habit, hour))
            yield from _asked(ledger, "instance", habit.client, at, *_other(habit, ledger))


def _before_calls(row: Traffic, ledger: Ledger, end: datetime) -> Iterator[Query]:
    kind, name = row.workload.split("/", 1)
    if kind not in ("instance", "pod", "function") or not ledger.get(kind, name)["vpc"]:
        # Outside of a VPC nobody asks its resolver.
        return
    host = "runtime.sagemaker" if row.event == "InvokeEndpoint" else "bedrock-runtime"
    answers = model_addresses(host, ledger.get(kind, name)["vpc"], ledger)
    for begin, _ in busy(row, end):
        at = begin - timedelta(seconds=1)
        yield from _asked(ledger, kind, name, at, f"{host}.{row.region}.amazonaws.com", answers)


def model_addresses(host: str, vpc: str, ledger: Ledger) -> tuple[str, ...]:
    """The endpoint's own addresses where the network has one with private names, public ones elsewhere."""
    if vpc == "apps" and host == "bedrock-runtime":
        return _endpoint_addresses(host, ledger)
    if host == "runtime.sagemaker":
        return (SAGEMAKER_ADDRESS,)
    return EU_BEDROCK_ADDRESSES if vpc == "eu" else BEDROCK_ADDRESSES


def _endpoint_addresses(name: str, ledger: Ledger) -> tuple[str, ...]:
    return tuple(one["address"] for _, one in sorted(ledger.get("vpc_endpoint", name)["interfaces"].items()))


def _other(habit: Habit, ledger: Ledger) -> tuple[str, tuple[str, ...]]:
    """Name and addresses of what is no model of ours."""
    if habit.server.startswith("endpoint:"):
        service = habit.server.split(":")[1]
        return f"{service}.{MAIN_REGION}.amazonaws.com", _endpoint_addresses(service, ledger)
    if habit.server in ledger.facts["instance"]:
        peer = ledger.get("instance", habit.server)
        return f"{habit.server}.{peer['vpc']}.internal", (peer["address"],)
    return _NAMES[habit.server], SHADOW_ADDRESSES if habit.server in SHADOW_ADDRESSES else (habit.server,)


def _asked(ledger: Ledger, kind: str, name: str, at: datetime, host: str, answers: tuple[str, ...]) -> Iterator[Query]:
    """The question, and from some clients its twin for an IPv6 address, of which there is none."""
    place = ledger.get(kind, name)
    address = CLUSTER_RESOLVER if kind == "pod" else place["address"]
    instance = str(place["id"]) if kind == "instance" else ""
    turn = pick(0, len(answers) - 1, "turn", host, at)
    yield Query(place["vpc"], at, address, instance, host, answers[turn:] + answers[:turn])
    if fraction("twin", kind, name) < 0.4:
        yield Query(place["vpc"], at, address, instance, host, (), "AAAA")


def _record(query: Query, ledger: Ledger) -> Json:
    return {
        "version": "1.100000",
        "account_id": ACCOUNT,
        "region": _region(query.vpc),
        "vpc_id": ledger.get("vpc", query.vpc)["id"],
        "query_timestamp": rfc3339(query.at),
        "query_name": f"{query.name}.",
        "query_type": query.kind,
        "query_class": "IN",
        "rcode": "NOERROR",
        "answers": [{"Rdata": address, "Type": query.kind, "Class": "IN"} for address in query.answers],
        "srcaddr": query.address,
        "srcport": str(pick(1024, 65535, "source port", query)),
        "transport": "UDP",
        "srcids": {"instance": query.instance} if query.instance else {},
    }


def _region(vpc: str) -> str:
    return OTHER_REGION if vpc == "eu" else MAIN_REGION


def _key(vpc_id: str, start: datetime) -> str:
    closed = start + SLICE
    unique = digest("resolver file", vpc_id, closed).hex()[:8]
    name = f"{vpc_id}_vpcdnsquerylogs_{ACCOUNT}_{closed:%Y%m%dT%H%MZ}_{unique}.log.gz"
    return f"AWSLogs/{ACCOUNT}/vpcdnsquerylogs/{vpc_id}/{start:%Y/%m/%d}/{name}"
