"""Processes by pid *and* start time.

A pid alone is not an identity: after a reboot or a `kill -9` the number may belong to somebody else's program, and
stopping the demo must never end that one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path


def started_at(pid: int) -> str | None:
    """When the process began, in whatever form the system tells it; `None` when no such process runs."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            # The second field is the program's name and may hold spaces and parentheses: read behind the last one.
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        state, start_time = fields[0], fields[19]
        return None if state == "Z" else start_time
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "lstart="], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or None


def is_running(pid: int, start: str) -> bool:
    """Whether exactly this process still runs."""
    reap(pid)
    return started_at(pid) == start


def reap(pid: int) -> None:
    """Collect a child that has ended; without it a dead child stays in the process table and looks alive."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def stop(pid: int, start: str, patience: float = 5.0) -> bool:
    """Ask the process to end, then make it. `False` when it had ended before."""
    if not is_running(pid, start):
        return False
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not is_running(pid, start):
                return True
            time.sleep(0.05)
    return True
