"""Writes the lake that is measured: an estate's inventory and a day of its logs, straight into Delta tables.

    python generate.py FOLDER [--quick] [--sightline PATH]

The lake itself is made by Sightline, out of the logs of a small simulated estate: what its tables look like is read off it, and
those rows are then left behind. All numbers are drawn from fixed seeds: two runs make the same rows.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from deltalake import DeltaTable, WriterProperties, write_deltalake

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import population  # noqa: E402
from records import Calls, Flows, Part, Rows, Texts, constant, epoch, finished, log_objects, moments, objects_of, pick  # noqa: E402
from simulate import inventory, lake  # noqa: E402
from simulate.estate import draw as draw_small  # noqa: E402
from simulate.estate import objects as small_objects  # noqa: E402
from simulate.options import Options  # noqa: E402

BEGIN = datetime(2026, 11, 19, tzinfo=UTC)
TABLES = ("flow", "api_call", "dns_answer", "log_object")
WRITER = WriterProperties(compression="ZSTD", compression_level=1, max_row_group_size=256 << 10)


class Writer:
    """Appends hours to the lake."""

    def __init__(self, folder: Path, quick: bool) -> None:
        self.lake = folder / "lake"
        self.part = Part(1_000, 4_000, 400, 40) if quick else Part()
        self.world = population.draw("medium" if quick else "bench")
        self.ends = population.Ends(self.world)
        dice = np.random.default_rng(1)
        self.flows = Flows(np.random.default_rng(2), self.ends.rows, population.pairs(self.world, self.ends, self.part.pairs, dice))
        patterns, weights, self.issued = population.patterns(self.world)
        self.calls = Calls(np.random.default_rng(3), patterns, weights)
        self.names = population.names(self.world, self.ends, self.part.names, np.random.default_rng(4))
        self.counts = dict.fromkeys((*TABLES, "resource"), 0)

    def inventory(self) -> None:
        """One scan."""
        scan = inventory.scan(self.world, BEGIN - timedelta(hours=1))
        lake.write(self.lake, "resource", lake.RESOURCE, scan.resources, ["scan_id"])
        lake.write(self.lake, "coverage", lake.COVERAGE, scan.coverage, ["scan_id"])
        row = lake.row_of_scan(scan.id, scan.at, inventory.REGIONS, scan.resources, scan.coverage)
        lake.write(self.lake, "scan", lake.SCAN, [row], [])
        self.counts["resource"] = len(scan.resources)

    def hour(self, number: int) -> None:
        """The logs of one hour."""
        at, part = BEGIN + timedelta(hours=number), self.part
        uris = {source: objects_of(source, at, max(4, part.objects // 4)) for source in ("vpcflowlogs", "CloudTrail", "vpcdnsquerylogs")}
        self.append("flow", self.flows.hour(at, uris["vpcflowlogs"]))
        self.append("api_call", self.calls.hour(at, uris["CloudTrail"], part.calls))
        if number % 6 == 0:
            self.append("api_call", self.handed_out(at, uris["CloudTrail"]))
        self.append("dns_answer", self.asked(at, uris["vpcdnsquerylogs"]))
        for name, source in (("vpcflowlogs", "vpc_flow"), ("CloudTrail", "cloudtrail"), ("vpcdnsquerylogs", "resolver_query")):
            self.append("log_object", log_objects(uris[name], source, at))

    def handed_out(self, at: datetime, uris: list[str]) -> Rows:
        """The records that tell whose the pods' keys are."""
        dice = np.random.default_rng(int(at.timestamp()))
        made = {}
        for name in sorted({name for one in self.issued for name in one}):
            texts = Texts()
            made[name] = texts.column(np.array([texts.add(str(one.get(name, ""))) for one in self.issued]))
        micros = np.full(len(self.issued), epoch(at)) + dice.integers(0, 3000, len(self.issued)) * 1_000_000
        return finished(dice, made, micros, uris)

    def asked(self, at: datetime, uris: list[str]) -> Rows:
        """The names of an hour: the same in each."""
        count, dice = len(self.names), np.random.default_rng(int(at.timestamp()))
        first = np.full(count, epoch(at)) + dice.integers(0, 1800, count) * 1_000_000
        return {
            "hour": moments(np.full(count, epoch(at))),
            "account_id": constant(population.ACCOUNT, count),
            "region": constant(population.REGION, count),
            **{name: pa.array([one[name] for one in self.names]) for name in ("vpc_id", "client_addr", "query_name", "answer")},
            "query_type": constant("A", count),
            "answer_type": constant("A", count),
            "response_code": constant("NOERROR", count),
            "queries": pa.array(np.ones(count, np.int64)),
            "first_seen": moments(first),
            "last_seen": moments(first + 1_700_000_000),
            "object": pick(dice, uris, count),
            "line": pa.array(dice.integers(1, 9000, count)),
        }

    def append(self, table: str, rows: Rows) -> None:
        """Rows into one table; columns that are not told are empty."""
        schema = pa.schema(DeltaTable(self.lake / table).schema().to_arrow())
        count = len(next(iter(rows.values())))
        unknown = set(rows) - set(schema.names)
        if unknown:
            raise ValueError(f"the table `{table}` has no column {sorted(unknown)}")
        columns = [_column(rows.get(field.name), field.type, count) for field in schema]
        plain = pa.schema([pa.field(field.name, column.type) for field, column in zip(schema, columns, strict=True)])
        write_deltalake(self.lake / table, pa.Table.from_arrays(columns, schema=plain), mode="append", writer_properties=WRITER)
        self.counts[table] += count


def _column(given: pa.Array | None, kind: pa.DataType, count: int) -> pa.Array:
    text = pa.types.is_string(kind) or pa.types.is_string_view(kind) or pa.types.is_large_string(kind)
    if text:
        return pa.array([""] * count) if given is None else given.cast(pa.string())
    return pa.nulls(count, kind) if given is None else given.cast(kind)


def make(folder: Path, sightline: Path, quick: bool, hours: int = 24) -> dict[str, int]:
    """The whole lake; rows by table."""
    shutil.rmtree(folder, ignore_errors=True)
    _tables(folder, sightline)
    writer = Writer(folder, quick)
    writer.inventory()
    for number in range(hours):
        writer.hour(number)
    (folder / "size.json").write_text(json.dumps(writer.counts) + "\n")
    return writer.counts


def _tables(folder: Path, sightline: Path) -> None:
    """Empty tables as this version of Sightline makes them."""
    logs = folder / "small"
    for key, content in small_objects(draw_small(Options(1))):
        target = logs / key
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    command = [str(sightline), "--lake", str(folder / "lake"), "ingest", str(logs)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"`sightline ingest` ended with {done.returncode}: {done.stderr[-500:]}")
    shutil.rmtree(logs)
    for table in (folder / "lake").iterdir():
        if (table / "_delta_log").is_dir():
            DeltaTable(table).delete()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--sightline", type=Path, default=HERE.parent.parent / "target" / "release" / "sightline")
    given = parser.parse_args()
    for table, count in make(given.folder, given.sightline, given.quick).items():
        print(f"{table:<12} {count:>12,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
