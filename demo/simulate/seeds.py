"""Estates of many seeds: each is drawn, read by Sightline as a user would, and judged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from settings import ROOT
from simulate.judge import Verdict, judge
from simulate.options import Options
from simulate.parts import Json

BINARY = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "sightline"

DONE = (0, 1, 3)
"""Exit codes of the product that are an answer."""


class Failed(Exception):
    """A command did not answer; the text says which."""


def varied(seed: int) -> Options:
    """The options of this seed: the faults differ from one to the next, and every third has attackers."""
    return Options(
        seed,
        nat_share=(0.0, 0.3, 0.6, 1.0)[seed % 4],
        ip_reuse=(0.0, 0.2, 0.5)[seed % 3],
        log_loss=(0.0, 0.05, 0.1)[seed % 3],
        clock_skew=(0.0, 5.0, 10.0)[seed // 2 % 3],
        late=(0.0, 0.1, 0.3)[seed % 3],
        noise=(0.5, 1.0, 2.0)[seed // 3 % 3],
        attacks=(0, 2, 0, 4)[seed % 4],
    )


def run(
    count: int, out: Path | None, sightline: Path | None, jobs: int, first: int = 1, options: Options | None = None
) -> int:
    """Judges that many seeds; 1 when a bar is not met, 2 when a command failed."""
    binary = (sightline or BINARY).resolve()
    if not binary.is_file():
        print(f"error: there is no {binary}; build it or name it with --sightline", file=sys.stderr)
        return 2
    plans = [replace(options, seed=seed) if options else varied(seed) for seed in range(first, first + count)]
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(jobs) as pool:
        home = out or Path(scratch)
        print(HEAD, flush=True)
        verdicts = []
        try:
            for plan, (verdict, seconds) in zip(
                plans, pool.map(lambda one: one_seed(one, home, binary), plans), strict=True
            ):
                print(line(plan, verdict, seconds), flush=True)
                verdicts.append(verdict)
        except Failed as error:
            print(f"error: {error}", file=sys.stderr)
            return 2
    print("\n".join(summary(verdicts)))
    return 0 if all(one.holds for one in verdicts) else 1


def one_seed(options: Options, home: Path, binary: Path) -> tuple[Verdict, float]:
    """One estate from nothing to its verdict; and the seconds that the product took."""
    out = home / f"seed-{options.seed}"
    shutil.rmtree(out, ignore_errors=True)
    # A process of its own: what is drawn takes a second of Python, and two seeds at once shall take two cores.
    _python(
        "from simulate.seeds import draw_to; draw_to(sys.argv[1], Path(sys.argv[2]))",
        json.dumps(options.__dict__ | {"end": options.end.isoformat()}),
        str(out),
    )
    return judged(out, binary)


def draw_to(options: str, out: Path) -> None:
    """Draws the estate of these options (JSON) into a folder."""
    from datetime import datetime

    from simulate.estate import draw, save

    given = json.loads(options)
    save(draw(Options(**given | {"end": datetime.fromisoformat(given["end"])})), out)


def judged(out: Path, binary: Path) -> tuple[Verdict, float]:
    """What the product says of an estate that lies in a folder. Late objects come after a first map."""
    lake = out / "lake"
    shutil.rmtree(lake, ignore_errors=True)
    seconds = _ask(binary, lake, "ingest", out / "logs")[1]
    append = "from simulate import lake; lake.append(Path(sys.argv[1]), Path(sys.argv[2]))"
    _python(append, str(lake), str(out / "inventory.jsonl.gz"))
    seconds += _ask(binary, lake, "map", "--json")[1]
    if any((out / "late").rglob("*.gz")):
        seconds += _ask(binary, lake, "ingest", out / "late")[1]
    answer, took = _ask(binary, lake, "map", "--json")
    seconds += took
    everything = _maybe(binary, lake, "map", "--class", "all", "--json")
    spots, cases = _maybe(binary, lake, "blindspots", "--json"), _maybe(binary, lake, "detect", "--json")
    for name, content in (("map", answer), ("all", everything), ("blindspots", spots), ("detect", cases)):
        (out / f"{name}.json").write_text(json.dumps(content, indent=1))
    edges = answer["edges"]
    if everything is not None:
        edges = [*edges, *(one for one in everything["edges"] if one["class"] != "application_to_model")]
    truth = json.loads((out / "ground_truth.json").read_text())
    verdict = judge(truth, edges, _rows(spots, "blind_spots"), _rows(cases, "cases"))
    (out / "verdict.txt").write_text("\n".join(verdict.words) + "\n")
    return verdict, seconds


def _rows(content: Json | list[Json] | None, name: str) -> list[Json] | None:
    """A command's rows: under a name, or the bare array."""
    if isinstance(content, dict):
        return next((value for key, value in content.items() if key == name or isinstance(value, list)), None)
    return content


def _ask(binary: Path, lake: Path, *arguments: object) -> tuple[Json, float]:
    begun = time.monotonic()
    command = [str(binary), "--lake", str(lake), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in DONE:
        raise Failed(
            f"`sightline {' '.join(map(str, arguments))}` ended with {done.returncode}: {done.stderr.strip()[-800:]}"
        )
    return (json.loads(done.stdout) if "--json" in arguments else {}), time.monotonic() - begun


def _maybe(binary: Path, lake: Path, *arguments: str) -> Json | None:
    """The same of a command that this build may not have."""
    try:
        return _ask(binary, lake, *arguments)[0]
    except Failed as error:
        if "unrecognized subcommand" in str(error) or "unexpected argument" in str(error):
            return None
        raise


def _python(script: str, *arguments: str) -> None:
    command = [sys.executable, "-c", f"import sys; from pathlib import Path; {script}", *arguments]
    done = subprocess.run(command, cwd=ROOT / "demo", capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"the simulator failed: {done.stderr.strip()[-1500:]}")


# ---------------------------------------------------------------- what is printed

HEAD = (
    "seed   edges  found  precision  recall  blind: told  not  controls: right  wrong  unknown  "
    "attacks  missed  false  seconds"
)


def line(options: Options, verdict: Verdict, seconds: float) -> str:
    """One row of the table."""
    right = sum(counts["right"] for counts in verdict.controls.values())
    return (
        f"{options.seed:>4} {verdict.expected:>7} {verdict.found:>6} {verdict.precision:>10.3f} {verdict.recall:>7.3f} "
        f"{verdict.explained:>12} {verdict.unexplained:>4} "
        f"{right:>16} {verdict.wrong_controls:>6} {verdict.unknown_controls:>8} {verdict.attacks:>8} "
        f"{verdict.missed_attacks:>7} {verdict.false_cases:>6} {seconds:>8.1f}{'' if verdict.holds else '  <'}"
    )


def summary(verdicts: list[Verdict]) -> list[str]:
    """All seeds together, then every difference."""
    made = []
    traffic: Counter[str] = Counter()
    controls: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        traffic += verdict.traffic
        for name, counts in verdict.controls.items():
            controls.setdefault(name, Counter()).update(counts)
    for name, counts in controls.items():
        made.append(
            f"{name:<20} right {counts['right']:>5}  wrong {counts['wrong']:>4}  unknown {counts['unknown']:>4}"
        )
    for name, count in sorted(traffic.items()):
        made.append(f"{name:<40} {count}")
    for part in ("blindspots", "detect"):
        if not all(part in verdict.judged for verdict in verdicts):
            made.append(f"not judged: this build has no `sightline {part}`")
    given, right = sum(one.given for one in verdicts), sum(one.right for one in verdicts)
    expected, found = sum(one.expected for one in verdicts), sum(one.found for one in verdicts)
    made.append(f"together: precision {right / max(given, 1):.4f}, recall {found / max(expected, 1):.4f}")
    words = [word for verdict in verdicts for word in verdict.words]
    return [*made, f"{len(words)} differences:", *(f"  {word}" for word in words[:60])]
