"""VPC flow logs: conversations as records in two formats and two key layouts, with the gaps of real delivery."""

from __future__ import annotations

import gzip
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from estate.ledger import Ledger
from estate.log_delivery import APPS_FIELDS, DATA_FIELDS
from logs.conversation import Conversation, conversations
from logs.names import digest, pick
from settings import ACCOUNT, MAIN_REGION, WINDOW

Object = tuple[str, bytes]
Fields = dict[str, str]


@dataclass(frozen=True)
class Layout:
    """How one flow log is written: its fields in order, its files, its aggregation."""

    vpc: str
    fields: list[str]
    slice: timedelta
    aggregation: int
    hive: bool


LAYOUTS = (
    Layout("apps", APPS_FIELDS, timedelta(minutes=30), 60, hive=False),
    Layout("data", DATA_FIELDS, timedelta(hours=1), 600, hive=True),
)


def objects(ledger: Ledger, end: datetime) -> Iterator[Object]:
    """Keys and bytes of all files of both flow logs."""
    talks: dict[str, list[Conversation]] = defaultdict(list)
    for talk in conversations(ledger, end):
        talks[talk.vpc].append(talk)
    for layout in LAYOUTS:
        yield from _files(layout, talks[layout.vpc], ledger, end)


def _files(layout: Layout, talks: list[Conversation], ledger: Ledger, end: datetime) -> Iterator[Object]:
    begin = end - WINDOW
    slices: dict[int, list[str]] = {number: [] for number in range(int(WINDOW / layout.slice))}
    seen: dict[int, set[str]] = defaultdict(set)
    for talk in talks:
        number = int((talk.begin - begin) / layout.slice)
        seen[number].add(talk.interface)
        slices[number] += [_line(layout, fields) for fields in _records(talk, ledger, layout.aggregation)]
    for number, lines in sorted(slices.items()):
        start = begin + number * layout.slice
        lines += [_line(layout, fields) for fields in _silent(layout, ledger, seen[number], start)]
        random.Random(f"{layout.vpc}{number}").shuffle(lines)
        _damage(layout, number, lines, ledger, start)
        yield (
            _key(layout, ledger, start),
            gzip.compress(("\n".join([" ".join(layout.fields), *lines]) + "\n").encode(), compresslevel=6, mtime=0),
        )


# ---------------------------------------------------------------- records


def _records(talk: Conversation, ledger: Ledger, aggregation: int) -> Iterator[Fields]:
    yield from records(talk, aggregation, _place(talk.vpc, talk.interface, ledger))


def records(talk: Conversation, aggregation: int, place: Fields) -> Iterator[Fields]:
    """Both directions; a refused conversation has one."""
    yield _record(talk, aggregation, place, to_server=True)
    if talk.accepted and talk.received:
        yield _record(talk, aggregation, place, to_server=False)


def _record(talk: Conversation, aggregation: int, place: Fields, to_server: bool) -> Fields:
    start = int(talk.begin.timestamp())
    size = talk.sent if to_server else talk.received
    outbound = to_server == talk.client_side
    far = talk.far_server or talk.server
    ends = {
        "srcaddr": talk.client,
        "dstaddr": talk.server,
        "srcport": str(talk.client_port),
        "dstport": str(talk.server_port),
        "pkt-srcaddr": talk.client,
        "pkt-dstaddr": far,
        "pkt-src-aws-service": "-",
        "pkt-dst-aws-service": talk.service or "-",
    }
    if not to_server:
        ends = {_mirrored(name): value for name, value in ends.items()}
    return ends | {
        "protocol": "6",
        "packets": str(max(1, size // 900)),
        "bytes": str(size),
        "start": str(start),
        "end": str(start + pick(5, aggregation - 2, talk.interface, start)),
        "action": "ACCEPT" if talk.accepted else "REJECT",
        "log-status": "OK",
        # SYN and FIN from the opener, SYN-ACK and FIN from the other end, over the whole interval.
        "tcp-flags": ("3" if to_server else "19") if talk.accepted else "2",
        "type": "IPv4",
        "flow-direction": "egress" if outbound else "ingress",
        "traffic-path": str(talk.traffic_path) if outbound else "-",
        "instance-id": talk.instance_id or "-",
        **place,
    }


def _mirrored(name: str) -> str:
    return name.replace("src", "DST").replace("dst", "src").replace("DST", "dst")


def _place(vpc: str, interface: str, ledger: Ledger) -> Fields:
    """What a record says of its own interface. AWS makes an endpoint's: its account may be unknown."""
    endpoints = {name for one in ledger.all("vpc_endpoint").values() for name in one["interfaces"]}
    subnet = _subnets(ledger).get(interface, "-")
    return {
        "version": "8" if vpc == "apps" else "5",
        "account-id": "unknown" if interface in endpoints else ACCOUNT,
        "interface-id": interface,
        "vpc-id": ledger.get("vpc", vpc)["id"],
        "subnet-id": subnet,
        "region": MAIN_REGION,
        "az-id": next((one["zone_id"] for one in ledger.all("subnet").values() if one["id"] == subnet), "-"),
    }


def _subnets(ledger: Ledger) -> dict[str, str]:
    """Interface to subnet."""
    found = {
        one["interface"]: ledger.get("subnet", one["subnet"])["id"]
        for kind in ("instance", "nat")
        for one in ledger.all(kind).values()
    }
    for endpoint in ledger.all("vpc_endpoint").values():
        found |= {name: one["subnet_id"] for name, one in endpoint["interfaces"].items()}
    for function in ledger.all("function").values():
        if function["vpc"]:
            found[function["interface"]] = ledger.get("subnet", "apps-private-a")["id"]
    return found


def _line(layout: Layout, fields: Fields) -> str:
    return " ".join(fields.get(name, "-") for name in layout.fields)


# ---------------------------------------------------------------- gaps and damage


def _silent(layout: Layout, ledger: Ledger, seen: set[str], start: datetime) -> Iterator[Fields]:
    """NODATA for each interface that said nothing in this file's time."""
    for interface in sorted(_interfaces(layout.vpc, ledger) - seen):
        yield _status("NODATA", layout, interface, ledger, start)


def _interfaces(vpc: str, ledger: Ledger) -> set[str]:
    subnets = {one["id"] for one in ledger.all("subnet").values() if one["vpc_id"] == ledger.get("vpc", vpc)["id"]}
    return {interface for interface, subnet in _subnets(ledger).items() if subnet in subnets}


def _status(word: str, layout: Layout, interface: str, ledger: Ledger, start: datetime) -> Fields:
    at = int(start.timestamp())
    return _place(layout.vpc, interface, ledger) | {
        "start": str(at),
        "end": str(at + layout.aggregation),
        "log-status": word,
    }


def _damage(layout: Layout, number: int, lines: list[str], ledger: Ledger, start: datetime) -> None:
    """A few things that happen: skipped intervals, a broken line, a header in the middle of a file."""
    busiest = ledger.get("instance", "chat-frontend-1" if layout.vpc == "apps" else "etl-runner")["interface"]
    if number in (20, 21):
        lines.append(_line(layout, _status("SKIPDATA", layout, busiest, ledger, start)))
    if layout.vpc == "apps" and number == 33:
        lines.insert(len(lines) // 2, "8 123456789012 eni-broken 10.20.1.11 not-an-address")
    if layout.vpc == "data" and number == 10:
        lines.insert(len(lines) // 2, " ".join(layout.fields))


def _key(layout: Layout, ledger: Ledger, start: datetime) -> str:
    flow_log, closed = ledger.get("flow_log", layout.vpc)["id"], start + layout.slice
    unique = digest("flow file", layout.vpc, closed).hex()[:8]
    name = f"{ACCOUNT}_vpcflowlogs_{MAIN_REGION}_{flow_log}_{closed:%Y%m%dT%H%MZ}_{unique}.log.gz"
    if not layout.hive:
        return f"AWSLogs/{ACCOUNT}/vpcflowlogs/{MAIN_REGION}/{start:%Y/%m/%d}/{name}"
    source = f"aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region={MAIN_REGION}"
    return f"AWSLogs/{source}/{start:year=%Y/month=%m/day=%d/hour=%H}/{name}"
