"""Make all log files and put them into the estate's log bucket, or into a folder.

python demo/logs/generate.py [--state FOLDER] [--end 2026-11-20T00:00:00Z] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import emulators
from aws import Aws
from estate.ledger import Ledger
from logs import calls, cloudtrail, damaged, flow, invocation, noise, resolver
from settings import DEFAULT_END, DEFAULT_STATE, LOG_BUCKET, MAIN_REGION, utc

Object = tuple[str, bytes]


def objects(ledger: Ledger, end: datetime) -> Iterator[Object]:
    """Keys and bytes of every file: CloudTrail, flow, Resolver and invocation logs, damaged ones."""
    model_calls = list(calls.records(ledger, end))
    return chain(
        cloudtrail.objects(chain(model_calls, noise.records(ledger, end)), end),
        flow.objects(ledger, end),
        resolver.objects(ledger, end),
        invocation.objects(model_calls, ledger, end),
        damaged.objects(),
    )


def upload(state: Path, end: datetime) -> tuple[int, int]:
    """Put all files into the log bucket; how many, and how many bytes."""
    s3 = Aws(emulators.environment(emulators.load(state), state)).client("s3", MAIN_REGION)
    made = list(objects(Ledger.load(state / "estate.json"), end))
    with ThreadPoolExecutor(max_workers=4) as pool:
        # `list` lets the first failure out instead of losing it in a thread.
        list(pool.map(lambda one: s3.put_object(Bucket=LOG_BUCKET, Key=one[0], Body=one[1]), made))
    return len(made), sum(len(content) for _, content in made)


def save(folder: Path, state: Path, end: datetime) -> tuple[int, int]:
    """The same into a folder, for tests that read logs without S3."""
    made = list(objects(Ledger.load(state / "estate.json"), end))
    for key, content in made:
        target = folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return len(made), sum(len(content) for _, content in made)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--state", type=Path, default=DEFAULT_STATE)
    parser.add_argument("--end", type=utc, default=DEFAULT_END, help="the logs' end, RFC 3339")
    parser.add_argument("--folder", type=Path, help="write files here instead of into the bucket")
    options = parser.parse_args()
    state = options.state.resolve()
    count, size = save(options.folder, state, options.end) if options.folder else upload(state, options.end)
    print(f"{count} files, {size / 1e6:.1f} MB, in {options.folder or 's3://' + LOG_BUCKET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
