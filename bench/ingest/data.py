"""The logs that are read: made once, kept, the same on every machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from peers import HERE

DATA = HERE / "data"
SCRIPTS = {"flow": "generate_flow.py", "trail": "generate_trail.py"}
# What the part that 1x has not is made with: 10x is ten times as long, and begins with the files of 1x.
ARGUMENTS = {
    "flow-1x": ("--records", "10000000", "--hours", "6"),
    "flow-10x": ("--records", "100000000", "--hours", "60", "--from-hour", "6"),
    "trail-1x": ("--events", "300000"),
    "trail-10x": ("--events", "3000000", "--from-event", "300000"),
    "flow-quick-1x": ("--records", "100000", "--hours", "1"),
    "flow-quick-10x": ("--records", "1000000", "--hours", "10", "--from-hour", "1"),
    "trail-quick-1x": ("--events", "10000"),
    "trail-quick-10x": ("--events", "100000", "--from-event", "10000"),
}


def folder(name: str) -> Path:
    return DATA / name


def ensure(name: str) -> dict[str, int]:
    """Makes the logs if they are not there; how many files, records and bytes they are."""
    stamp = DATA / f"{name}.json"
    if stamp.exists():
        return json.loads(stamp.read_text())
    print(f"   making `{name}`", flush=True)
    base = ensure(name.replace("10x", "1x")) if name.endswith("10x") else {}
    out = folder(name)
    out.mkdir(parents=True, exist_ok=True)
    script = HERE / SCRIPTS[name.split("-")[0]]
    done = subprocess.run([sys.executable, str(script), "--out", str(out), *ARGUMENTS[name]], stdout=subprocess.PIPE, text=True, check=True)
    size = json.loads(done.stdout)
    if base:
        link(folder(name.replace("10x", "1x")), out)
        size = {key: value + base[key] for key, value in size.items()}
    stamp.write_text(json.dumps(size) + "\n")
    return size


def link(source: Path, target: Path) -> None:
    for path in source.rglob("*.gz"):
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        if not to.exists():
            os.link(path, to)


def warm(name: str) -> None:
    """Reads every file once, so that no program waits for the disk in the place of another."""
    for path in folder(name).rglob("*.gz"):
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass
