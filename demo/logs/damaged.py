"""Files that cannot be read, or not to their end: what a product must count and name, not fall over."""

from __future__ import annotations

from collections.abc import Iterator

from logs.cloudtrail import packed
from logs.noise import filler
from settings import ACCOUNT, MAIN_REGION

Object = tuple[str, bytes]


def objects() -> Iterator[Object]:
    """Under `broken/`: a gzip cut in the middle, and bytes that are no log at all under a log's name."""
    whole = packed({"Records": list(filler())})
    folder = f"broken/AWSLogs/{ACCOUNT}/CloudTrail/{MAIN_REGION}/2026/11/18"
    yield (
        f"{folder}/{ACCOUNT}_CloudTrail_{MAIN_REGION}_20261118T1215Z_TRUNCATEDGZIP2345.json.gz",
        whole[: len(whole) // 2],
    )
    garbage = bytes(number * 89 % 251 for number in range(4096))
    yield f"{folder}/{ACCOUNT}_CloudTrail_{MAIN_REGION}_20261118T1230Z_GARBAGEGARBAGE23.json.gz", garbage
