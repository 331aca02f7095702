#!/usr/bin/env python3
"""The benchmark of log reading: Sightline, DuckDB, ClickHouse and plain decompression over the same files, in one run.

Usage: run.py [--quick] [--sightline PATH] [--only flow|trail…] [--repetitions N] [--no-peers] [--no-10x]
README.md says what is measured and how to read it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]
import answers  # noqa: E402
import data  # noqa: E402
from figures import bars, differences, row, show  # noqa: E402
from measure import Run, execute  # noqa: E402
from peers import CACHE, HERE, LIMITS, PEERS, PYTHON, install, limit_command  # noqa: E402

ROOT = HERE.parent.parent
TITLES = {"flow": "VPC flow logs, 29 fields, to hourly edges", "trail": "CloudTrail to calls"}
DONE = (0, 3)
"""Sightline's exits: done; done, and not everything could be read."""


class Bench:
    def __init__(self, args: argparse.Namespace, binary: Path | None, peers: bool) -> None:
        self.args, self.binary, self.peers = args, binary, PEERS if peers else ()
        self.limits = LIMITS if peers else ()
        self.work = CACHE / "work"
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def part(self, kind: str) -> dict[str, object]:
        print(f"\n== {'quick: ' if self.args.quick else ''}{TITLES[kind]}", flush=True)
        name = f"{kind}-quick-1x" if self.args.quick else f"{kind}-1x"
        size = data.ensure(name)
        data.warm(name)
        runs = self.turns(kind, name)
        found = {who: self.answer(who, kind) for who in ("sightline", *(peer.name for peer in self.peers)) if who in runs}
        rows = {who: row(of, DONE if who == "sightline" else (0,)) for who, of in runs.items()}
        if self.binary and not self.args.no_10x:
            rows["sightline 10x"] = self.ten_times(kind, name.replace("1x", "10x"))
        result = {"title": TITLES[kind], "size": size, "rows": rows, "answers": found, "differences": differences(found)}
        show(result)
        return result

    def turns(self, kind: str, name: str) -> dict[str, list[Run]]:
        """All programs in turn, again and again, so that a slow minute hits all."""
        runs: dict[str, list[Run]] = {}
        for _ in range(self.args.repetitions):
            if self.binary:
                runs.setdefault("sightline", []).append(self.sightline(kind, name))
            for peer in self.peers:
                out = self.work / f"{kind}-{peer.name}.parquet"
                out.unlink(missing_ok=True)
                command = peer.command(kind, data.folder(name), out, os.cpu_count() or 1)
                runs.setdefault(peer.name, []).append(self.execute(command, f"{kind}-{peer.name}"))
            for library in self.limits:
                command = limit_command(library, data.folder(name))
                runs.setdefault(f"{library}, 1 core", []).append(self.execute(command, f"{kind}-{library}"))
        return runs

    def sightline(self, kind: str, name: str) -> Run:
        lake = self.lake(kind)
        shutil.rmtree(lake, ignore_errors=True)
        return self.execute([str(self.binary), "--lake", str(lake), "ingest", str(data.folder(name))], f"{kind}-sightline")

    def ten_times(self, kind: str, name: str) -> dict[str, object]:
        data.ensure(name)
        data.warm(name)
        of = row([self.sightline(kind, name) for _ in range(self.args.repetitions_10x)], DONE)
        shutil.rmtree(self.lake(kind), ignore_errors=True)
        return of

    def lake(self, kind: str) -> Path:
        return self.work / f"{kind}-lake"

    def execute(self, command: list[str], name: str) -> Run:
        return execute(command, Path(os.devnull), self.work / f"{name}.stderr", self.args.limit)

    def answer(self, who: str, kind: str) -> dict[str, object]:
        try:
            if who == "sightline":
                assert self.binary is not None
                return answers.of_sightline(self.binary, self.lake(kind), kind)
            protocol = next(peer.protocol for peer in self.peers if peer.name == who)
            return answers.of_parquet(PYTHON, self.work / f"{kind}-{who}.parquet", kind, protocol)
        except (RuntimeError, ValueError, OSError) as error:
            return {"failed": str(error)}


def find_sightline(named: Path | None, missing: list[str]) -> Path | None:
    """A build that knows `ingest`; what is missing is said."""
    binary = named or (Path(os.environ["SIGHTLINE"]) if "SIGHTLINE" in os.environ else ROOT / "target" / "release" / "sightline")
    if not binary.exists():
        missing.append(f"sightline: no `{binary}`; build it with `cargo build --release -p sightline`, or name one with --sightline")
        return None
    done = subprocess.run([str(binary), "ingest", "--help"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        missing.append("sightline: this build has no `ingest`")
        return None
    return binary


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a hundredth of the logs, one repetition: does it all run?")
    parser.add_argument("--sightline", type=Path, help="the binary to measure (default: $SIGHTLINE, then target/release/sightline)")
    parser.add_argument("--only", nargs="*", choices=list(TITLES), help="parts to run")
    parser.add_argument("--no-peers", action="store_true", help="measure Sightline alone")
    parser.add_argument("--no-10x", action="store_true", help="leave out ten times as much")
    parser.add_argument("--repetitions", type=int, help="runs of each program (default 3; quick: 1)")
    parser.add_argument("--repetitions-10x", type=int, default=1, help="runs of Sightline over ten times as much (default 1)")
    parser.add_argument("--limit", type=float, default=1800.0, help="seconds after which a program is stopped")
    args = parser.parse_args()
    args.repetitions = args.repetitions or (1 if args.quick else 3)
    missing: list[str] = []
    binary = find_sightline(args.sightline, missing)
    peers = not args.no_peers and install(missing)
    for line in missing:
        print(f"missing: {line}", flush=True)
    if binary is None and not peers:
        print("nothing to measure", file=sys.stderr)
        return 2
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"the machine is busy (load {load:.1f}): wall times will say little, CPU times more", flush=True)
    bench = Bench(args, binary, peers)
    results = {kind: bench.part(kind) for kind in TITLES if args.only is None or kind in args.only}
    met = bars(results)
    print("\n== bars")
    for bar in met:
        print(f"   {'met   ' if bar['met'] else 'MISSED'} {bar['part']}: {bar['bar']}: {bar['measured']}")
    if not met:
        print("   none measured: Sightline was not run")
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "system": platform.system(), "python": platform.python_version(), "load": load}
    report = {"quick": args.quick, "machine": machine, "missing": missing, "bars": met, "parts": results}
    (HERE / "results.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
