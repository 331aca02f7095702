"""Runs one program to its end and asks the kernel what it took. Shared by the benchmarks."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

STOPPED = -9
"""The status of a program that the time limit ended."""


@dataclass(frozen=True)
class Run:
    """One finished process."""

    wall_s: float
    cpu_s: float
    """User and system time, with that of the children it waited for."""
    rss_mb: float
    status: int
    stderr: str
    """The end of what it said on standard error."""


def execute(
    command: list[str], stdout: Path, stderr: Path, limit: float = 1800.0, env: Mapping[str, str] | None = None
) -> Run:
    """Runs a program to its end, or to the time limit.

    This process stays small: the kernel counts what a program's parent held as the program's own until it starts.
    """
    with stdout.open("wb") as out, stderr.open("wb") as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.perf_counter() - started > limit:
                process.kill()
            time.sleep(0.002)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    scale = 1e6 if sys.platform == "darwin" else 1e3
    tail = stderr.read_bytes()[-2000:].decode(errors="replace")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale, process.returncode, tail)


def spread(values: list[float]) -> dict[str, float]:
    """Minimum, median, maximum."""
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}
