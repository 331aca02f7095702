"""A lake that has lived, its tables as `sightline lake ddl` defines them, and what each engine is asked."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.support import ROOT, binary, run, said


class Table(NamedTuple):
    """A table as its definition's comment says it."""

    name: str
    columns: list[tuple[str, str]]


class Dialect(NamedTuple):
    """How an engine writes a name, a length of text, and microseconds since 1970."""

    quote: str
    length: str
    micros: str


SCANS = "import sys; from pathlib import Path; from simulate import lake; lake.append(*map(Path, sys.argv[1:]))"
EMPTY_COMMITS = """
import sys
from deltalake import DeltaTable, write_deltalake
for place in sys.argv[1:]:
    table = DeltaTable(place)
    empty = table.to_pyarrow_table().slice(0, 0)
    for _ in range(97 - table.version()):
        write_deltalake(place, empty, mode="append")
    print(DeltaTable(place).version())
"""
SIGHTLINE = Dialect('"', "char_length({})", "CAST({} AS BIGINT)")
SPARK = Dialect("`", "char_length({})", "unix_micros({})")
DUCKDB = Dialect('"', "length({})", "epoch_us({})")


def sightline(lake: object, *words: object) -> str:
    """What a command of the product prints. Findings and gaps are an answer."""
    ended = run(binary(), "--lake", lake, *words, cwd=tempfile.gettempdir())
    assert ended.returncode in (0, 1, 3), said(ended)
    return ended.stdout


class Lake:
    """Tables with a hundred commits, files that were put together or taken out, partitions, runs of each kind."""

    def __init__(self, folder: Path) -> None:
        # Sail finds no tables below a folder with a blank in its name.
        self.place = folder / "it's"
        self.later = folder / "later"
        estate = folder / "estate"
        end = datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
        self._python("simulate.py", "--seed", "7", "--days", "2", "--end", end.isoformat(), "--out", estate)
        for number, path in enumerate(sorted((estate / "logs").rglob("*.gz"))):
            if number % 5 == 0:
                kept = self.later / path.relative_to(estate / "logs")
                kept.parent.mkdir(parents=True, exist_ok=True)
                path.rename(kept)
        sightline(self.place, "ingest", estate / "logs")
        self._python("-c", SCANS, self.place, estate / "inventory.jsonl.gz")
        sightline(self.place, "map")
        self._python("-c", EMPTY_COMMITS, self.place / "flow", self.place / "api_call")
        # Few objects a batch: the hundredth commit of a table is the product's, and so is its checkpoint.
        sightline(self.place, "ingest", "--batch-objects", "10", estate / "late")
        for words in (["map"], ["findings"], ["lake", "compact"]):
            sightline(self.place, *words)
        sightline(self.place, "lake", "retain", "flow=1", "api_call=1")

    @staticmethod
    def _python(*words: object) -> None:
        ended = run(sys.executable, *words, cwd=ROOT / "demo")
        assert ended.returncode == 0, said(ended)


@cache
def lake() -> Lake:
    """One for all tests; it goes with the process."""
    held = tempfile.TemporaryDirectory()
    made = Lake(Path(held.name))
    made.held = held  # type: ignore[attr-defined]
    return made


def statements(text: str) -> list[str]:
    """The statements as whoever copies one takes them: up to the semicolon, with the comments before it."""
    return [one.strip() for one in text.split(";") if one.strip()]


def tables(text: str) -> list[Table]:
    """The tables that definitions for Spark make."""
    found = []
    for one in statements(text):
        name = re.search(r"^CREATE TABLE IF NOT EXISTS \w+\.`(\w+)`", one, re.MULTILINE)
        if name:
            comment = [line.removeprefix("-- ") for line in one.splitlines() if line.startswith("-- ")][-1]
            pairs = (column.partition(" ") for column in comment.split(", "))
            found.append(Table(name[1], [(column, kind) for column, _, kind in pairs]))
    return found


def measures(table: Table, dialect: Dialect) -> list[str]:
    """What is asked: rows, and of each column how many values, and a sum, a length or two ends."""
    asked = ["count(*)"]
    for name, kind in table.columns:
        column = f"{dialect.quote}{name}{dialect.quote}"
        asked.append(f"count({column})")
        if kind in ("bigint", "double"):
            asked.append(f"sum({column})")
        elif kind == "boolean":
            asked.append(f"sum(CASE WHEN {column} THEN 1 ELSE 0 END)")
        elif kind == "timestamp":
            asked += [dialect.micros.format(f"{end}({column})") for end in ("min", "max")]
        else:
            asked.append(f"sum({dialect.length.format(column)})")
    return asked


def select(table: Table, dialect: Dialect, source: str) -> str:
    """All of it as one row."""
    named = (f"{one} AS m{number}" for number, one in enumerate(measures(table, dialect)))
    return f"SELECT {', '.join(named)} FROM {source}"


def plain(row: Iterable[object]) -> list[float | None]:
    """Numbers as any engine has them: text and decimals as whole numbers, sums of fractions without the last digits."""

    def number(text: str) -> float:
        return int(text) if text.lstrip("-").isdigit() else round(float(text), 6)

    return [None if one is None else number(str(one)) for one in row]


def ours(place: object, known: list[Table]) -> dict[str, list[float | None]]:
    """What Sightline itself says of each table: one query, since each process takes its time."""
    parts = []
    for one in known:
        texts = ", ".join(f"CAST({measure} AS VARCHAR)" for measure in measures(one, SIGHTLINE))
        parts.append(f"SELECT '{one.name}' AS name, make_array({texts}) AS told FROM \"{one.name}\"")
    rows = json.loads(sightline(place, "query", "--json", " UNION ALL ".join(parts)))
    return {row["name"]: plain(row["told"]) for row in rows}
