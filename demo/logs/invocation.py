"""Bedrock's model invocation logs: a record for each call that the trail has, since they were switched on.

Only the region that has them; only this account's callers. Embeddings come without bodies, for their delivery is off.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from estate.ledger import Ledger
from logs import bodies, guardrail
from logs.bodies import Call
from logs.cloudtrail import packed
from logs.names import digest, fraction, pick
from settings import ACCOUNT, LOG_BUCKET, MAIN_REGION, WINDOW, utc

Json = dict[str, Any]
Object = tuple[str, bytes]

OPERATIONS = ("InvokeModel", "InvokeModelWithResponseStream", "Converse", "ConverseStream")

SILENT = timedelta(hours=12)
"""How long after the window's start they were switched on: calls before then are in the trail alone."""

FOLDER = f"AWSLogs/{ACCOUNT}/BedrockModelInvocationLogs/{MAIN_REGION}"

MARKER = f"{FOLDER}/amazon-bedrock-logs-permission-check"
"""Empty: Bedrock writes it to see whether it may."""

FAMILIES = {"embed": "embed", "claude": "anthropic", "sonnet": "anthropic"} | {
    name: name for name in ("nova", "llama", "mistral", "titan")
}
"""By a word of the model's name; `embed` first, for Titan has both."""

LARGE_PROMPT, LARGE_ANSWER, KEY_IN_PROMPT = "docs-sonnet", "ConverseStream", ":user/alice"
"""Whose first call has a prompt, an answer, of more than a record may hold; and whose has a key in its prompt."""


def objects(calls: Iterable[Json], ledger: Ledger, end: datetime) -> Iterator[Object]:
    """Keys and bytes: the marker, a file for each hour, and beside it the bodies that are too large."""
    yield MARKER, b""
    hours: dict[datetime, list[Json]] = defaultdict(list)
    special = {LARGE_PROMPT, LARGE_ANSWER, KEY_IN_PROMPT}
    for call in sorted(logged(calls, end), key=lambda one: (one["eventTime"], one["requestID"])):
        hour = utc(call["eventTime"]).replace(minute=0, second=0)
        wish = _wish(call, ledger) & special if "errorCode" not in call else set()
        special -= wish
        record, beside = entry(call, ledger, wish, f"{FOLDER}/{hour:%Y/%m/%d/%H}/data")
        hours[hour].append(record)
        yield from beside
    for hour, records in hours.items():
        closed = hour + timedelta(minutes=59, seconds=58)
        name = f"{closed:%Y%m%dT%H%M%S}{pick(0, 999, 'batch', hour):03}Z_{digest('batch', hour).hex()[:16]}.json.gz"
        lines = "".join(json.dumps(one, separators=(",", ":")) + "\n" for one in records)
        yield f"{FOLDER}/{hour:%Y/%m/%d/%H}/{name}", gzip.compress(lines.encode(), compresslevel=6, mtime=0)


def logged(calls: Iterable[Json], end: datetime) -> Iterator[Json]:
    """The trail's records of calls that the invocation log has as well."""
    for call in calls:
        is_ours = call["userIdentity"].get("accountId") == ACCOUNT and call["awsRegion"] == MAIN_REGION
        if call["eventName"] in OPERATIONS and is_ours and utc(call["eventTime"]) >= end - WINDOW + SILENT:
            yield call


def _wish(call: Json, ledger: Ledger) -> set[str]:
    """Which of the special calls this one could be."""
    wish = set()
    if call["requestParameters"]["modelId"] == ledger.arn("model", LARGE_PROMPT):
        wish.add(LARGE_PROMPT)
    if call["eventName"] == LARGE_ANSWER and guardrail.verdict(call["requestID"]) == guardrail.NONE:
        wish.add(LARGE_ANSWER)
    if call["userIdentity"]["arn"].endswith(KEY_IN_PROMPT):
        wish.add(KEY_IN_PROMPT)
    return wish


def entry(call: Json, ledger: Ledger, wish: set[str], folder: str) -> tuple[Json, list[Object]]:
    """The log's record of a call of the trail, and the bodies that lie beside it."""
    operation, request_id = call["eventName"], call["requestID"]
    of = _call(call, ledger, wish)
    is_converse, is_stream = operation.startswith("Converse"), "Stream" in operation
    made: Json = {
        "timestamp": call["eventTime"],
        "accountId": ACCOUNT,
        "identity": {"arn": call["userIdentity"]["arn"]},
        "region": call["awsRegion"],
        "requestId": request_id,
        "operation": operation,
        "modelId": call["requestParameters"]["modelId"],
        "input": {"inputContentType": "application/json"},
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
    }
    routed = call.get("additionalEventData", {}).get("inferenceRegion")
    made |= {"inferenceRegion": routed} if routed else {}
    made |= {"requestMetadata": {"team": "support"}} if is_converse and of.guardrail else {}
    beside: list[Object] = []
    if of.family != "embed":
        body = bodies.converse_request(of) if is_converse else bodies.invoke_request(of)
        _put(made["input"], "input", body, LARGE_PROMPT in wish, f"{folder}/{request_id}_input.json.gz", beside)
    if "errorCode" in call:
        # The trail spells a refusal in two ways, the service in one.
        refused = call["errorCode"].startswith("AccessDenied")
        return made | {"errorCode": "AccessDeniedException" if refused else call["errorCode"]}, beside
    made["input"]["inputTokenCount"] = of.input_tokens
    if of.cached_tokens:
        # What a cache holds is counted beside, and may be most of it.
        made["input"]["cacheReadInputTokenCount"] = of.cached_tokens
    made["output"] = {"outputContentType": "application/json"}
    if of.family != "embed":
        made["output"]["outputTokenCount"] = of.output_tokens
        is_large = LARGE_ANSWER in wish
        answer = _answer(of, is_converse, is_stream, 1200 if is_large else 3)
        _put(made["output"], "output", answer, is_large, f"{folder}/{request_id}_output.json.gz", beside)
    return made, beside


def _answer(of: Call, is_converse: bool, is_stream: bool, pieces: int) -> Json | list[Json]:
    if is_converse:
        return bodies.converse_events(of, pieces) if is_stream else bodies.converse_answer(of)
    return bodies.invoke_events(of, pieces) if is_stream else bodies.invoke_answer(of)


def _put(side: Json, name: str, body: Json | list[Json], is_large: bool, key: str, beside: list[Object]) -> None:
    """The body into the record or, where it is too large, beside it."""
    if is_large:
        side[f"{name}BodyS3Path"] = f"s3://{LOG_BUCKET}/{key}"
        beside.append((key, packed(body)))
    else:
        side[f"{name}BodyJson"] = body


def _call(call: Json, ledger: Ledger, wish: set[str]) -> Call:
    request_id, parameters = call["requestID"], call["requestParameters"]
    named = parameters.get("guardrailConfig", parameters)
    used = named.get("guardrailIdentifier", "")
    is_blocked = bool(used) and guardrail.verdict(request_id) == guardrail.BLOCKED
    prompt = bodies.EXAMPLE_PROMPT if KEY_IN_PROMPT in wish else bodies.prompt(request_id)
    tokens = pick(40, 900, "in", request_id)
    # Half of the guarded calls find their long instructions in the cache.
    is_cached = bool(used) and call["eventName"] == "Converse" and fraction("cached", request_id) < 0.5
    return Call(
        request_id=request_id,
        family=_family(parameters["modelId"], ledger),
        guardrail=used,
        guardrail_version=named.get("guardrailVersion", ""),
        prompt=bodies.document(request_id) if LARGE_PROMPT in wish else prompt,
        input_tokens=38_000 if LARGE_PROMPT in wish else 0 if is_blocked else tokens,
        output_tokens=20_400 if LARGE_ANSWER in wish else 0 if is_blocked else pick(15, 600, "out", request_id),
        cached_tokens=pick(6_000, 9_000, "cache", request_id) if is_cached and not is_blocked else 0,
    )


def _family(model: str, ledger: Ledger) -> str:
    """Which interface the model has. An ARN of the account's own models does not tell it; the model's name does."""
    name = next((name for name, facts in ledger.all("model").items() if facts["arn"] == model), model)
    return next(family for word, family in FAMILIES.items() if word in name)
