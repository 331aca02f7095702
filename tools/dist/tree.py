"""What the binary is made of, as Cargo tells: the crates that `sightline` depends on, and which of them only the build needs."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BINARY = "sightline"


@dataclass
class Crate:
    """A crate of the tree."""

    name: str
    version: str
    licence: str
    folder: Path
    repository: str
    is_ours: bool
    in_binary: bool = False
    needs: list[str] = field(default_factory=list)

    @property
    def purl(self) -> str:
        """Its package URL."""
        return f"pkg:cargo/{self.name}@{self.version}"


def crates(target: str) -> dict[str, Crate]:
    """The tree by Cargo's ids, for this target. Features are those of the whole workspace, of which the binary has no more."""
    command = ["cargo", "metadata", "--format-version=1", "--locked", "--filter-platform", target]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    packages = {package["id"]: package for package in told["packages"]}
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    [root] = [one for one, package in packages.items() if package["name"] == BINARY and package["source"] is None]
    found: dict[str, Crate] = {}
    _walk(root, packages, nodes, in_binary=True, found=found)
    return found


def _walk(start: str, packages: dict, nodes: dict, *, in_binary: bool, found: dict[str, Crate]) -> None:
    """All that is reached from a crate, each once, or twice where it was first seen in the build alone."""
    todo = [(start, in_binary)]
    while todo:
        one, in_binary = todo.pop()
        package = packages[one]
        crate = found.get(one)
        # What a procedural macro needs runs in the compiler.
        in_binary = in_binary and not any("proc-macro" in target["kind"] for target in package["targets"])
        if crate is None:
            crate = found[one] = _crate(package)
        elif crate.in_binary or not in_binary:
            continue
        crate.in_binary = crate.in_binary or in_binary
        crate.needs = []
        for dependency in nodes[one]["deps"]:
            kinds = {kind["kind"] for kind in dependency["dep_kinds"]}
            if kinds == {"dev"}:
                continue
            crate.needs.append(dependency["pkg"])
            todo.append((dependency["pkg"], in_binary and None in kinds))


def _crate(package: dict) -> Crate:
    return Crate(
        name=package["name"],
        version=package["version"],
        # Some still write `MIT/Apache-2.0`, which means either.
        licence=" OR ".join(part.strip() for part in (package["license"] or "").split("/")),
        folder=Path(package["manifest_path"]).parent,
        repository=package["repository"] or "",
        is_ours=package["source"] is None,
    )


def npm_packages() -> dict[str, dict]:
    """What the console's pages are bundled of, by its place in the lock file."""
    lock = json.loads((ROOT / "console" / "package-lock.json").read_text())
    wanted = {}
    for place, package in lock["packages"].items():
        if place and not any(package.get(word) for word in ("dev", "optional", "peer", "link")):
            wanted[place.rpartition("node_modules/")[2]] = package
    return wanted
