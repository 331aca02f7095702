"""Writes the lake that is measured: rows of `flow`, straight into its Delta table with another library than Sightline's.

The lake itself is made by Sightline, out of one small log: what the table looks like is read off it. All numbers are drawn from a
fixed seed: two runs make the same rows.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pyarrow as pa
from deltalake import DeltaTable, WriterProperties, write_deltalake

CHUNK = 1_000_000
"""Rows of a file."""
BEGIN = 1_795_046_400_000_000
"""2026-11-19T00:00:00Z, in microseconds."""
HOUR = 3_600_000_000
WRITER = WriterProperties(compression="ZSTD", compression_level=1, max_row_group_size=256 << 10)
HEADER = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
RECORD = "2 123456789012 eni-0a1 10.0.0.4 10.0.1.7 40000 443 6 10 840 1795316400 1795316460 ACCEPT OK"


def make(folder: Path, sightline: Path, rows: int) -> None:
    """The lake with so many rows; what lies there is kept where it has as many."""
    size = folder / "size.json"
    if size.exists() and json.loads(size.read_text()) == {"flow": rows}:
        return
    shutil.rmtree(folder, ignore_errors=True)
    logs = folder / "logs"
    logs.mkdir(parents=True)
    (logs / "one.log.gz").write_bytes(gzip.compress(f"{HEADER}\n{RECORD}\n".encode()))
    command = [str(sightline), "--lake", str(folder / "lake"), "ingest", str(logs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"`sightline ingest` ended with {done.returncode}: {done.stderr[-500:]}")
    shutil.rmtree(logs)
    table = folder / "lake" / "flow"
    DeltaTable(table).delete()
    schema = pa.schema(DeltaTable(table).schema().to_arrow())
    dice = np.random.default_rng(7)
    for first in range(0, rows, CHUNK):
        _append(table, schema, _chunk(dice, min(CHUNK, rows - first)))
        print(f"  {min(first + CHUNK, rows):,} of {rows:,} rows", end="\r", flush=True)
    print()
    size.write_text(json.dumps({"flow": rows}))


def _texts(dice: np.random.Generator, count: int, texts: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(dice.integers(0, len(texts), count, dtype=np.int32)), pa.array(texts))


def _moments(micros: np.ndarray) -> pa.Array:
    return pa.array(micros.astype("datetime64[us]")).cast(pa.timestamp("us", tz="UTC"))


def _chunk(dice: np.random.Generator, count: int) -> dict[str, pa.Array]:
    hour = BEGIN + np.sort(dice.integers(0, 24, count)) * HOUR
    first = hour + dice.integers(0, HOUR // 2, count)
    packets = dice.integers(1, 5000, count)
    machines = dice.integers(0, 20_000, count, dtype=np.int32)
    return {
        "hour": _moments(hour),
        "account_id": _texts(dice, count, [f"{number:012}" for number in range(100)]),
        "region": _texts(dice, count, ["us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1"]),
        "vpc_id": _texts(dice, count, [f"vpc-{number:04}" for number in range(200)]),
        "interface_id": pa.DictionaryArray.from_arrays(pa.array(machines), pa.array([f"eni-{n:06}" for n in range(20_000)])),
        "instance_id": pa.DictionaryArray.from_arrays(pa.array(machines), pa.array([f"i-{n}" for n in range(20_000)])),
        "client_addr": _texts(dice, count, [f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(200_000)]),
        "server_addr": _texts(dice, count, [f"52.94.{n >> 8}.{n & 255}" for n in range(3_000)]),
        "server_port": pa.array(dice.choice([443, 80, 22, 5432, 53], count, p=[0.8, 0.1, 0.04, 0.03, 0.03])),
        "protocol": pa.array(dice.choice([6, 17], count, p=[0.95, 0.05])),
        "action": _texts(dice, count, ["ACCEPT", "ACCEPT", "ACCEPT", "REJECT"]),
        "direction": _texts(dice, count, ["egress", "ingress"]),
        "from_client": pa.array(dice.integers(0, 2, count).astype(bool)),
        "packets": pa.array(packets),
        "bytes": pa.array(packets * dice.integers(40, 1500, count)),
        "records": pa.array(dice.integers(1, 7, count)),
        "first_seen": _moments(first),
        "last_seen": _moments(first + 60_000_000),
        "object": _texts(dice, count, [f"s3://logs/AWSLogs/vpcflowlogs/2026/11/19/{number:05}.log.gz" for number in range(5_000)]),
        "line": pa.array(dice.integers(1, 90_000, count)),
    }


def _append(table: Path, schema: pa.Schema, rows: dict[str, pa.Array]) -> None:
    count = len(rows["hour"])
    unknown = set(rows) - set(schema.names)
    if unknown:
        raise ValueError(f"`flow` has no column {sorted(unknown)}")
    columns = [_column(rows.get(field.name), field.type, count) for field in schema]
    plain = pa.schema([pa.field(field.name, column.type) for field, column in zip(schema, columns, strict=True)])
    write_deltalake(table, pa.Table.from_arrays(columns, schema=plain), mode="append", writer_properties=WRITER)


def _column(given: pa.Array | None, kind: pa.DataType, count: int) -> pa.Array:
    if pa.types.is_string(kind) or pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return pa.repeat("", count) if given is None else given.cast(pa.string())
    return pa.nulls(count, kind) if given is None else given.cast(kind)
