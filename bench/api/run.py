#!/usr/bin/env python3
"""The benchmark of the API: 200 requests a second on the findings list, over 100,000 findings, on one core.

Usage: run.py [--quick] [--sightline PATH] [--rate N] [--seconds N]
README.md says what is measured and how to read it. Needs PyPI deltalake and pyarrow (the repository's .venv has them).
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote
from urllib.request import Request, urlopen

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DATA = HERE / "data"
BAR_MS = 100.0
FINDINGS = 100_000

RUN = "20261122T030405Z-00bead"
SEVERITIES = ["critical", "high", "medium", "low", "info"]
STATUSES = ["fail", "unknown", "pass", "skip"]
PAGES = [
    "/api/v1/findings?limit=100",
    "/api/v1/findings?limit=100&severity=critical&region=eu-west-1&status=fail",
    "/api/v1/findings?limit=100&status=fail,unknown,pass,skip",
    "/api/v1/findings?limit=100&text=bucket-0421",
]
# Filters that nobody asked before: the server cannot know the answer.
FRESH = [
    "/api/v1/findings?limit=100&text=bucket-{a:03}{b:02}",
    "/api/v1/findings?limit=100&account=1000000000{b:02}&text=-{a:03}",
    "/api/v1/findings?limit=100&region=us-west-2&account=1000000000{b:02}&status=pass,skip&text={a:03}",
    "/api/v1/findings?limit=100&text=says of a bucket {a}{b}",
]


def main() -> int:
    """The command line: 0 when the bar is met."""
    given = arguments()
    binary = given.sightline.resolve()
    if not binary.is_file():
        print(f"error: there is no {binary}: cargo build --release -p sightline", file=sys.stderr)
        return 2
    count = FINDINGS // 100 if given.quick else FINDINGS
    lake = DATA / f"{count}" / "lake"
    if not lake.is_dir():
        make(lake, count)
    environment = {"SIGHTLINE_LAKE": str(lake), "HOME": str(DATA), "PATH": os.environ["PATH"]}
    token = subprocess.run(
        [binary, "token", "create", "--role", "viewer", "--name", "bench"], env=environment, check=True, capture_output=True, text=True
    ).stdout.strip()
    server_core, own_core = cores()
    server = subprocess.Popen(
        [binary, "serve", "--listen", "127.0.0.1:0"], env=environment | {"SIGHTLINE_LOG": "warn"}, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {server_core}),
    )
    try:
        os.sched_setaffinity(0, {own_core})
        address = server.stdout.readline().strip().removeprefix("http://")
        seconds = 3 if given.quick else given.seconds
        warm(address, token)
        before = cpu_seconds(server.pid)
        results = asyncio.run(load(address, token, given.rate, seconds))
        results["cpu_ms_a_request"] = (cpu_seconds(server.pid) - before) * 1000 / results["requests"]
        results["server_rss_mb"] = resident(server.pid)
    finally:
        server.terminate()
        server.wait(timeout=30)
    results |= {"findings": count, "rate": given.rate, "cores": os.cpu_count(), "load": os.getloadavg()[0]}
    for name, value in results.items():
        print(f"{name:24}{value:>12}" if isinstance(value, int) else f"{name:24}{value:>12.2f}")
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    met = results["failed"] == 0 and results["p99_ms"] < BAR_MS
    print(f"bar: p99 {BAR_MS:.0f} ms at {given.rate} requests a second: {'met' if met else 'MISSED'}")
    return 0 if met else 1


def warm(address: str, token: str) -> None:
    """The first answer: the server reads the lake for it, which is not what is measured."""
    request = Request(f"http://{address}{PAGES[0]}", headers={"authorization": f"Bearer {token}"})
    with urlopen(request, timeout=300) as answer:
        answer.read()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the findings, three seconds")
    parser.add_argument("--sightline", type=Path, default=ROOT / "target/release/sightline")
    parser.add_argument("--rate", type=int, default=200, help="requests a second")
    parser.add_argument("--seconds", type=int, default=30)
    return parser.parse_args()


def cores() -> tuple[int, int]:
    """One for the server, one for the load; the same where there is but one."""
    free = sorted(os.sched_getaffinity(0))
    return free[0], free[-1]


def make(lake: Path, count: int) -> None:
    """A lake with these findings of 40 checks, 20 accounts and 8 regions."""
    import pyarrow as pa
    from deltalake import write_deltalake

    print(f"making a lake of {count:,} findings, once", flush=True)
    shutil.rmtree(lake, ignore_errors=True)
    lake.mkdir(parents=True)
    (lake / "lake.json").write_text(json.dumps({"format": 1, "written_by": "bench"}))
    rows = [finding(number) for number in range(count)]
    times = pa.array([1_795_316_645_000_000] * count, pa.timestamp("us", "UTC"))
    table = pa.Table.from_pylist(rows).append_column("evaluated_at", times)
    write_deltalake(lake / "finding", table, partition_by=["run_id"])


def finding(number: int) -> dict[str, str]:
    account, region = f"{100000000000 + number % 20}", ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1"][number % 4]
    check, name = f"s3-bucket-check-{number % 40:02}", f"bucket-{number:06}"
    resource = f"arn:aws:s3:::{name}"
    return {
        "run_id": RUN,
        "scan_id": "20261122T030000Z-00bead",
        "check_id": check,
        "title": f"What the check {number % 40} says of a bucket that is not as it should be",
        "status": STATUSES[number % 7 % 4],
        "severity": SEVERITIES[number % 40 % 5],
        "account_id": account,
        "region": region,
        "resource": resource,
        "resource_title": name,
        "reason": f"the bucket `{name}` has no block on public access, and its policy names everybody",
        "missing_actions": "[]",
        "fingerprint": hashlib.sha256(f"{check}{account}{region}{resource}".encode()).hexdigest()[:32],
        "fix_values": "{}",
    }


class Client:
    """Connections that are kept open; a request waits for a free one."""

    def __init__(self, address: str, token: str, size: int) -> None:
        self.host, port = address.rsplit(":", 1)
        self.port, self.token = int(port), token
        self.free: asyncio.Queue = asyncio.Queue()
        self.size = size

    async def open(self) -> None:
        for _ in range(self.size):
            self.free.put_nowait(await asyncio.open_connection(self.host, self.port, limit=1 << 22))

    async def get(self, path: str) -> tuple[int, bytes]:
        reader, writer = await self.free.get()
        head = f"GET {path} HTTP/1.1\r\nhost: {self.host}:{self.port}\r\nauthorization: Bearer {self.token}\r\n\r\n"
        writer.write(head.encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(answer.split("content-length: ")[1].split("\r\n")[0])
        body = await reader.readexactly(length)
        self.free.put_nowait((reader, writer))
        return int(answer.split(" ", 2)[1]), body


async def load(address: str, token: str, rate: int, seconds: int) -> dict[str, float | int]:
    client = Client(address, token, 32)
    await client.open()
    first = json.loads((await client.get(PAGES[0]))[1])
    pages = [*PAGES, f"{PAGES[2]}&cursor={json.loads((await client.get(PAGES[2]))[1])['next']}"]

    def page(number: int) -> str:
        """One in three is a filter that was not asked before."""
        if number % 3:
            return pages[number // 3 % len(pages)]
        again = number // 3
        return quote(FRESH[again % len(FRESH)].format(a=again // 20 % 1000, b=again % 20), safe="/?&=-")

    took: list[float] = []
    failed = 0

    async def ask(path: str, due: float) -> None:
        nonlocal failed
        status, _ = await client.get(path)
        took.append((time.perf_counter() - due) * 1000)
        failed += status != 200

    began, tasks = time.perf_counter(), []
    for number in range(rate * seconds):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(ask(page(number), due)))
    await asyncio.gather(*tasks)
    took.sort()
    at = lambda share: took[min(len(took) - 1, int(len(took) * share))]  # noqa: E731
    return {
        "open_findings": first["total"], "requests": len(took), "failed": failed, "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99),
        "worst_ms": took[-1],
    }


def cpu_seconds(pid: int) -> float:
    """User and system time of a process that runs."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    sys.exit(main())
