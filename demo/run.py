"""The whole demo, from nothing: build, emulators, estate, logs, then the product as a user would run it.

    python3 demo/run.py [--keep] [--skip-build] [--no-serve] [--state FOLDER]

Needs only the standard library; what it installs goes to `.venv`, what it makes to `.sightline-demo`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

if sys.version_info < (3, 10):
    found = sys.version.split()[0]
    sys.exit(f"error: the demo needs Python 3.10 or later, this is {found}: try `make demo PYTHON=python3.12`")

import console
import emulators
import ready
from settings import ACCOUNT, DEFAULT_STATE, LOG_BUCKET, MAIN_REGION, OTHER_REGION, ROOT

HERE = Path(__file__).resolve().parent
STEPS = 16
# The model of the estate that the most may use.
CAN_BE_USED = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-5-sonnet-20241022-v2:0"
# The bucket whose documents a knowledge base answers from.
DOCUMENTS = f"sightline-demo-docs-{ACCOUNT}"

USAGE = (
    "SELECT split_part(model_id, '/', -1) AS model, count(*) AS calls, "
    "sum(input_tokens) AS tokens, sum(cache_read_tokens) AS cached, "
    "count(*) FILTER (WHERE guardrail_action = 'blocked') AS blocked, "
    "count(*) FILTER (WHERE guardrail_action = 'anonymized') AS masked, "
    "count(prompt) AS texts FROM model_invocation GROUP BY 1 ORDER BY 2 DESC LIMIT 8"
)
"""What the models' own logs count. `texts` is 0: of prompts the product keeps none, unless it is told to."""

FINDINGS_OR_GAPS = (0, 1, 3)
"""Exit codes of the product that are an answer: clean, findings, coverage incomplete. 2 is a failure."""


class Failed(Exception):
    """A step failed; the text says which and what to do."""


class Steps:
    """Numbered headings, and the time that each step took."""

    def __init__(self) -> None:
        self.number = 0
        self.begun = time.monotonic()

    def step(self, text: str) -> None:
        """Begin the next step."""
        self.number += 1
        print(f"\n[{self.number}/{STEPS}] {text}", flush=True)

    def done(self, text: str, since: float) -> None:
        """Say what came out and how long it took."""
        print(f"      {text} ({time.monotonic() - since:.1f} s)", flush=True)


def main() -> int:
    """The command line: 0 when everything ran and the map agrees with the ground truth."""
    options = _arguments()
    state: Path = options.state.resolve()
    # A terminated run stops its emulators like an interrupted one; a background job of a shell would ignore Ctrl-C.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _interrupt)
    reused = bool(emulators.load(state))
    keep = options.keep
    try:
        return _demo(Steps(), state, options)
    except KeyboardInterrupt:
        print("\ninterrupted")
        keep = options.keep and reused
        return 130
    except (Failed, ready.Missing, emulators.EmulatorError, console.ConsoleError) as error:
        print(f"\nerror: {error}", file=sys.stderr)
        return 2
    finally:
        # A second Ctrl-C must not leave an emulator behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _finish(state, keep)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _demo(steps: Steps, state: Path, options: argparse.Namespace) -> int:
    python = _prepare(steps)
    binary = _build(steps, options.skip_build)
    environment = _account(steps, state, python)
    answer = _product(steps, binary, environment, state)
    steps.step("Compare the map with the ground truth.")
    verdict = subprocess.run([python, HERE / "evaluate.py", "--state", state, "--map", answer], check=False).returncode
    if verdict:
        return 1
    _console(steps, binary, environment, state, options)
    return 0


# ---------------------------------------------------------------- before the product


def _prepare(steps: Steps) -> Path:
    steps.step("Look for Rust, Python and git; install the pinned emulators in .venv.")
    begun = time.monotonic()
    for line in ready.tools():
        print(f"      {line}")
    python, made = ready.virtual_environment(ROOT / ".venv", HERE / "requirements.txt")
    steps.done("installed" if made else "all pinned packages are there already", begun)
    return python


def _build(steps: Steps, skip: bool) -> Path:
    steps.step("Build Sightline: 15 to 25 minutes when cold on two cores, then seconds.")
    begun = time.monotonic()
    if (
        not skip
        and subprocess.run(["cargo", "build", "--locked", "--bin", "sightline"], cwd=ROOT, check=False).returncode
    ):
        raise Failed("Sightline did not build; the compiler's message is above")
    folder = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"
    binary = folder / "sightline"
    if not binary.is_file():
        raise Failed(f"there is no {binary}; run without --skip-build")
    steps.done(f"{binary.stat().st_size / 1e6:.0f} MB", begun)
    return binary


def _account(steps: Steps, state: Path, python: Path) -> dict[str, str]:
    """Emulators, estate, logs; the environment in which the product sees them."""
    steps.step("Start two AWS emulators (moto, ministack) on 127.0.0.1.")
    begun = time.monotonic()
    running, reused = emulators.start(state, python=str(python))
    steps.done("running since an earlier run" if reused else "started", begun)

    stamp = ready.stamp(HERE, [one.start for one in running.values()])
    environment = emulators.child_environment(running, state)
    begun = time.monotonic()
    if ready.is_built(state, stamp):
        steps.step("Build the sample estate: reused, for neither it nor the emulators changed.")
        steps.step("Write the logs: reused. What the lake has read is not read again.")
        return environment
    # Another estate has other ids: what an older lake holds would stand beside it as if it were true.
    shutil.rmtree(state / "lake", ignore_errors=True)
    steps.step("Build the sample estate in them: networks, workloads, models, people.")
    _script(python, "estate/build.py", state)
    _script(python, "truth.py", state)
    steps.done("built", begun)
    begun = time.monotonic()
    steps.step("Write two days of CloudTrail, flow, Resolver and model invocation logs into its S3 bucket.")
    _script(python, "logs/generate.py", state)
    steps.done("written", begun)
    ready.mark_built(state, stamp)
    return environment


def _script(python: Path, name: str, state: Path) -> None:
    if subprocess.run([python, HERE / name, "--state", state], check=False).returncode:
        raise Failed(f"demo/{name} failed; its message is above")


# ---------------------------------------------------------------- the product


def _product(steps: Steps, binary: Path, environment: dict[str, str], state: Path) -> Path:
    """The product's own commands, exactly as on AWS but for the endpoint variables; the file with the map as JSON."""
    environment = environment | {"SIGHTLINE_LAKE": str(state / "lake")}

    def sightline(*arguments: str) -> None:
        # In double quotes what has blanks: SQL has single ones.
        shown = " ".join(f'"{one}"' if " " in one else one for one in arguments)
        print(f"      $ sightline {shown}\n", flush=True)
        _run([str(binary), *arguments], environment)

    steps.step("Are the prerequisites in place?")
    sightline("onboard", "verify")
    # Unless regions are named, all that are enabled are read: twenty, of which two have anything in them here.
    steps.step("What is in the account, in two of its regions?")
    sightline("scan", "--region", MAIN_REGION, "--region", OTHER_REGION)
    steps.step("What do its logs say?")
    sightline("ingest", f"s3://{LOG_BUCKET}/")
    steps.step("What is missing of the logs? Something is, on purpose: exit status 3 tells so, and is no failure.")
    sightline("logs", "gaps")
    steps.step("Who uses which model, and how much?")
    sightline("map")
    sightline("query", USAGE)
    sightline("map", "--unprotected", "--model", "claude-3-haiku")
    steps.step("Who abuses models, and what can nobody see? Exit status 3 tells that something cannot be told.")
    sightline("detect", "--since", "2026-11-18T00:00:00Z")
    sightline("blindspots")
    steps.step("Which way does the data go? Exit status 3 tells that something could not be read.")
    sightline("lineage", DOCUMENTS)
    sightline("lineage", "support-agent", "--up")
    steps.step("Who else could, and who need not?")
    sightline("who-can", "bedrock:InvokeModel", CAN_BE_USED, "--direct-only")
    sightline("access", "unused", "role/fn-docs")
    steps.step("What is wrong, and how is it fixed?")
    # The worst of it; the report below has all.
    sightline("findings", "--select", "critical", "--status", "fail")
    sightline("report", "-o", f"html={os.path.relpath(state / 'report.html', ROOT)}")
    # The newest evaluation is what the console shows: it must be of all checks.
    with (state / "findings.json").open("wb") as sink:
        _run([str(binary), "findings", "--json"], environment, sink)
    answer = state / "map.json"
    with answer.open("wb") as sink:
        _run([str(binary), "map", "--json"], environment, sink)
    return answer


def _run(command: list[str], environment: dict[str, str], sink: object = None) -> None:
    # The product sees no AWS variable of the caller: neither profile nor key nor endpoint of a real account.
    code = subprocess.run(command, env=environment, cwd=ROOT, stdout=sink, check=False).returncode  # type: ignore[call-overload]
    if code not in FINDINGS_OR_GAPS:
        raise Failed(f"`sightline {' '.join(command[1:3])}` ended with {code}; its message is above")


# ---------------------------------------------------------------- the end


def _console(steps: Steps, binary: Path, environment: dict[str, str], state: Path, options: argparse.Namespace) -> None:
    """The estate in a browser. Where nobody watches, one question shows that the server answers."""
    steps.step("The same in a browser: `sightline serve`.")
    begun = time.monotonic()
    with console.served(binary, environment | {"SIGHTLINE_LAKE": str(state / "lake")}, state) as server:
        overview = server.ask("/api/v1/overview")
        edges = overview.get("edges") if isinstance(overview, dict) else None
        if not edges:
            raise Failed(f"the server answers, and knows no edge: {overview}")
        pages = server.has_pages()
        told = "with the console" if pages else "without the console, which needs Node 20 and npm when it is built"
        steps.done(f"it answers: {edges} edges to models, {told}", begun)
        _goodbye(state, options.keep, time.monotonic() - steps.begun)
        if console.is_watched() and not options.no_serve:
            console.show(server)


def _goodbye(state: Path, keep: bool, took: float) -> None:
    print(f"\nDone in {took:.0f} s. To look at:")
    for name, about in (
        ("report.html", "the report, one file for a browser"),
        ("lake", "the lake: plain Delta tables"),
        ("ground_truth.json", "what the map had to find"),
    ):
        print(f"  {os.path.relpath(state / name):<36} {about}")
    if keep:
        print("\nThe emulators run on. To talk to them from this shell, and to stop them:")
        print('  eval "$(python3 demo/emulators.py env)"')
        print("  python3 demo/emulators.py stop")
    print("\nThe same on your own account (read-only; nothing leaves your machine):")
    print("  sightline onboard verify")
    print("  sightline scan")
    print("  sightline ingest s3://YOUR-LOG-BUCKET/ && sightline map")


def _finish(state: Path, keep: bool) -> None:
    if not keep:
        stopped = emulators.stop(state)
        if stopped:
            print(f"\nstopped {' and '.join(stopped)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--keep", action="store_true", help="leave the emulators running; the next run reuses the estate"
    )
    parser.add_argument("--no-serve", action="store_true", help="do not stay with the console open at the end")
    parser.add_argument("--skip-build", action="store_true", help="use the binary that is there")
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE, help="folder for everything that the demo makes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
