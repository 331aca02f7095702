"""The model calls: one CloudTrail record for each attempt of each row of traffic, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from estate.ledger import Ledger
from logs import caller
from logs.event import record
from logs.issue import issuing
from logs.names import uuid_of
from schedule import Attempt, attempts
from settings import ACCOUNT
from traffic import TRAFFIC, Traffic
from truth import model_arn

Json = dict[str, Any]
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"

MESSAGES = {
    "ThrottlingException": "Too many requests, please wait before trying again.",
    "ModelTimeoutException": "The model timed out.",
    "ValidationException": "max_tokens_to_sample: range: 1..1,000,000",
}


def records(ledger: Ledger, end: datetime) -> Iterator[Json]:
    """All calls in order of time, and before each session's first call the records of how it got its credentials."""
    calls = sorted(
        ((attempt.at, row.key, attempt, row) for row in TRAFFIC for attempt in attempts(row, end)),
        key=lambda call: call[:2],
    )
    sessions: dict[tuple[str, str, int], caller.Session] = {}
    for at, _, attempt, row in calls:
        slot = caller.slot(row, ledger, at)
        # One workload's calls to several models share its credentials.
        owner = (row.workload, row.identity, slot)
        if owner not in sessions:
            sessions[owner] = caller.begin(row, ledger, slot, at)
            yield from issuing(row, ledger, sessions[owner])
        yield _call(row, ledger, attempt, sessions[owner])


def _call(row: Traffic, ledger: Ledger, attempt: Attempt, now: caller.Session) -> Json:
    parameters, extra, host, source, data = _request(row, ledger, attempt)
    if attempt.failed:
        extra |= {"errorCode": row.error, "errorMessage": _message(row, ledger, now)}
    if row.workload.startswith("partner/"):
        # A call from another account is in both accounts' trails under one shared id.
        extra |= {"sharedEventID": uuid_of("shared", row.key, attempt.number)}
    made = record(
        attempt.at,
        row.region,
        source,
        row.event,
        caller.user_identity(row, ledger, now),
        caller.origin(row, ledger),
        row.key,
        attempt.number,
        parameters=parameters,
        host="" if row.workload.startswith("agent/") else host,
        data=data,
        extra=extra,
    )
    if row.event == "ConverseStream":
        # Seen in real samples: streams without this member.
        del made["managementEvent"]
    return made


def _request(row: Traffic, ledger: Ledger, attempt: Attempt) -> tuple[Json | None, Json, str, str, bool]:
    """Request parameters, further members, host, event source, and whether it is a data event."""
    arn = model_arn(row.model, row.region, ledger)
    kind, name = row.model.split("/", 1)
    if row.event == "InvokeEndpoint":
        # SageMaker does not log this call's parameters: the endpoint is in the resources alone.
        return (
            None,
            {"resources": [_resource("AWS::SageMaker::Endpoint", arn)]},
            f"runtime.sagemaker.{row.region}.amazonaws.com",
            "sagemaker.amazonaws.com",
            True,
        )
    host = f"bedrock-agent-runtime.{row.region}.amazonaws.com"
    if row.event == "InvokeAgent":
        agent = ledger.get("agent", name)
        parameters = {
            "agentId": agent["id"],
            "agentAliasId": agent["alias_id"],
            "sessionId": uuid_of("chat", row.key, attempt.number // 5),
            "inputText": HIDDEN,
        }
        return (
            parameters,
            {"resources": [_resource("AWS::Bedrock::AgentAlias", agent["alias_arn"])]},
            host,
            "bedrock.amazonaws.com",
            True,
        )
    if row.event == "Retrieve":
        parameters = {"knowledgeBaseId": ledger.get("knowledge_base", name)["id"], "retrievalQuery": HIDDEN}
        return (
            parameters,
            {"resources": [_resource("AWS::Bedrock::KnowledgeBase", arn)]},
            host,
            "bedrock.amazonaws.com",
            True,
        )
    extra: Json = {}
    if kind == "profile" and attempt.number % 3:
        # Only where the call was routed to another region than the one it was made in.
        extra["additionalEventData"] = {"inferenceRegion": ("us-west-2", "us-east-2")[attempt.number % 2]}
    return (
        _invoke_parameters(row, ledger, arn, name),
        extra,
        f"bedrock-runtime.{row.region}.amazonaws.com",
        "bedrock.amazonaws.com",
        False,
    )


def _invoke_parameters(row: Traffic, ledger: Ledger, arn: str, name: str) -> Json:
    parameters: Json = {"modelId": arn if row.by_arn else name}
    if row.guardrail:
        guardrail = ledger.get("guardrail", row.guardrail)
        fields = {"guardrailIdentifier": guardrail["id"], "guardrailVersion": guardrail["version"]}
        # Converse nests what InvokeModel takes as headers.
        parameters |= {"guardrailConfig": fields} if row.event.startswith("Converse") else fields
    return parameters


def _resource(kind: str, arn: str) -> Json:
    return {"accountId": ACCOUNT, "type": kind, "ARN": arn}


def _message(row: Traffic, ledger: Ledger, now: caller.Session) -> str:
    if not row.error.startswith("AccessDenied"):
        return MESSAGES[row.error]
    who, model = caller.user_identity(row, ledger, now)["arn"], model_arn(row.model, row.region, ledger)
    action = "bedrock:InvokeModel"
    why = f"because no identity-based policy allows the {action} action"
    return f"User: {who} is not authorized to perform: {action} on resource: {model} {why}"
