"""Reads each Delta table of a lake with DuckDB's own reader, and prints rows, columns and a sum of every column of whole numbers as JSON. Exits with
77 where DuckDB or its extension is not installed."""

import glob
import json
import os
import sys

try:
    import duckdb
except ImportError:
    print("no duckdb")
    sys.exit(77)

found = [path for folder in sys.path for path in glob.glob(os.path.join(folder, "duckdb_ext/extensions/*/*/delta.duckdb_extension"))]
if not found:
    print("no duckdb-ext-delta")
    sys.exit(77)
connection = duckdb.connect()
connection.execute(f"LOAD '{found[0]}'")
connection.execute("SET TimeZone = 'UTC'")
told = {}
for log in sorted(glob.glob(os.path.join(sys.argv[1], "*/_delta_log"))):
    folder = os.path.dirname(log)
    columns = connection.execute(f"DESCRIBE SELECT * FROM delta_scan('{folder}')").fetchall()
    sums = {name: f'coalesce(sum("{name}"), 0)::BIGINT' for name, kind, *_ in columns if kind == "BIGINT"}
    row = connection.execute(f"SELECT count(*), {', '.join(sums.values()) or '0'} FROM delta_scan('{folder}')").fetchone()
    told[os.path.basename(folder)] = {"rows": row[0], "columns": sorted(name for name, *_ in columns), "sums": dict(zip(sums, row[1:]))}
print(json.dumps(told))
