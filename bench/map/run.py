#!/usr/bin/env python3
"""The benchmark of the map: an estate of 10,000 instances and 100,000 pods, and a day of its logs.

Usage: run.py [--quick] [--sightline PATH] [--keep]
README.md says what is measured and how to read it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
from measure import Run, execute  # noqa: E402

ROOT = HERE.parent.parent
DATA = HERE / "data"
WALL_BAR, MEMORY_BAR = 120.0, 2000.0
"""Seconds and MB."""

HOURS = 24


def main() -> int:
    """The command line: 0 when all bars are met."""
    given = arguments()
    binary = given.sightline.resolve()
    if not binary.is_file():
        print(f"error: there is no {binary}: cargo build --release -p sightline", file=sys.stderr)
        return 2
    import generate

    name = "quick" if given.quick else "day"
    folder, work = DATA / name, DATA / f"{name}-work"
    if not (folder / "size.json").is_file():
        print("making the lake: this takes two minutes, once", flush=True)
        generate.make(folder, binary, given.quick, HOURS)
    size = json.loads((folder / "size.json").read_text())
    print(", ".join(f"{count:,} rows of {table}" for table, count in size.items()))
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {binary}")
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(folder, work)
    runs = measured(binary, work, given.quick)
    if not given.keep:
        shutil.rmtree(work, ignore_errors=True)
    results = {title: row(run) for title, run in runs.items()}
    show(results)
    (HERE / "results.json").write_text(json.dumps({"size": size, "rows": results}, indent=1) + "\n")
    whole = runs["from nothing"]
    met = (
        all(run.status == 0 for run in runs.values()) and whole.wall_s < WALL_BAR and max(run.rss_mb for run in runs.values()) < MEMORY_BAR
    )
    print(f"bars: {WALL_BAR:.0f} s, {MEMORY_BAR:.0f} MB: {'met' if met else 'MISSED'}")
    return 0 if met or given.quick else 1


def measured(binary: Path, work: Path, quick: bool) -> dict[str, Run]:
    """The map from nothing, again without anything new, and after one more hour of logs."""
    import generate

    runs = {"from nothing": ask(binary, work), "again, nothing new": ask(binary, work)}
    writer = generate.Writer(work, quick)
    writer.hour(HOURS)
    del writer
    runs["one more hour, of the next day"] = ask(binary, work)
    return runs


def ask(binary: Path, work: Path) -> Run:
    """One map."""
    command = [str(binary), "--lake", str(work / "lake"), "map", "--json"]
    return execute(command, work / "map.json", work / "map.err", limit=1200)


def row(run: Run) -> dict[str, object]:
    """One run's figures."""
    if run.status:
        return {"failed": f"exit {run.status}: {run.stderr.strip()[-400:]}"}
    return {"wall_s": round(run.wall_s, 2), "cpu_s": round(run.cpu_s, 2), "rss_mb": round(run.rss_mb)}


def show(results: dict[str, dict[str, object]]) -> None:
    """The table."""
    print(f"\n{'':32}{'wall':>10}{'CPU':>10}{'peak':>10}")
    for title, of in results.items():
        if "failed" in of:
            print(f"{title:32}{of['failed']}")
        else:
            print(f"{title:32}{of['wall_s']:>8.1f} s{of['cpu_s']:>8.1f} s{of['rss_mb']:>7.0f} MB")


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a fiftieth of it: does it all run?")
    parser.add_argument("--sightline", type=Path, default=ROOT / "target" / "release" / "sightline")
    parser.add_argument("--keep", action="store_true", help="leave the lake as the last run left it")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
