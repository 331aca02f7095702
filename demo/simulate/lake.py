"""Scans into a lake, by another writer than the product: the tables are open."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from settings import ACCOUNT
from simulate.parts import Json

TEXT, TIME, INT = pa.string(), pa.timestamp("us", tz="UTC"), pa.int64()

SCAN = pa.schema([
    ("scan_id", TEXT), ("account_id", TEXT), ("partition", TEXT), ("caller_arn", TEXT), ("regions", TEXT), ("version",
    TEXT),
    ("started_at", TIME), ("finished_at", TIME), ("tables", INT), ("resources", INT), ("calls", INT), ("incomplete",
    INT),
])  # fmt: skip
RESOURCE = pa.schema([
    ("scan_id", TEXT), ("account_id", TEXT), ("partition", TEXT), ("region", TEXT), ("table_name", TEXT), ("arn",
    TEXT), ("title", TEXT),
    ("tags", TEXT), ("config", TEXT), ("collected_at", TIME),
])  # fmt: skip
COVERAGE = pa.schema([
    ("scan_id", TEXT), ("account_id", TEXT), ("region", TEXT), ("table_name", TEXT), ("operation", TEXT), ("action",
    TEXT), ("target", TEXT),
    ("outcome", TEXT), ("error_code", TEXT), ("error_message", TEXT), ("rows", INT), ("calls", INT), ("collected_at",
    TIME),
])  # fmt: skip


def row_of_scan(id: str, at: datetime, regions: Iterable[str], resources: list[Json], coverage: list[Json]) -> Json:
    """The row that says that the scan is whole."""
    return {
        "scan_id": id, "account_id": ACCOUNT, "partition": "aws",
        "caller_arn": f"arn:aws:iam::{ACCOUNT}:user/simulator",
        "regions": list(regions), "version": "simulated", "started_at": at, "finished_at": at,
        "tables": len({row["table_name"] for row in coverage}), "resources": len(resources), "calls": len(coverage),
        "incomplete": 0,
    }  # fmt: skip


def save(path: Path, scans: Iterable[Json]) -> None:
    """The scans as a file: one line for each, with its rows."""
    lines = (json.dumps(one, separators=(",", ":"), sort_keys=True, default=_text) + "\n" for one in scans)
    path.write_bytes(gzip.compress("".join(lines).encode(), compresslevel=6, mtime=0))


def append(lake: Path, saved: Path) -> None:
    """Scans out of such a file into the lake: their rows first, then the word that they are whole."""
    scans = [json.loads(line) for line in gzip.decompress(saved.read_bytes()).splitlines()]
    for table, schema in (("resource", RESOURCE), ("coverage", COVERAGE)):
        write(lake, table, schema, [row for one in scans for row in one[table]], ["scan_id"])
    write(lake, "scan", SCAN, [one["scan"] for one in scans], [])


def write(lake: Path, table: str, schema: pa.Schema, rows: list[Json], partition_by: list[str]) -> None:
    """Rows into one table; values of JSON columns as text."""
    plain = [{name: _plain(row.get(name), schema.field(name).type) for name in schema.names} for row in rows]
    write_deltalake(lake / table, pa.Table.from_pylist(plain, schema), mode="append", partition_by=partition_by or None)


def _plain(value: Any, kind: pa.DataType) -> Any:
    if kind == TIME and isinstance(value, str):
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    return json.dumps(value, separators=(",", ":")) if isinstance(value, (dict, list)) else value


def _text(value: Any) -> str:
    return value.isoformat().replace("+00:00", "Z")
