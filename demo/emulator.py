"""One emulator: how it is started, and when it is ready."""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import process
from settings import ACCOUNT

HOST = "127.0.0.1"
READY_WITHIN = 60.0
"""Seconds. Both are up within three on an idle machine; a loaded one with a cold disk takes far longer."""


class EmulatorError(Exception):
    """An emulator did not start; the text says why and shows the end of its log."""


@dataclass(frozen=True)
class Kind:
    """How one emulator is started and asked whether it is ready."""

    name: str
    module: str
    ready_path: str


MOTO = Kind("moto", "moto.server", "/moto-api/")
MINISTACK = Kind("ministack", "ministack", "/_ministack/ready")


@dataclass(frozen=True)
class Running:
    """One started emulator, as kept in the state file."""

    name: str
    pid: int
    start: str
    port: int
    log: str

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    def alive(self) -> bool:
        """Whether this very process still runs."""
        return process.is_running(self.pid, self.start)


def launch(kind: Kind, port: int, state: Path, python: str) -> Running:
    """Start it on the port, or on a free one for 0; it is not ready yet."""
    port = port or _free_port()
    if _answers(port):
        raise EmulatorError(
            f"port {port} of {HOST} is taken: choose another with --{kind.name}-port, or leave it out for a free one"
        )
    if shutil.which(python) is None:
        raise EmulatorError(f"there is no interpreter `{python}`: name one that has moto and ministack with --python")
    log = state / f"{kind.name}.log"
    arguments = ["-H", HOST, "-p", str(port)] if kind is MOTO else []
    with log.open("wb") as sink:
        child = subprocess.Popen(
            # Absolute, for the emulator runs in another folder; not resolved, for a virtual environment's is a link.
            [str(Path(shutil.which(python) or python).absolute()), "-m", kind.module, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd=state,
            env=_emulator_environment(port, state),
            # A session of its own: Ctrl-C reaches the demo, which then stops the emulators in order.
            start_new_session=True,
        )
    begun = process.started_at(child.pid)
    if begun is None:
        raise EmulatorError(f"{kind.name} ended at once\n{_tail(log)}")
    return Running(kind.name, child.pid, begun, port, str(log))


def _emulator_environment(port: int, state: Path) -> dict[str, str]:
    """No AWS variable of the user reaches the emulators, and no Docker daemon: ministack would start k3s in it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return inherited | {
        "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
        # 1,300 images and snapshots of no interest that would drown the estate's own.
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{state / 'no-docker.sock'}",
        "TMPDIR": str(state),
        "PYTHONUNBUFFERED": "1",
    }


def wait_until_ready(kind: Kind, running: Running) -> None:
    """Return when it answers; an error with the end of its log when it ended or the time is up."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if not running.alive():
            raise EmulatorError(f"{kind.name} ended while starting\n{_tail(Path(running.log))}")
        if status(running.port, kind.ready_path) == 200:
            return
        time.sleep(0.2)
    raise EmulatorError(f"{kind.name} was not ready within {READY_WITHIN:.0f} seconds\n{_tail(Path(running.log))}")


def status(port: int, path: str) -> int | None:
    """The HTTP status that the port gives for the path; `None` when nothing answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _tail(log: Path, lines: int = 15) -> str:
    with contextlib.suppress(OSError):
        last = log.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(["last lines of " + str(log) + ":", *(f"  {line}" for line in last)])
    return f"no log at {log}"
