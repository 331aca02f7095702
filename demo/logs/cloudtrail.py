"""CloudTrail's files: quarter-hours of records in AWS's key layout, with the disorder of real delivery."""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from logs.names import digest, fraction, letters
from settings import ACCOUNT, LOG_BUCKET, MAIN_REGION, rfc3339, utc

Json = dict[str, Any]
Object = tuple[str, bytes]

SLICE = timedelta(minutes=15)
"""AWS delivers about every five minutes; the demo's files are larger and fewer."""

LATE = 0.02
"""Share of the records that arrive one to three files late, as some do."""


def objects(records: Iterable[Json], end: datetime) -> Iterator[Object]:
    """Keys and bytes of all files: the records, one file delivered twice, one digest."""
    files: dict[tuple[str, datetime], list[Json]] = defaultdict(list)
    for record in records:
        at = utc(record["eventTime"])
        late = int(1 + 3 * fraction("late by", record["eventID"])) if fraction("late", record["eventID"]) < LATE else 0
        closed = datetime.fromtimestamp(
            (at.timestamp() // SLICE.total_seconds() + 1 + late) * SLICE.total_seconds(), at.tzinfo
        )
        files[record["awsRegion"], closed].append(record)
    named = sorted(files.items(), key=lambda one: (one[0][0], one[0][1]))
    for (region, closed), held in named:
        yield file(region, closed, held, "")
    # CloudTrail delivers at least once: the fullest file comes again under another name, with the same event ids.
    (region, closed), held = max(named, key=lambda one: len(one[1]))
    yield file(region, closed, held, "again")
    yield _digest(end)


def file(region: str, closed: datetime, records: list[Json], copy: str) -> Object:
    """Key and bytes of one file; `copy` sets a second delivery apart from the first."""
    shuffled = list(records)
    # Records within a file are in no order.
    random.Random(f"{region}{closed}").shuffle(shuffled)
    unique = letters(16, "file", region, closed, copy)
    folder = f"AWSLogs/{ACCOUNT}/CloudTrail/{region}/{closed:%Y/%m/%d}"
    key = f"{folder}/{ACCOUNT}_CloudTrail_{region}_{closed:%Y%m%dT%H%MZ}_{unique}.json.gz"
    return key, packed({"Records": shuffled})


def _digest(end: datetime) -> Object:
    """The hourly digest that proves which files were delivered: it holds no records."""
    closed = end - timedelta(hours=1)
    content = {
        "awsAccountId": ACCOUNT,
        "digestStartTime": rfc3339(closed - timedelta(hours=1)),
        "digestEndTime": rfc3339(closed),
        "digestS3Bucket": LOG_BUCKET,
        "digestS3Object": "",
        "digestPublicKeyFingerprint": digest("fingerprint").hex()[:32],
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": rfc3339(closed),
        "oldestEventTime": rfc3339(closed - timedelta(hours=1)),
        "previousDigestS3Bucket": LOG_BUCKET,
        "logFiles": [],
    }
    folder = f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/{MAIN_REGION}/{closed:%Y/%m/%d}"
    name = f"{ACCOUNT}_CloudTrail-Digest_{MAIN_REGION}_main_{MAIN_REGION}_{closed:%Y%m%dT%H%M%SZ}.json.gz"
    return f"{folder}/{name}", packed(content)


def packed(content: Json | list[Json]) -> bytes:
    """JSON without spaces, gzipped, without a time in the header."""
    return gzip.compress(json.dumps(content, separators=(",", ":")).encode(), compresslevel=6, mtime=0)
