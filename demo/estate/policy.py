"""Small builders for policy documents, so that each theme shows what it allows and nothing else."""

from __future__ import annotations

import json
from typing import Any

from settings import ACCOUNT, MAIN_REGION

Statement = dict[str, Any]

INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
"""Both are needed: streaming has an action of its own. `Converse` uses the same two."""


def allow(actions: str | list[str], resources: str | list[str] = "*", **condition: Any) -> Statement:
    """An Allow statement; `condition` takes operator=… pairs."""
    statement: Statement = {"Effect": "Allow", "Action": actions, "Resource": resources}
    if condition:
        statement["Condition"] = condition
    return statement


def document(*statements: Statement) -> str:
    """The statements as a policy document's JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust_service(*services: str) -> str:
    """Trust of AWS services in this account: with `aws:SourceAccount`, as AWS advises against the confused deputy."""
    plain = {"ec2.amazonaws.com", "lambda.amazonaws.com", "eks.amazonaws.com"}
    statements = []
    for service in services:
        statement: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        if service not in plain:
            statement["Condition"] = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        statements.append(statement)
    return document(*statements)


def trust_principal(principal: str, external_id: str | None = None) -> str:
    """Trust of one principal, by its ARN, with an external id where the principal is a stranger."""
    statement: Statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    if external_id:
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": external_id}}
    return document(statement)


def trust_pods() -> str:
    """Trust that EKS Pod Identity needs."""
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
        }
    )


def foundation_model(model_id: str, region: str = MAIN_REGION) -> str:
    """A foundation model's ARN: it has a region and no account."""
    return f"arn:aws:bedrock:{region}::foundation-model/{model_id}"


def role_arn(name: str, path: str = "/", account: str = ACCOUNT) -> str:
    """A role's ARN by name."""
    return f"arn:aws:iam::{account}:role{path}{name}"
