"""Does a run of probes keep as many calls open as it may, and stay small? 1,000 attempts against a model that takes 200 ms.

    python run.py SIGHTLINE [--concurrency 16] [--attempts 1000] [--latency-ms 200] [--repeat 3]

The limit is the concurrency over the latency: 16 calls at a time of 200 ms each are 80 a second. The bars: within 10 % of it, measured
from the first call's arrival to the last answer, and a peak resident set below 100 MB. Use a release build.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from measure import execute  # noqa: E402

PROBES = 10
"""Of the pack that is sent, without its twins."""


def measure(options: argparse.Namespace) -> tuple[float, float]:
    """Attempts a second as a share of the limit, and the peak resident set in MB."""
    server = subprocess.Popen(
        [sys.executable, str(HERE / "server.py"), str(options.latency_ms)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None and server.stdin is not None
    try:
        port = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            env = {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": "x",
                "AWS_SECRET_ACCESS_KEY": "x",
                "AWS_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
                "HOME": folder,
                "PATH": os.environ["PATH"],
            }
            trials = str(options.attempts // PROBES)
            command = [
                options.sightline,
                "--lake",
                f"{folder}/lake",
                "probe",
                "run",
                "--model",
                "amazon.nova-micro-v1:0",
                "--pack",
                "prompt-injection-basics",
                "--without-twins",
                "--trials",
                trials,
                "--concurrency",
                str(options.concurrency),
                "--max-usd",
                "100",
                "--yes",
                "--json",
            ]
            run = execute(command, out, err, limit=1800, env=env)
            if run.status not in (0, 1, 3):
                sys.exit(f"status {run.status}: {run.stderr}")
            summary = json.loads(out.read_text())
            made = int(trials) * PROBES
            assert summary["attempted"] == summary["planned"] == made, summary["stopped"]
            assert summary["outcomes"]["error"] == 0, summary["outcomes"]
        server.stdin.close()
        seen = json.loads(server.stdout.readline())
        assert seen["calls"] == made, seen
        assert seen["open_at_most"] <= options.concurrency, seen
    finally:
        server.kill()
    limit = options.concurrency / (options.latency_ms / 1000)
    share = seen["calls"] / seen["seconds"] / limit
    print(
        f"{seen['calls']:>6,} attempts  {seen['seconds']:6.2f} s  {seen['calls'] / seen['seconds']:6.1f}/s = {share:6.1%} of {limit:.0f}/s  "
        f"{seen['open_on_average']:5.1f} open  {run.wall_s:6.2f} s in all  {run.cpu_s:5.2f} CPU s  {run.rss_mb:5.0f} MB peak",
        flush=True,
    )
    return share, run.rss_mb


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sightline")
    parser.add_argument("--concurrency", type=int, default=16)
    parser.add_argument("--attempts", type=int, default=1000)
    parser.add_argument("--latency-ms", type=float, default=200)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    runs = [measure(options) for _ in range(options.repeat)]
    share, rss = statistics.median(run[0] for run in runs), max(run[1] for run in runs)
    verdict = "within" if share >= 0.9 and rss < 100 else "NOT within"
    print(f"median {share:.1%} of the limit, {rss:.0f} MB at most: {verdict} the bars (90 %, 100 MB)")


main()
