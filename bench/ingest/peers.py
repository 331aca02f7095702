"""The programs measured beside Sightline, and how to install and start them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE, VENV = HERE / ".cache", HERE / ".venv"
PYTHON = VENV / ("Scripts" if sys.platform == "win32" else "bin") / "python"
LIMITS = ("libdeflate", "isal", "zlib")


@dataclass(frozen=True)
class Peer:
    name: str
    script: str
    """The start of its scripts' names: `<script>_flow.py`, `<script>_trail.py`."""
    protocol: str
    """How it calls the column `protocol`, which cannot be an alias of itself everywhere."""

    def command(self, kind: str, folder: Path, out: Path, threads: int) -> list[str]:
        return [str(PYTHON), str(HERE / f"{self.script}_{kind}.py"), str(folder), str(out), str(threads)]


PEERS = (Peer("duckdb", "peer_duckdb", "protocol"), Peer("clickhouse", "peer_chdb", "proto"))


def limit_command(library: str, folder: Path) -> list[str]:
    return [str(PYTHON), str(HERE / "limit.py"), str(folder), library]


def install(missing: list[str]) -> bool:
    """Whether the peers can run here; what failed is said instead of stopping."""
    wanted = (HERE / "requirements.txt").read_text()
    stamp = VENV / "installed.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(HERE / "requirements.txt")],
    )
    for command in steps:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
            missing.append(f"peers: `{' '.join(command[1:4])} …` failed: {last[0][:200]}")
            return False
    stamp.write_text(wanted)
    return True
