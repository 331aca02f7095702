"""Does a scan's memory grow with what it reads? The same tables with ten times as many resources, against a local answering server.

    python run.py SIGHTLINE [--functions 50000] [--log-groups 300000]

Prints wall and CPU time and the peak resident set for a tenth of it and for all of it. The bar: below 200 MB for both.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from measure import execute  # noqa: E402

TABLES = ["aws_cloudwatch_log_group", "aws_lambda_function", "aws_lambda_alias"]


def measure(sightline: str, log_groups: int, functions: int) -> None:
    command = [sys.executable, str(HERE / "server.py"), "0", "--log-groups", str(log_groups), "--functions", str(functions)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            env = {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x",
                "AWS_EC2_METADATA_DISABLED": "true", "HOME": folder, "PATH": os.environ["PATH"],
            }
            tables = [word for table in TABLES for word in ("--table", table)]
            scan = [sightline, "--lake", f"{folder}/lake", "scan", "--region", "us-east-1", "--json", *tables]
            run = execute(scan, out, err, limit=7200, env=env)
            if run.status != 0:
                sys.exit(f"status {run.status}: {run.stderr}")
            summary = json.loads(out.read_text())
            expected = {TABLES[0]: log_groups, TABLES[1]: functions, TABLES[2]: functions}
            assert summary["resources_by_table"] == expected, summary["resources_by_table"]
            print(
                f"{log_groups:>8,} log groups {functions:>7,} functions  {summary['calls']:>8,} calls  "
                f"{run.wall_s:7.1f} s  {run.cpu_s:6.1f} CPU s  {run.rss_mb:5.0f} MB peak",
                flush=True,
            )
    finally:
        server.kill()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sightline")
    parser.add_argument("--log-groups", type=int, default=300_000)
    parser.add_argument("--functions", type=int, default=50_000)
    options = parser.parse_args()
    for part in (10, 1):
        measure(options.sightline, options.log_groups // part, options.functions // part)


main()
