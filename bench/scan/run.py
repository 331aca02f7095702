#!/usr/bin/env python3
"""The scan benchmark: Sightline and Prowler over the same account in the same emulators, in one run.

Usage: run.py [--sightline PATH] [--times N] [--repetitions N] [--no-peer] [--latency MS]
README.md says what is measured and how to read it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(ROOT / "demo")]
import compare  # noqa: E402
import emulators  # noqa: E402
import ready  # noqa: E402
from measure import Run, execute, spread  # noqa: E402
from settings import MAIN_REGION  # noqa: E402

CACHE = HERE / ".cache"
VENV = HERE / ".venv"
SERVICES = ("bedrock", "sagemaker", "iam", "s3", "ec2", "vpc")
"""Prowler's services."""
ASKED = ("bedrock", "sagemaker", "iam", "s3", "ec2")
"""The same services as Sightline's checks name them: those of the VPC are among EC2's, as in AWS's API."""
TABLES = ("aws_bedrock*", "aws_sagemaker*", "aws_iam*", "aws_s3*", "aws_ec2*", "aws_ebs*", "aws_vpc*", "aws_region", "aws_account*")
NOT = ("aws_bedrock_agentcore*", "aws_bedrock_data_automation*")
"""Services of their own that Prowler does not read."""
BESIDE = ("aws_cloudwatch_log_group", "aws_lambda_function", "aws_eks_cluster", "aws_eks_pod_identity_association", "aws_organizations_account")
"""Tables of other services that paired checks rest on. Prowler's checks read log groups, functions, Systems Manager, Backup and Batch beside."""
DONE = {"sightline": (0, 1, 3), "prowler": (0, 3)}
"""Exits that are an answer: clean, findings, not everything could be read."""
BARS = {"cpu": 20.0, "wall": 20.0, "rss_mb": 200.0}


class Missing(Exception):
    """Something that the benchmark needs is absent; the text says how to get it."""


class Scanner:
    """One program, as its users start it."""

    def __init__(self, name: str, work: Path) -> None:
        self.name, self.work = name, work / name
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)

    def commands(self) -> list[list[str]]:
        raise NotImplementedError

    def run(self, environment: dict[str, str]) -> Run:
        """All its commands, as one."""
        runs = []
        for number, command in enumerate(self.commands()):
            done = execute(command, self.work / f"{number}.out", self.work / f"{number}.err", env=environment)
            if done.status not in DONE[self.name]:
                raise Missing(f"{self.name}: `{' '.join(command[:3])}` ended with {done.status}: {done.stderr[-400:]}")
            runs.append(done)
        return Run(sum(r.wall_s for r in runs), sum(r.cpu_s for r in runs), max(r.rss_mb for r in runs), 0, "")


class Sightline(Scanner):
    def __init__(self, binary: Path, work: Path) -> None:
        super().__init__("sightline", work)
        self.binary = binary

    def commands(self) -> list[list[str]]:
        lake = self.work / "lake"
        shutil.rmtree(lake, ignore_errors=True)
        base = [str(self.binary), "--lake", str(lake)]
        tables = [part for table in (*TABLES, *BESIDE) for part in ("--table", table)] + [part for table in NOT for part in ("--skip-table", table)]
        checks = [part for service in ASKED for part in ("--select", service)]
        return [
            [*base, "scan", "--region", MAIN_REGION, *tables],
            [*base, "findings", "--exit-zero", *checks, "-o", f"json={self.work / 'findings.json'}"],
        ]


class Prowler(Scanner):
    def __init__(self, work: Path) -> None:
        super().__init__("prowler", work)

    def commands(self) -> list[list[str]]:
        out = self.work / "out"
        shutil.rmtree(out, ignore_errors=True)
        return [[
            str(VENV / "bin" / "prowler"), "aws", "--region", MAIN_REGION, "--service", *SERVICES, "--output-formats", "csv",
            "--output-directory", str(out), "--output-filename", "findings", "--no-banner", "--ignore-exit-code-3",
            "--aws-retries-max-attempts", "0", "--log-level", "CRITICAL",
        ]]


# ---------------------------------------------------------------- what stands in for AWS


@contextlib.contextmanager
def account(times: int) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """The account in its emulators: the environment that leads straight to them, and the one that leads through replay."""
    state = CACHE / "state"
    state.mkdir(parents=True, exist_ok=True)
    python, _ = ready.virtual_environment(ROOT / ".venv", ROOT / "demo" / "requirements.txt")
    running, _ = emulators.start(state, python=str(python))
    replay = None
    try:
        command = [str(python), str(HERE / "account.py"), "--state", str(state), "--times", str(times)]
        if subprocess.run(command, check=False).returncode:
            raise Missing("the account could not be built; the message is above")
        ports = {one.url: free_port() for one in running.values()}
        pairs = [f"{port}={url}" for url, port in ports.items()]
        replay = subprocess.Popen([sys.executable, str(HERE / "replay.py"), *pairs])
        direct = emulators.child_environment(running, state)
        through = {name: f"http://127.0.0.1:{ports[value]}" if value in ports else value for name, value in direct.items()}
        wait_for(through["AWS_ENDPOINT_URL"])
        yield direct, through
    finally:
        if replay is not None:
            replay.terminate()
            replay.wait()
        emulators.stop(state)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def control(url: str, what: str, method: str = "PUT") -> dict[str, int]:
    asked = urllib.request.Request(f"{url}/_replay/{what}", method=method)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=10) as answer:
        return json.load(answer)


def wait_for(url: str) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError):
            control(url, "counts", "GET")
            return
        time.sleep(0.1)
    raise Missing("the replay server did not start")


# ---------------------------------------------------------------- measuring


def turns(scanners: list[Scanner], environment: dict[str, str], repetitions: int, replay: str | None) -> dict[str, dict]:
    """All programs in turn, again and again, so that a slow minute hits all."""
    runs: dict[str, list[Run]] = {}
    counts: dict[str, dict[str, int]] = {}
    for _ in range(repetitions):
        for scanner in scanners:
            if replay:
                control(replay, "counts/reset")
            runs.setdefault(scanner.name, []).append(scanner.run(environment))
            if replay:
                counts[scanner.name] = control(replay, "counts", "GET")
    return {name: row(of) | {"calls": counts.get(name)} for name, of in runs.items()}


def row(runs: list[Run]) -> dict[str, object]:
    return {"wall_s": spread([r.wall_s for r in runs]), "cpu_s": spread([r.cpu_s for r in runs]), "rss_mb": spread([r.rss_mb for r in runs])}


def show(title: str, rows: dict[str, dict]) -> None:
    print(f"\n== {title}\n   {'':12}{'wall: min / median / max':>30}{'CPU':>10}{'peak MB':>9}{'calls':>8}{'at once':>9}")
    for name, of in rows.items():
        wall = " / ".join(f"{of['wall_s'][k]:.2f}" for k in ("min", "median", "max")) + " s"
        calls = of.get("calls") or {}
        asked = f"{calls['hits'] + calls['misses']:,}" if calls else ""
        print(f"   {name:12}{wall:>30}{of['cpu_s']['median']:>8.2f} s{of['rss_mb']['max']:>9.0f}{asked:>8}{calls.get('most_in_flight', ''):>9}")
    if len(rows) == 2:
        wall, cpu = (rows["prowler"][k]["median"] / rows["sightline"][k]["median"] for k in ("wall_s", "cpu_s"))
        print(f"   {'ratio':12}{f'{wall:.1f}×':>30}{f'{cpu:.1f}×':>10}{rows['prowler']['rss_mb']['max'] / rows['sightline']['rss_mb']['max']:>8.1f}×")


def bars(parts: dict[str, dict[str, dict]]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for part, rows in parts.items():
        ours, theirs = rows["sightline"], rows.get("prowler")
        if theirs:
            for key, wanted in (("cpu_s", BARS["cpu"]), ("wall_s", BARS["wall"])):
                if key == "wall_s" and part != "latency":
                    continue
                ratio = theirs[key]["median"] / ours[key]["median"]
                found.append({"part": part, "bar": f"≥ {wanted:.0f}× less {key[:-2]}", "measured": f"{ratio:.1f}×", "met": ratio >= wanted})
        peak = ours["rss_mb"]["max"]
        found.append({"part": part, "bar": f"< {BARS['rss_mb']:.0f} MB", "measured": f"{peak:.0f} MB", "met": peak < BARS["rss_mb"]})
    return found


def install() -> None:
    wanted = (HERE / "requirements.txt").read_text()
    stamp = VENV / "installed.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("installing Prowler (2.3 GB, some ten minutes)", flush=True)
    python = str(VENV / "bin" / "python")
    for step in ([sys.executable, "-m", "venv", str(VENV)], [python, "-m", "pip", "install", "-q", "-r", str(HERE / "requirements.txt")]):
        if subprocess.run(step, check=False).returncode:
            raise Missing("Prowler could not be installed; pip's message is above. --no-peer measures Sightline alone")
    stamp.write_text(wanted)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sightline", type=Path, default=ROOT / "target" / "release" / "sightline", help="the binary to measure")
    parser.add_argument("--times", type=int, default=10, help="how much there is beside the demo's estate (default 10)")
    parser.add_argument("--repetitions", type=int, default=3, help="runs of each program (default 3)")
    parser.add_argument("--latency", type=float, default=50.0, help="milliseconds that each answer takes in the second part (default 50)")
    parser.add_argument("--no-peer", action="store_true", help="measure Sightline alone")
    args = parser.parse_args()
    try:
        return measure(args)
    except (Missing, ready.Missing, emulators.EmulatorError) as error:
        print(f"missing: {error}", file=sys.stderr)
        return 2


def measure(args: argparse.Namespace) -> int:
    if not args.sightline.exists():
        raise Missing(f"there is no `{args.sightline}`: build it with `cargo build --release -p sightline`, or name one with --sightline")
    work = CACHE / "work"
    scanners: list[Scanner] = [Sightline(args.sightline.resolve(), work)]
    if not args.no_peer:
        install()
        scanners.append(Prowler(work))
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"the machine is busy (load {load:.1f}): wall times will say little, CPU times more", flush=True)
    parts: dict[str, dict[str, dict]] = {}
    with account(args.times) as (direct, through):
        parts["emulator"] = turns(scanners, direct, args.repetitions, None)
        show("straight to the emulators, which are the limit", parts["emulator"])
        # Once for the answers, then with every answer known and as late as AWS's.
        for scanner in scanners:
            scanner.run(through)
        control(through["AWS_ENDPOINT_URL"], f"latency/{args.latency}")
        parts["latency"] = turns(scanners, through, args.repetitions, through["AWS_ENDPOINT_URL"])
        show(f"every answer after {args.latency:.0f} ms", parts["latency"])
    comparison = None
    if not args.no_peer:
        comparison = compare.compare(work / "sightline" / "findings.json", work / "prowler" / "out" / "findings.csv")
        compare.show(comparison)
        (HERE / "findings.md").write_text(compare.markdown(comparison))
    met = bars(parts)
    print("\n== bars")
    for bar in met:
        print(f"   {'met   ' if bar['met'] else 'MISSED'} {bar['part']}: {bar['bar']}: {bar['measured']}")
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "system": platform.system(), "load": load}
    report = {"machine": machine, "times": args.times, "parts": parts, "bars": met, "comparison": comparison}
    (HERE / "results.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
