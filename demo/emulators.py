"""Start and stop the two third-party AWS emulators of the demo, on loopback only.

    python demo/emulators.py start | stop | status | env [--state FOLDER] [--moto-port N] [--ministack-port N]

moto plays the account; ministack plays Bedrock and EKS, of which moto has less. One account, split by service with the
ordinary `AWS_ENDPOINT_URL_<SERVICE>` variables, so the product under test needs no special mode. Itself it needs only
the standard library; `--python` names the interpreter that has the two packages.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import shlex
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import process
from emulator import HOST, MINISTACK, MOTO, EmulatorError, Running, launch, status, wait_until_ready
from settings import ACCOUNT, DEFAULT_STATE, MAIN_REGION

MINISTACK_SERVICES = ("BEDROCK", "BEDROCK_RUNTIME", "BEDROCK_AGENT", "BEDROCK_AGENT_RUNTIME", "EKS")


# ---------------------------------------------------------------- what callers use


def start(
    state: Path, moto_port: int = 0, ministack_port: int = 0, python: str = sys.executable
) -> tuple[dict[str, Running], bool]:
    """Both emulators running, and whether they were so already.

    Live ones are reused, unless other ports are asked for. If one of the two is gone (a crash, a `kill -9` that left
    its state file) the other is stopped as well: half an account is worse than none.
    """
    state.mkdir(parents=True, exist_ok=True)
    with _locked(state):
        known = load(state)
        wanted = {"moto": moto_port, "ministack": ministack_port}
        if _complete(known) and all(port in (0, known[name].port) for name, port in wanted.items()):
            return known, True
        _stop_all(known)
        running: dict[str, Running] = {}
        try:
            for kind in (MOTO, MINISTACK):
                running[kind.name] = launch(kind, wanted[kind.name], state, python)
                _save(state, running)
            for kind in (MOTO, MINISTACK):
                wait_until_ready(kind, running[kind.name])
        except BaseException:
            _stop_all(running)
            _state_file(state).unlink(missing_ok=True)
            raise
        return running, False


def stop(state: Path) -> list[str]:
    """End the emulators of this state file and nothing else; the names of those that were running."""
    if not state.is_dir():
        return []
    with _locked(state):
        stopped = _stop_all(load(state))
        _state_file(state).unlink(missing_ok=True)
        return stopped


def load(state: Path) -> dict[str, Running]:
    """What the state file says, true or not any more; empty when it is absent or damaged."""
    try:
        content = json.loads(_state_file(state).read_text())
        return {name: Running(**fields) for name, fields in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def environment(running: dict[str, Running], state: Path) -> dict[str, str]:
    """The variables that point any AWS SDK at the emulators and away from the user's own credentials.

    The access key is a 12-digit number, for ministack takes such a key for the account's id; moto's is the same.
    """
    empty = state / "empty-aws-config"
    empty.touch()
    variables = {
        "AWS_ENDPOINT_URL": running["moto"].url,
        **{f"AWS_ENDPOINT_URL_{service}": running["ministack"].url for service in MINISTACK_SERVICES},
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_REGION": MAIN_REGION,
        "AWS_DEFAULT_REGION": MAIN_REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(empty),
        "AWS_SHARED_CREDENTIALS_FILE": str(empty),
        "NO_PROXY": f"{HOST},localhost",
        "no_proxy": f"{HOST},localhost",
    }
    return variables


def foreign_variables() -> list[str]:
    """The caller's AWS variables that must not reach the product: profiles, sessions, roles, endpoints."""
    ours = {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PAGER", "AWS_CA_BUNDLE"}
    return sorted(name for name in os.environ if name.startswith("AWS_") and name not in ours)


def child_environment(running: dict[str, Running], state: Path) -> dict[str, str]:
    """The caller's environment without its AWS variables, with ours."""
    foreign = set(foreign_variables())
    inherited = {name: value for name, value in os.environ.items() if name not in foreign}
    return inherited | environment(running, state)


# ---------------------------------------------------------------- the state file


def _state_file(state: Path) -> Path:
    return state / "emulators.json"


def _save(state: Path, running: dict[str, Running]) -> None:
    # Written beside and renamed: a start that is killed half-way leaves a whole file or none.
    fresh = state / "emulators.json.new"
    fresh.write_text(json.dumps({name: asdict(one) for name, one in running.items()}, indent=1) + "\n")
    fresh.replace(_state_file(state))


def _complete(running: dict[str, Running]) -> bool:
    return set(running) == {"moto", "ministack"} and all(
        one.alive() and status(one.port, kind.ready_path) == 200
        for kind in (MOTO, MINISTACK)
        for one in (running[kind.name],)
    )


def _stop_all(running: dict[str, Running]) -> list[str]:
    return [name for name, one in running.items() if process.stop(one.pid, one.start)]


@contextlib.contextmanager
def _locked(state: Path) -> Iterator[None]:
    """One start or stop at a time; the kernel frees the lock when its holder dies."""
    with (state / "emulators.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


# ---------------------------------------------------------------- the command line


def main() -> int:
    """The command line; 2 when an emulator could not be started."""
    options = _arguments()
    state: Path = options.state.resolve()
    try:
        if options.command == "stop":
            print("stopped", ", ".join(stop(state)) or "nothing: none was running")
            return 0
        if options.command == "start":
            running, reused = start(state, options.moto_port, options.ministack_port, options.python)
            _print_table(running, "reused" if reused else "started")
            return 0
        running = load(state)
        if not _complete(running):
            print(f"no emulators run for {state}; start them with: python demo/emulators.py start", file=sys.stderr)
            return 2
        if options.command == "status":
            _print_table(running, "running")
        else:
            _print_exports(environment(running, state), as_json=options.json)
        return 0
    except EmulatorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _print_table(running: dict[str, Running], word: str) -> None:
    for one in running.values():
        print(f"{one.name:<10} {word:<8} {one.url}  pid {one.pid}  log {one.log}")


def _print_exports(variables: dict[str, str], as_json: bool) -> None:
    if as_json:
        print(json.dumps(variables, indent=1))
        return
    left_over = [name for name in foreign_variables() if name not in variables]
    if left_over:
        print("unset", " ".join(left_over))
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=["start", "stop", "status", "env"])
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE, help="folder for the state file and the logs")
    parser.add_argument("--moto-port", type=int, default=0, help="0: a free one")
    parser.add_argument("--ministack-port", type=int, default=0, help="0: a free one")
    parser.add_argument("--python", default=sys.executable, help="interpreter that has moto and ministack")
    parser.add_argument("--json", action="store_true", help="env: as a JSON object")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
