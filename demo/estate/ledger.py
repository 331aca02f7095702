"""What was built: the ids that the emulators chose, under the names that the demo's tables use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Ledger:
    """Facts by kind and name, such as `instance` → `chat-frontend-1` → `{"id": "i-…", "role": "app-chat"}`."""

    def __init__(self, facts: dict[str, dict[str, dict[str, Any]]] | None = None) -> None:
        self.facts = facts if facts is not None else {}

    def add(self, kind: str, name: str, /, **fact: Any) -> dict[str, Any]:
        """Record a new thing. A name is used once: a second one would silently redirect the logs."""
        things = self.facts.setdefault(kind, {})
        if name in things:
            raise ValueError(f"the estate has two of kind `{kind}` called `{name}`")
        things[name] = fact
        return fact

    def get(self, kind: str, name: str) -> dict[str, Any]:
        """The facts of one thing."""
        try:
            return self.facts[kind][name]
        except KeyError:
            raise KeyError(f"the estate has no `{kind}` called `{name}`") from None

    def all(self, kind: str) -> dict[str, dict[str, Any]]:
        """Everything of a kind, sorted by name."""
        return dict(sorted(self.facts.get(kind, {}).items()))

    def arn(self, kind: str, name: str) -> str:
        """Its ARN."""
        return str(self.get(kind, name)["arn"])

    def save(self, path: Path) -> None:
        """Write whole or not at all."""
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(self.facts, indent=1, sort_keys=True) + "\n")
        fresh.replace(path)

    @classmethod
    def load(cls, path: Path) -> Ledger:
        """Read what `save` wrote."""
        return cls(json.loads(path.read_text()))
