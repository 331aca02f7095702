#!/usr/bin/env python3
"""Writes VPC flow logs as AWS delivers them: 29 fields, gzip, a file every five minutes for each flow log.

Usage: generate_flow.py --out FOLDER [--records N] [--hours H] [--interfaces N] [--mixed] [--seed N]
The same arguments write the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent))
from network import SCANNED, Network, Vpc, public, sides  # noqa: E402

FIELDS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status "
    "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr "
    "region az-id sublocation-type sublocation-id "
    "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path"
)
BEGIN = int(datetime(2026, 11, 20, tzinfo=timezone.utc).timestamp())
SLOT = 300
FIGURES = 4096
"""Different pairs of packets and bytes in a file, for each kind of traffic."""
SCANS, VISITORS = 0.006, 0.02
"""Parts of the records that are scans from anywhere, and connections of visitors to load balancers."""


class Writer:
    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.network = Network(args.interfaces, args.seed)
        self.slots = args.hours * 3600 // SLOT
        self.pick = [self.rates(vpc) for vpc in self.network.vpcs]

    def rates(self, vpc: Vpc) -> list[float]:
        """Connections of each interface in a minute: by the weight of its edges."""
        weights = [at.bounds[-1] if at.bounds else 0.0 for at in vpc.interfaces]
        records = self.args.records / self.slots * vpc.share * (1 - SCANS - VISITORS)
        scale = records / 2 / 5 / sum(weights)
        return [weight * scale for weight in weights]

    def file(self, task: tuple[int, int]) -> dict[str, int]:
        number, slot = task
        vpc = self.network.vpcs[number]
        rng = Random(f"file/{self.args.seed}/{number}/{slot}")
        begin = BEGIN + slot * SLOT
        figures = Figures(rng)
        batches: list[list[str]] = []
        for minute in range(5):
            for at, rate in zip(vpc.interfaces, self.pick[number], strict=True):
                windows = self.windows(rng, begin + 60 * minute, at.offset)
                batches.append(batch(rng, at, int(rate + rng.random()), windows, figures, slot))
                if rng.random() < 0.002:
                    status = "NODATA" if rng.random() < 0.9 else "SKIPDATA"
                    batches[-1] = [f"5 {at.owner} - - - - - - - {windows[0]} - {status} {at.place} - - - - {at.zone} - - - -\n"]
            self.strangers(rng, vpc, begin + 60 * minute, figures, batches)
        rng.shuffle(batches)
        lines = [line for lines in batches for line in lines]
        if self.args.mixed:
            rng.shuffle(lines)
        text = "".join((FIELDS, "\n", *lines)).encode()
        path = self.path(vpc, begin, rng)
        packed = gzip.compress(text, 6, mtime=begin)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packed)
        return {"files": 1, "records": len(lines), "bytes": len(text), "gz_bytes": len(packed)}

    def windows(self, rng: Random, begin: int, offset: int) -> list[str]:
        return [f"{begin + offset // 4 + rng.randrange(8)} {begin + 40 + offset // 3}" for _ in range(3)]

    def strangers(self, rng: Random, vpc: Vpc, begin: int, figures: Figures, batches: list[list[str]]) -> None:
        """Scans, each from another address, and visitors, each known for an hour."""
        records = self.args.records / self.slots * vpc.share / 5
        balancers = [at for at in vpc.interfaces if at.kind == "balancer"]
        open_to_all = balancers + [at for at in vpc.interfaces if at.kind in ("nat", "app")][:60]
        window = f"{begin + rng.randrange(30)} {begin + 30 + rng.randrange(30)}"
        for _ in range(int(records * SCANS + rng.random())):
            at, source = rng.choice(open_to_all), public(rng)
            ends = (source, at.addr)
            there, _ = sides(at, ends, ends, ("-", "-"), rng.choice(SCANNED), "tcp", False, "-", "REJECT", False)
            batches.append([f"{there[0]}{rng.randrange(1024, 65536)}{there[1]}1 {rng.choice((40, 44, 60))} {window}{there[2]}2{there[3]}"])
        hour = Random(f"visitors/{self.args.seed}/{vpc.flow_log}/{begin // 3600}")
        known = [public(hour) for _ in range(max(1, int(self.args.records / self.args.hours * vpc.share * VISITORS / 8)))]
        for _ in range(int(records * VISITORS / 2 + rng.random())):
            source = known[int(len(known) * rng.random() ** 2)]
            at = balancers[hash_of(source) % len(balancers)]
            ends = (source, at.addr)
            both = sides(at, ends, ends, ("-", "-"), 443, "tcp", False, "8")
            port, (figure, answer) = rng.randrange(1024, 65536), figures.tcp[int(rng.random() * FIGURES)]
            (a, b, c, d), (e, f, g, h) = both
            batches.append([f"{a}{port}{b}{figure} {window}{c}3{d}", f"{e}{port}{f}{answer} {window}{g}19{h}"])

    def path(self, vpc: Vpc, begin: int, rng: Random) -> Path:
        day, minute = (time.strftime(form, time.gmtime(begin)) for form in ("%Y/%m/%d", "%Y%m%dT%H%MZ"))
        name = f"{vpc.account}_vpcflowlogs_{vpc.region}_{vpc.flow_log}_{minute}_{rng.getrandbits(32):08x}.log.gz"
        return self.args.out / "AWSLogs" / vpc.account / "vpcflowlogs" / vpc.region / day / name


class Figures:
    """Packets and bytes of both directions, as text."""

    def __init__(self, rng: Random) -> None:
        self.tcp = [self.pair(rng, 1.2, 60, 900) for _ in range(FIGURES)]
        self.udp = [self.pair(rng, 0.4, 60, 220) for _ in range(FIGURES // 8)]
        self.icmp = [("2 168", "2 168"), ("5 420", "5 420"), ("60 5040", "60 5040")]
        self.ports = {first: [str(rng.randrange(first, 61000)) for _ in range(FIGURES * 4)] for first in (32768, 1024)}

    @staticmethod
    def pair(rng: Random, spread: float, small: int, large: int) -> tuple[str, str]:
        packets = 1 + int(rng.lognormvariate(2.0, spread))
        answers = max(1, int(packets * rng.uniform(0.7, 1.6)))
        return f"{packets} {packets * rng.randrange(small, large)}", f"{answers} {answers * rng.randrange(small, large)}"


def batch(rng: Random, at, count: int, windows: list[str], figures: Figures, slot: int) -> list[str]:
    """What one interface delivers for one minute."""
    lines: list[str] = []
    if not count:
        return lines
    random = rng.random
    for edge in rng.choices(at.edges, cum_weights=at.bounds, k=count):
        chance = random()
        window = windows[int(chance * 3)]
        if edge.protocol == "tcp":
            figure, answer = figures.tcp[int(random() * FIGURES)]
            if edge.long and chance < 0.7:
                port, flags, answer_flags = edge.ports + (edge.salt + slot) % 28000, "0", "0"
            else:
                port = figures.ports[edge.ports][int(random() * FIGURES * 4)]
                flags, answer_flags = ("3", "19") if chance < 0.9 else ("2", "18")
        elif edge.protocol == "udp":
            figure, answer = figures.udp[int(random() * FIGURES) // 8]
            port, flags, answer_flags = figures.ports[edge.ports][int(random() * FIGURES * 4)], "0", "0"
        else:
            figure, answer = figures.icmp[int(chance * 3)]
            port, flags, answer_flags = "0", "0", "0"
        a, b, c, d = edge.there
        if edge.back is None:
            lines.append(f"{a}{port}{b}{figure} {window}{c}2{d}")
            continue
        lines.append(f"{a}{port}{b}{figure} {window}{c}{flags}{d}")
        a, b, c, d = edge.back
        lines.append(f"{a}{port}{b}{answer} {window}{c}{answer_flags}{d}")
    rng.shuffle(lines)
    return lines


def hash_of(text: str) -> int:
    return sum(ord(char) * 31**at for at, char in enumerate(text))


KEPT: list[Writer] = []
"""What a worker process writes with, once."""


def write(task: tuple[int, int]) -> dict[str, int]:
    return KEPT[0].file(task)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--records", type=int, default=10_000_000, help="about so many")
    parser.add_argument("--hours", type=int, default=6)
    parser.add_argument("--from-hour", type=int, default=0, help="leave out the files before this hour")
    parser.add_argument("--interfaces", type=int, default=2000)
    parser.add_argument("--mixed", action="store_true", help="shuffle the lines of a file, not only the batches of its interfaces and the lines of a batch")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    first = args.from_hour * 3600 // SLOT
    tasks = [(vpc, slot) for slot in range(first, args.hours * 3600 // SLOT) for vpc in range(3)]
    total: dict[str, int] = {}
    with ProcessPoolExecutor(os.cpu_count(), initializer=KEPT.append, initargs=(Writer(args),)) as pool:
        for done in pool.map(write, tasks, chunksize=18):
            for name, count in done.items():
                total[name] = total.get(name, 0) + count
    print(json.dumps(total))
    return 0


if __name__ == "__main__":
    sys.exit(main())
