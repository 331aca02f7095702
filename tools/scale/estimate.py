"""The arithmetic of docs/scale.md: what an estate makes of logs, what reading and keeping them takes, and what AWS bills for it.

    python3 tools/scale/estimate.py                 # the tables of docs/scale.md
    python3 tools/scale/estimate.py --accounts 40 --flow 3e7 --calls 2e5 --resources 1500

Figures under MEASURED are from benchmarks of this repository; all else is computed from them, in proportion. What is not in proportion is said in
the page.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass

DAY = 86_400
"""Seconds."""

MEASURED = {
    # bench/ingest/README.md, release build, two cores.
    "flow records a second and core": 2.35e6,
    "calls a second and core": 158e3,
    "bytes of a flow record, compressed": 229e6 / 9.98e6,
    "bytes of a flow record, plain": 2.4e9 / 9.98e6,
    "bytes of a call, compressed": 71e6 / 300e3,
    # bench/map/README.md: what a day of 100 M records becomes, and the map of it from nothing.
    "rows of `flow` for a record": 4.0e6 / 100e6,
    "CPU seconds of the map of a day": 118.0,
    "CPU seconds of the map of one more hour": 59.0,
    "MB of the map of a day": 1927.0,
    "rows of that day": 4.0e6 + 5.2e6,
    # Lakes of the generators of bench/ingest and of the demo, after `sightline lake compact`: docs/scale.md says how.
    "bytes of a row of `flow`": 1.5e6 / 59_866,
    "bytes of a row of `api_call`": 14e6 / 100e3,
    "bytes of a row of `resource`": 180e3 / 1_034,
    # bench/scan/README.md: 1.42 CPU seconds for the scan and its findings, of an account with more than 3,000 resources.
    "CPU seconds of a scan and its findings, a thousand resources": 1.42 / 3,
}

# List prices in US dollars of us-east-1, from memory, November 2026: compare them with AWS's price list before you rest a decision on them.
PRICES = {
    "S3, a GB and month": 0.023,
    "S3 GET, a thousand": 0.0004,
    "S3 PUT, a thousand": 0.005,
    "Fargate, a core and hour": 0.04048,
    "Fargate, a GB of memory and hour": 0.004445,
    "flow logs to S3, a GB (plain)": 0.25,
}
MONTH = 30.4
"""Days."""


@dataclass(frozen=True)
class Account:
    """What an account on average makes in a day."""

    flow: float = 100e6
    """flow records"""
    calls: float = 1e6
    """events of CloudTrail"""
    resources: float = 3_000
    objects: float = 1_500
    """log objects"""


@dataclass(frozen=True)
class Estate:
    """So many of them, kept for so many days."""

    accounts: int
    account: Account
    days: int

    @property
    def plain(self) -> float:
        """Bytes of flow logs a day, before compression."""
        return self.accounts * self.account.flow * MEASURED["bytes of a flow record, plain"]

    @property
    def compressed(self) -> float:
        """Bytes that are fetched a day."""
        flow = self.account.flow * MEASURED["bytes of a flow record, compressed"]
        return self.accounts * (flow + self.account.calls * MEASURED["bytes of a call, compressed"])

    @property
    def ingest_cores(self) -> float:
        """Core-seconds a day."""
        flow = self.account.flow / MEASURED["flow records a second and core"]
        return self.accounts * (flow + self.account.calls / MEASURED["calls a second and core"])

    @property
    def workers(self) -> int:
        """Workers of two cores that have a day's logs read in a quarter of the day: room for peaks and for catching up."""
        return max(1, math.ceil(self.ingest_cores / 2 / (DAY / 4)))

    @property
    def rows(self) -> float:
        """Rows of `flow` and `api_call` a day."""
        return self.accounts * (self.account.flow * MEASURED["rows of `flow` for a record"] + self.account.calls)

    @property
    def lake_day(self) -> float:
        """Bytes that a day adds to the lake: rows of logs, and one scan."""
        flow = self.account.flow * MEASURED["rows of `flow` for a record"] * MEASURED["bytes of a row of `flow`"]
        calls = self.account.calls * MEASURED["bytes of a row of `api_call`"]
        return self.accounts * (flow + calls + self.account.resources * MEASURED["bytes of a row of `resource`"])

    @property
    def lake(self) -> float:
        """Bytes of the lake when it is full."""
        return self.lake_day * self.days

    @property
    def map_memory(self) -> float:
        """MB of one map over everything, in proportion to the rows of a day: an extrapolation."""
        return MEASURED["MB of the map of a day"] * self.rows / MEASURED["rows of that day"]

    @property
    def map_cores(self) -> float:
        """Core-seconds a day of a map that is made each hour."""
        return 24 * MEASURED["CPU seconds of the map of one more hour"] * self.rows / MEASURED["rows of that day"]

    @property
    def scan_cores(self) -> float:
        """Core-seconds of a scan a day, with its findings."""
        return (
            self.accounts
            * self.account.resources
            / 1000
            * MEASURED["CPU seconds of a scan and its findings, a thousand resources"]
        )

    @property
    def dollars(self) -> dict[str, float]:
        """A month, by what is billed."""
        hours = (self.ingest_cores + self.map_cores + self.scan_cores) / 3600 * MONTH
        # Two GB of memory for each core.
        compute = hours * (PRICES["Fargate, a core and hour"] + 2 * PRICES["Fargate, a GB of memory and hour"])
        gets = self.accounts * self.account.objects * MONTH / 1000 * PRICES["S3 GET, a thousand"]
        # A commit of each of four tables and worker every thirty seconds, at worst; two requests that write a commit.
        puts = self.workers * 4 * 2 * (DAY / 4 / 30) * MONTH / 1000 * PRICES["S3 PUT, a thousand"]
        return {
            "compute": compute,
            "storage": self.lake / 1e9 * PRICES["S3, a GB and month"],
            "requests": gets + puts,
            "AWS's delivery of the flow logs": self.plain / 1e9 * MONTH * PRICES["flow logs to S3, a GB (plain)"],
        }


def size(count: float) -> str:
    """Bytes, for people."""
    for unit, name in ((1e15, "PB"), (1e12, "TB"), (1e9, "GB"), (1e6, "MB")):
        if count >= unit:
            return f"{count / unit:,.{0 if count >= 10 * unit else 1}f} {name}"
    return f"{count / 1e3:,.0f} kB"


def hours(seconds: float) -> str:
    """Core time, for people."""
    if seconds < 600:
        return f"{seconds:,.0f} s"
    return f"{seconds / 3600:,.1f} h" if seconds < 36_000 else f"{seconds / 3600:,.0f} h"


def money(dollars: float) -> str:
    """US dollars."""
    return f"{dollars:,.2f}" if dollars < 10 else f"{dollars:,.0f}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def tables(sizes: list[int], account: Account, days: int) -> str:
    """Both tables."""
    estates = [Estate(accounts, account, days) for accounts in sizes]
    work = table(
        [
            "accounts",
            "flow logs a day, plain",
            "fetched a day",
            "ingest, core time a day",
            "workers",
            "rows a day",
            "lake, a day",
            f"lake, {days} days",
            "map: memory, if in one",
        ],
        [
            [
                f"{one.accounts:,}",
                size(one.plain),
                size(one.compressed),
                hours(one.ingest_cores),
                str(one.workers),
                f"{one.rows / 1e6:,.0f} M",
                size(one.lake_day),
                size(one.lake),
                size(one.map_memory * 1e6),
            ]
            for one in estates
        ],
    )
    names = list(estates[0].dollars)
    bill = table(
        ["accounts", *names[:3], "together", f"beside it: {names[3]}"],
        [
            [
                f"{one.accounts:,}",
                *(money(one.dollars[name]) for name in names[:3]),
                money(sum(list(one.dollars.values())[:3])),
                money(one.dollars[names[3]]),
            ]
            for one in estates
        ],
    )
    return f"{work}\n\n{bill}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Account()
    parser.add_argument("--accounts", type=int, nargs="+", default=[1, 10, 100, 500, 1_000, 10_000])
    parser.add_argument("--flow", type=float, default=default.flow, help="flow records of an account a day")
    parser.add_argument("--calls", type=float, default=default.calls, help="events of CloudTrail of an account a day")
    parser.add_argument("--resources", type=float, default=default.resources)
    parser.add_argument("--objects", type=float, default=default.objects, help="log objects of an account a day")
    parser.add_argument("--days", type=int, default=90, help="days that the lake keeps")
    options = parser.parse_args()
    account = Account(options.flow, options.calls, options.resources, options.objects)
    print(tables(options.accounts, account, options.days))


if __name__ == "__main__":
    main()
