#!/usr/bin/env python3
"""The IAM benchmark: Sightline and other evaluators over the same organisation, side by side, in one run.

Usage: run.py [--quick] [--sightline PATH] [--only SCENARIO…] [--pairs K] [--budget SECONDS] [--repetitions N]
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
from dataclasses import dataclass
from pathlib import Path
from random import Random

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]
from figures import bars, failure, our_row, peer_row, show  # noqa: E402
from measure import Run, execute  # noqa: E402
from peers import CACHE, HERE, Peer, install  # noqa: E402

ROOT = HERE.parent.parent


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    arguments: tuple[str, ...]
    peers: bool = False
    """Whether the peers are measured on it too."""
    compare: bool = False
    bar: str = ""
    pairs: int | None = None
    """Pairs a peer is asked, where not as many as elsewhere."""
    peer_limit: float | None = None
    """Seconds after which a peer is stopped, where it may not come back from a single decision."""


SCENARIOS = (
    Scenario("distinct", "5 policies × 20 statements for each principal, all documents distinct", (), True, True, "ratio"),
    Scenario("shared", "5 policies × 20 statements for each principal, documents from a pool of 200", ("--shared",), True, True, "ratio"),
    Scenario("principals", "ten thousand principals, documents from a pool of 200", ("--roles", "10000", "--shared"), bar="after load"),
    Scenario("million", "ten thousand principals, a million statements, all documents distinct", ("--roles", "10000"), bar="after load"),
    Scenario("document", "one document of 6 MB", ("--scenario", "document")),
    Scenario("wildcards", "patterns made to explode a matcher", ("--scenario", "wildcards"), True, pairs=20, peer_limit=30),
    Scenario("cycles", "roles that assume each other, in one ring and in cliques of fifty", ("--scenario", "cycles")),
)
QUICK = {"distinct": ("--roles", "600"), "shared": ("--roles", "600", "--shared")}


class Bench:
    def __init__(self, args: argparse.Namespace, binary: Path | None, peers: list[Peer]) -> None:
        self.args, self.binary, self.peers = args, binary, {peer.name: peer for peer in peers}
        self.work = CACHE / "work"
        self.work.mkdir(parents=True, exist_ok=True)

    def generate(self, scenario: Scenario, *extra: str) -> Path:
        path = self.work / f"{scenario.name}{'-loading' if extra else ''}.json"
        arguments = QUICK[scenario.name] if self.args.quick else scenario.arguments
        subprocess.run([sys.executable, str(HERE / "generate.py"), "--out", str(path), *arguments, *extra], check=True)
        return path

    def scenario(self, scenario: Scenario) -> dict[str, object]:
        print(f"\n== {'quick: ' if self.args.quick else ''}{scenario.title}", flush=True)
        org = self.generate(scenario)
        loading = self.generate(scenario, "--no-questions") if self.binary and scenario.bar == "after load" else None
        size = sizes(org)
        pairs = self.sample(scenario, size["principals"], size["questions"])
        ours: list[Run] = []
        load_only: list[Run] = []
        theirs: dict[str, list[tuple[Run, dict]]] = {name: [] for name in self.peers} if scenario.peers else {}
        for repetition in range(self.args.repetitions):
            if self.binary:
                ours.append(self.sightline(org, scenario))
            if loading:
                load_only.append(self.sightline(loading, scenario))
            for name, runs in theirs.items():
                if repetition < self.args.peer_repetitions and not failure([run for run, _ in runs]):
                    runs.append(self.peer(name, scenario, org, pairs))
        rows = {"sightline": our_row(ours, load_only, size)} if ours else {}
        rows |= {name: peer_row(runs, size) for name, runs in theirs.items()}
        result = {"title": scenario.title, "bar": scenario.bar, "size": size, "rows": rows}
        if scenario.compare and theirs:
            result["comparison"] = self.compare(scenario, org, pairs, [r for r in rows if "failed" not in rows[r]])
        show(result)
        return result

    def sample(self, scenario: Scenario, principals: int, questions: int) -> Path:
        rng = Random(f"pairs/{scenario.name}/{self.args.seed}")
        pairs = [[rng.randrange(principals), rng.randrange(questions)] for _ in range(scenario.pairs or self.args.pairs)]
        path = self.work / f"{scenario.name}.pairs"
        path.write_text(json.dumps(pairs))
        return path

    def sightline(self, org: Path, scenario: Scenario) -> Run:
        command = [str(self.binary), "who-can", "--org", str(org), "--all", "--json"]
        out = self.work / f"{scenario.name}.sightline.jsonl"
        out = out if "-loading" not in org.name else out.with_suffix(".loading")
        return execute(command, out, out.with_suffix(".stderr"), self.args.limit)

    def peer(self, name: str, scenario: Scenario, org: Path, pairs: Path) -> tuple[Run, dict]:
        answers = self.work / f"{scenario.name}.{name}.answers"
        answers.unlink(missing_ok=True)
        command = self.peers[name].command(str(org), str(pairs), str(answers), str(self.args.budget))
        out = self.work / f"{scenario.name}.{name}.times"
        run = execute(command, out, out.with_suffix(".stderr"), scenario.peer_limit or self.args.budget * 2 + 60)
        times = json.loads(out.read_text() or "{}") if run.status == 0 else {}
        return run, times

    def compare(self, scenario: Scenario, org: Path, pairs: Path, names: list[str]) -> dict:
        ours = str(self.work / f"{scenario.name}.sightline.jsonl") if "sightline" in names else "-"
        answers = [f"{n}={self.work / f'{scenario.name}.{n}.answers'}" for n in names if n != "sightline"]
        command = [sys.executable, str(HERE / "compare.py"), str(org), str(pairs), ours, *answers]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else {"failed": done.stderr.strip()[-500:]}


def sizes(org: Path) -> dict[str, int]:
    """Counts of the file, taken in a process of its own so that this one stays small."""
    code = (
        "import json,sys;d=json.load(open(sys.argv[1]));"
        "docs=[*d['managed_policies'].values(),*(x for p in d['principals'] for x in p['inline'])];"
        "print(json.dumps({'principals':len(d['principals']),'questions':len(d['expected']),'documents':len(docs),"
        "'statements':sum(len(x['Statement']) for x in docs)}))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(org)], capture_output=True, text=True, check=True)
    size = json.loads(done.stdout)
    return {**size, "decisions": size["principals"] * size["questions"], "bytes": org.stat().st_size}


def find_sightline(named: Path | None, missing: list[str]) -> Path | None:
    """A release build that knows `who-can --all`; what is missing is said."""
    binary = named or (Path(os.environ["SIGHTLINE"]) if "SIGHTLINE" in os.environ else ROOT / "target" / "release" / "sightline")
    if not binary.exists():
        on_path = shutil.which("sightline") if named is None else None
        if on_path is None:
            fix = "build it with `cargo build --release -p sightline`, or name one with --sightline"
            missing.append(f"sightline: no `{binary.name}` in `{binary.parent.name}/`; {fix}")
            return None
        binary = Path(on_path)
    done = subprocess.run([str(binary), "who-can", "--help"], capture_output=True, text=True, check=False)
    if done.returncode != 0 or "--all" not in done.stdout:
        missing.append("sightline: this build has no `who-can --all`")
        return None
    return binary


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="600 principals, two repetitions: does it all run?")
    parser.add_argument("--sightline", type=Path, help="the binary to measure (default: $SIGHTLINE, then target/release/sightline)")
    parser.add_argument("--only", nargs="*", choices=[s.name for s in SCENARIOS], help="scenarios to run")
    parser.add_argument("--no-peers", action="store_true", help="measure Sightline alone")
    parser.add_argument("--pairs", type=int, help="random pairs each peer decides (default 4000; quick: 300)")
    parser.add_argument("--budget", type=float, help="seconds a peer may decide for, then it stops where it is (default 20; quick: 5)")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds Sightline may take before it is stopped")
    parser.add_argument("--repetitions", type=int, help="runs of Sightline (default 5; quick: 2)")
    parser.add_argument("--peer-repetitions", type=int, help="runs of each peer (default 3; quick: 2)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the sample of pairs")
    args = parser.parse_args()
    for name, usual, quick in (("pairs", 4000, 300), ("budget", 20.0, 5.0), ("repetitions", 5, 2), ("peer_repetitions", 3, 2)):
        if getattr(args, name) is None:
            setattr(args, name, quick if args.quick else usual)
    args.repetitions = max(args.repetitions, args.peer_repetitions)
    missing: list[str] = []
    binary = find_sightline(args.sightline, missing)
    peers, absent = ([], []) if args.no_peers else install()
    missing += absent
    for line in missing:
        print(f"missing: {line}", flush=True)
    if binary is None and not peers:
        print("nothing to measure", file=sys.stderr)
        return 2
    bench = Bench(args, binary, peers)
    chosen = [s for s in SCENARIOS if (args.only is None or s.name in args.only) and (not args.quick or s.name in QUICK)]
    results = {s.name: bench.scenario(s) for s in chosen if binary or s.peers}
    met = bars(results)
    print("\n== bars")
    for bar in met:
        print(f"   {'met   ' if bar['met'] else 'MISSED'} {bar['scenario']}: {bar['bar']}: {bar['measured']}")
    if not met:
        print("   none measured: Sightline was not run")
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "system": platform.system(), "python": platform.python_version()}
    report = {"quick": args.quick, "machine": machine, "missing": missing, "bars": met, "scenarios": results}
    (HERE / "results.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
