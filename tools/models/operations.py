"""Which calls the product makes: those that the tables name, and those of `operations.txt`."""

import re
import tomllib
from collections.abc import Iterator

from common import ROOT

NAME = re.compile(r"^[a-z0-9-]+:[A-Z]\w+$")
TABLES = ROOT / "crates" / "collect" / "tables"


def of_tables() -> set[str]:
    """Every `service:Operation` under the keys `list` and `op`, however deep."""
    return {name for path in sorted(TABLES.glob("*.toml")) for name in _named(tomllib.loads(path.read_text()))}


def of_text() -> set[str]:
    """`operations.txt`: one a line, `#` begins a comment."""
    lines = (line.split("#")[0].strip() for line in (ROOT / "tools" / "models" / "operations.txt").read_text().splitlines())
    return {line for line in lines if line}


def wanted() -> dict[str, list[str]]:
    """Operations by service, both sorted."""
    services: dict[str, list[str]] = {}
    for name in sorted(of_tables() | of_text()):
        if not NAME.match(name):
            raise SystemExit(f"`{name}` is not of the form service:Operation")
        service, operation = name.split(":")
        services.setdefault(service, []).append(operation)
    return services


def _named(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("list", "op") and isinstance(value, str) and NAME.match(value):
                yield value
            else:
                yield from _named(value)
    elif isinstance(node, list):
        for value in node:
            yield from _named(value)
