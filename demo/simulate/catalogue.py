"""The product's inventory tables, read off the page that it makes of its own declarations."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from settings import ROOT

PAGE = ROOT / "docs" / "tables.md"


@dataclass(frozen=True)
class Table:
    """One table of the inventory."""

    name: str
    columns: frozenset[str]
    operations: tuple[str, ...]
    is_global: bool
    of_cluster: bool
    """Read from Kubernetes, cluster by cluster."""


@functools.cache
def tables() -> dict[str, Table]:
    """All of them by name."""
    made = {}
    for part in re.split(r"^### ", PAGE.read_text(), flags=re.M)[1:]:
        lines = part.splitlines()
        read = next((line for line in lines if line.startswith("- read")), "")
        called = read.partition(" with ")[2] or read
        operations = tuple(dict.fromkeys(re.findall(r"`([a-z0-9-]+:[^`]+)`", called)))
        columns = next((line for line in lines if line.startswith("`")), "")
        made[lines[0]] = Table(
            lines[0],
            frozenset(re.findall(r"`([a-z0-9_]+)`", columns)),
            operations,
            "in each region" not in read,
            lines[0].startswith("kubernetes_"),
        )
    return made
