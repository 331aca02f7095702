"""The evaluators measured beside Sightline, and how to install and start them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CACHE = HERE / ".cache"
PYTHON = CACHE / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"


@dataclass(frozen=True)
class Peer:
    name: str
    script: str
    licence: str
    layers: frozenset[str]
    """What it decides over, beside identity policies."""
    judge: bool = False
    """It decides over every layer, and agrees with the other judges: where Sightline differs from it, look."""

    @property
    def node(self) -> bool:
        return self.script.endswith(".mjs")

    def command(self, *args: str) -> list[str]:
        return ["node" if self.node else str(PYTHON), str(HERE / self.script), *args]


ALL_LAYERS = frozenset({"boundary", "scp", "resource policy", "cross-account", "conditions"})
PEERS = (
    Peer("iam-simulate", "peer_iam_simulate.mjs", "AGPL-3.0", ALL_LAYERS, judge=True),
    Peer("reach", "peer_reach.py", "AGPL-3.0", ALL_LAYERS, judge=True),
    Peer("pmapper", "peer_pmapper.py", "AGPL-3.0", ALL_LAYERS),
    Peer("moto", "peer_moto.py", "Apache-2.0", frozenset()),
    Peer("pbac", "peer_pbac.mjs", "MIT", frozenset({"conditions"})),
)


def install() -> tuple[list[Peer], list[str]]:
    """The peers that can run here, and a line for each thing that is missing."""
    missing: list[str] = []
    python, node = install_python(missing), install_node(missing)
    usable = [peer for peer in PEERS if (node if peer.node else python)]
    missing += [f"{peer.name}: not measured" for peer in PEERS if peer not in usable]
    return usable, missing


def install_python(missing: list[str]) -> bool:
    wanted = (HERE / "requirements.txt").read_text()
    stamp = CACHE / "venv" / "installed.txt"
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    CACHE.mkdir(exist_ok=True)
    steps = (
        [sys.executable, "-m", "venv", "--clear", str(CACHE / "venv")],
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(HERE / "requirements.txt")],
    )
    if not all(step(command, missing, "Python evaluators") for command in steps):
        return False
    stamp.write_text(wanted)
    return True


def install_node(missing: list[str]) -> bool:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            missing.append(f"`{program}` is not on the PATH: the Node evaluators need Node 20 or later")
            return False
    wanted = (HERE / "package-lock.json").read_text()
    stamp = HERE / "node_modules" / ".sightline-lock"
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    if not step(["npm", "ci", "--silent", "--prefix", str(HERE)], missing, "Node evaluators"):
        return False
    stamp.write_text(wanted)
    return True


def step(command: list[str], missing: list[str], what: str) -> bool:
    """Runs one step of an installation; says what failed instead of stopping."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        missing.append(f"{what}: `{' '.join(command[:4])} …` failed: {error}")
        return False
    if done.returncode != 0:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        missing.append(f"{what}: `{' '.join(command[:4])} …` failed: {last[0][:200]}")
    return done.returncode == 0
