"""Bedrock's model invocation logs of the regions that have them: a record for each call, lost in the trail or not."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from estate.ledger import Ledger
from logs import invocation
from logs.names import digest, pick
from settings import ACCOUNT, utc
from simulate.delivery import Object
from simulate.parts import Json
from simulate.trail import Seen
from simulate.world import World


def objects(world: World, seen: Iterable[Seen]) -> Iterator[Object]:
    """Keys and bytes: a file for each hour."""
    ledger = _ledger(world)
    hours: dict[tuple[str, datetime], list[Json]] = defaultdict(list)
    for one in seen:
        call = one.record
        ours = call["userIdentity"].get("accountId") == ACCOUNT and call["awsRegion"] in world.logged
        if call["eventName"] in invocation.OPERATIONS and ours:
            hour = utc(call["eventTime"]).replace(minute=0, second=0)
            hours[call["awsRegion"], hour].append(invocation.entry(call, ledger, set(), "")[0])
    for (region, hour), records in sorted(hours.items()):
        folder = f"AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/{region}"
        closed = hour + timedelta(minutes=59, seconds=58)
        batch = f"{pick(0, 999, 'batch', region, hour):03}Z_{digest('batch', region, hour).hex()[:16]}"
        lines = "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in records)
        key = f"{folder}/{hour:%Y/%m/%d/%H}/{closed:%Y%m%dT%H%M%S}{batch}.json.gz"
        yield key, gzip.compress(lines.encode(), compresslevel=6, mtime=0)


def _ledger(world: World) -> Ledger:
    """The account's own models by names that tell their family."""
    ledger = Ledger()
    for model in world.models.values():
        if model.kind in ("imported-model", "provisioned-model", "inference-profile"):
            ledger.add("model", model.title.lower(), arn=model.arn)
    return ledger
