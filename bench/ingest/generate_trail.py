#!/usr/bin/env python3
"""Writes CloudTrail logs as AWS delivers them: gzip JSON, `{"Records":[…]}` on one line, a file every few minutes.

Usage: generate_trail.py --out FOLDER [--events N] [--from-event N] [--seed N]
The same arguments write the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent))
from calls import Actor, letters, record  # noqa: E402

EVENTS = 5000
"""Events of a file."""
SPAN = 300
"""Seconds of a file."""
BEGIN = 1795132800
ACTORS = 600


def write(task: tuple[Path, int, int]) -> dict[str, int]:
    out, seed, number = task
    rng = Random(f"actors/{seed}")
    actors = [Actor(rng, at) for at in range(ACTORS)]
    rng.seed(f"trail/{seed}/{number}")
    region = "us-east-1" if number % 3 == 0 else "eu-west-1"
    local = [actor for actor in actors if actor.region == region]
    begin = BEGIN + number * SPAN
    times = [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(begin + second)) for second in range(SPAN)]
    popular = [1 / (rank + 5) for rank in range(len(local))]
    records = [record(rng, actor, rng.choice(times)) for actor in rng.choices(local, popular, k=EVENTS)]
    text = json.dumps({"Records": records}, separators=(",", ":"), ensure_ascii=False).encode()
    packed = gzip.compress(text, 6, mtime=begin)
    account, (day, minute) = local[0].account, (time.strftime(form, time.gmtime(begin + SPAN)) for form in ("%Y/%m/%d", "%Y%m%dT%H%MZ"))
    folder = out / "AWSLogs" / account / "CloudTrail" / region / day
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{account}_CloudTrail_{region}_{minute}_{letters(rng)}.json.gz").write_bytes(packed)
    return {"files": 1, "records": EVENTS, "bytes": len(text), "gz_bytes": len(packed)}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--events", type=int, default=300_000, help=f"rounded to files of {EVENTS}")
    parser.add_argument("--from-event", type=int, default=0, help="leave out the files before this event")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    files = range(args.from_event // EVENTS, max(1, args.events // EVENTS))
    total: dict[str, int] = {}
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for done in pool.map(write, [(args.out, args.seed, number) for number in files], chunksize=2):
            for name, count in done.items():
                total[name] = total.get(name, 0) + count
    print(json.dumps(total))
    return 0


if __name__ == "__main__":
    sys.exit(main())
