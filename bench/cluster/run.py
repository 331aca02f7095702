#!/usr/bin/env python3
"""The benchmark of the cluster: the same queries in one process, and on a scheduler with two executors on the same cores.

Usage: run.py [--rows N] [--quick] [--sightline PATH] [--repetitions N] [--only QUERY…]
README.md says what is measured and how to read it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from generate import make  # noqa: E402
from measure import Run, execute  # noqa: E402
from processes import Cluster  # noqa: E402
from queries import QUERIES  # noqa: E402

CORES = 2
BAR = 1.3
"""The cluster may take this many times as long as one process does on the same cores."""

SENT, KEPT = "1 queries there", "1 small ones here"
"""What the product says of where a query was run."""


class Bench:
    """Both ways in turn, so that a slow minute hits both."""

    def __init__(self, args: argparse.Namespace, lake: Path) -> None:
        self.args, self.lake = args, lake
        self.work = HERE / "data" / "work"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        # Every query goes to the cluster, however little it reads.
        (self.work / "all.toml").write_text(f"[cluster]\nsmallest_mb = 0\nparts = {args.parts}\n")
        taskset = shutil.which("taskset")
        self.pinned = [taskset, "-c", f"0-{CORES - 1}"] if taskset and (os.cpu_count() or 1) > CORES else []

    def query(self, sql: str, cluster: str | None) -> tuple[Run, object]:
        """One run, and its answer. Some queries stay in the process that asks, cluster or not."""
        out, err = self.work / "out.json", self.work / "err.txt"
        command = [*self.pinned, str(self.args.sightline), "--lake", str(self.lake), "--config", str(self.work / "all.toml"), "query", "--json", sql]
        if cluster:
            command += ["--cluster", cluster]
        run = execute(command, out, err)
        if run.status:
            raise RuntimeError(f"{sql}: {run.stderr}")
        if cluster and not any(told in run.stderr for told in (SENT, KEPT)):
            raise RuntimeError(f"not run on the cluster: {sql}: {run.stderr}")
        return run, json.loads(out.read_text())

    def measure(self, name: str, cluster: str) -> dict[str, object]:
        """Both ways, some times; the least of each counts, since what else runs only adds."""
        here: list[Run] = []
        there: list[Run] = []
        same, place = True, "cluster"
        for _ in range(self.args.repetitions):
            run, expected = self.query(QUERIES[name], None)
            here.append(run)
            run, given = self.query(QUERIES[name], cluster)
            there.append(run)
            place = "kept here" if KEPT in run.stderr else "cluster"
            same &= expected == given
        one, two = min(run.wall_s for run in here), min(run.wall_s for run in there)
        print(f"{name:<12} {one:>8.2f} s {two:>8.2f} s {two / one:>6.2f} x   {place:<9} {'same' if same else 'DIFFERENT ROWS'}", flush=True)
        return {"embedded_s": [run.wall_s for run in here], "cluster_s": [run.wall_s for run in there], "ratio": two / one, "place": place, "same": same}


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--quick", action="store_true", help="a million rows, once: does it all run?")
    parser.add_argument("--sightline", type=Path, default=ROOT / "target" / "release" / "sightline")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--parts", type=int, default=4, help="into how many parts work is cut")
    parser.add_argument("--only", nargs="*", default=list(QUERIES), choices=list(QUERIES), metavar="QUERY")
    args = parser.parse_args()
    if args.quick:
        args.rows, args.repetitions = 1_000_000, 1
    folder = HERE / "data" / f"{args.rows}"
    make(folder, args.sightline, args.rows)
    bench = Bench(args, folder / "lake")
    print(f"{args.rows:,} rows, {CORES} cores: one process, a scheduler with {CORES} executors of one core")
    with Cluster(args.sightline, folder / "lake", CORES, bench.pinned) as cluster:
        found = {name: bench.measure(name, cluster.url) for name in args.only}
    ratios = [float(str(one["ratio"])) for one in found.values()]
    met = all(one["same"] for one in found.values()) and max(ratios) <= BAR
    print(f"the slowest {max(ratios):.2f} x, the middle {statistics.median(ratios):.2f} x; bar {BAR} x: {'met' if met else 'not met'}")
    result = {"rows": args.rows, "machine": platform.platform(), "cores": os.cpu_count(), "bar": BAR, "met": met, "queries": found}
    (HERE / "results.json").write_text(json.dumps(result, indent=1) + "\n")
    return 0 if met or args.quick else 1


if __name__ == "__main__":
    sys.exit(main())
