"""Everything else that an account does: records that are no model calls, some of them made to look like one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from estate.ledger import Ledger
from logs import caller
from logs.event import record
from logs.names import fraction, temporary_key, uuid_of
from settings import ACCOUNT, LOG_BUCKET, MAIN_REGION, OTHER_REGION, WINDOW

Json = dict[str, Any]

AWS_OWNED_ENDPOINT = "vpce-0aa11bb22cc33dd44"
"""An endpoint of AWS's own, seen on calls that one service makes to another."""


def records(ledger: Ledger, end: datetime) -> Iterator[Json]:
    """About 1,400 records spread over the window, in two regions."""
    yield from _instances(ledger, end)
    yield from _services(ledger, end)
    yield from _people(ledger, end)
    yield from _looks_like_inference(ledger, end)


def _moments(
    count: int, end: datetime, name: str, hours: tuple[float, float] = (0.5, 47.5)
) -> Iterator[tuple[int, datetime]]:
    span = (hours[1] - hours[0]) * 3600 / count
    begin = end - WINDOW + timedelta(hours=hours[0])
    for number in range(count):
        yield number, begin + timedelta(seconds=int((number + fraction("noise", name, number)) * span))


def _instances(ledger: Ledger, end: datetime) -> Iterator[Json]:
    """Programs on instances read secrets and describe themselves, through an endpoint where their network has one."""
    for name, instance in ledger.all("instance").items():
        if not instance["role"]:
            continue
        for number, at in _moments(60, end, name):
            identity = _instance_session(ledger, name, instance, at, number // 8)
            service, event, parameters, origin = _instance_call(ledger, name, instance)
            origin["userAgent"] = "aws-sdk-go/1.55.5 (go1.22; linux; amd64)"
            source, region = f"{service}.amazonaws.com", instance["region"]
            yield record(at, region, source, event, identity, origin, name, number, parameters=parameters)


def _instance_session(ledger: Ledger, name: str, instance: Json, at: datetime, slot: int) -> Json:
    role, key = ledger.get("role", instance["role"]), temporary_key("agent", name, slot)
    taken = at - timedelta(hours=1)
    now = caller.Session(name, "instance", role["arn"], role["id"], instance["id"], ACCOUNT, key, taken, slot)
    identity = caller.assumed_role(now)
    identity["sessionContext"]["ec2RoleDelivery"] = "2.0"
    return identity


def _instance_call(ledger: Ledger, name: str, instance: Json) -> tuple[str, str, Json, Json]:
    """Service, event, parameters, origin. The endpoint is ours, and yet no model stands behind it."""
    if instance["vpc"] == "apps":
        endpoint = ledger.get("vpc_endpoint", "secretsmanager")["id"]
        origin = {"sourceIPAddress": instance["address"], "vpcEndpointId": endpoint, "vpcEndpointAccountId": ACCOUNT}
        return "secretsmanager", "GetSecretValue", {"secretId": f"apps/{name}"}, origin
    wanted = {"name": "resource-id", "valueSet": {"items": [{"value": instance["id"]}]}}
    address = instance.get("public_ip") or ledger.get("nat", "data-nat")["public_ip"]
    return "ec2", "DescribeTags", {"filterSet": {"items": [wanted]}}, {"sourceIPAddress": address}


def _services(ledger: Ledger, end: datetime) -> Iterator[Json]:
    """Services acting for the account; the KMS calls carry an endpoint's id and prove no private path of ours."""
    key = ledger.arn("key", "ai-data")
    for number, at in _moments(240, end, "kms"):
        identity = {"type": "AWSService", "invokedBy": "secretsmanager.amazonaws.com"}
        origin = {
            "sourceIPAddress": "secretsmanager.amazonaws.com",
            "userAgent": "secretsmanager.amazonaws.com",
            "vpcEndpointId": AWS_OWNED_ENDPOINT,
        }
        resources = {"resources": [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": key}]}
        yield record(
            at,
            MAIN_REGION,
            "kms.amazonaws.com",
            "Decrypt",
            identity,
            origin,
            number,
            parameters={"encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
            extra=resources,
        )
    for number, at in _moments(120, end, "delivery"):
        identity = {"type": "AWSService", "invokedBy": "delivery.logs.amazonaws.com"}
        origin = {"sourceIPAddress": "delivery.logs.amazonaws.com", "userAgent": "delivery.logs.amazonaws.com"}
        yield record(
            at,
            (MAIN_REGION, OTHER_REGION)[number % 2],
            "s3.amazonaws.com",
            "GetBucketAcl",
            identity,
            origin,
            "delivery",
            number,
            parameters={"bucketName": LOG_BUCKET},
        )


def _people(ledger: Ledger, end: datetime) -> Iterator[Json]:
    """An administrator, an auditor's sign-in, and nobody's model calls."""
    for number, at in _moments(40, end, "bob", (8, 44)):
        yield record(
            at,
            MAIN_REGION,
            "iam.amazonaws.com",
            ("ListUsers", "GetRole", "ListAccessKeys")[number % 3],
            _user(ledger, "bob"),
            _office(),
            "bob",
            number,
            parameters={},
        )
    for number, at in _moments(2, end, "carol", (9, 40)):
        identity = {
            "type": "IAMUser",
            "principalId": ledger.get("user", "carol")["id"],
            "arn": ledger.arn("user", "carol"),
            "accountId": ACCOUNT,
            "userName": "carol",
        }
        response = {"ConsoleLogin": "Success"}
        extra = {
            "eventType": "AwsConsoleSignIn",
            "additionalEventData": {
                "LoginTo": "https://console.aws.amazon.com/console/home",
                "MobileVersion": "No",
                "MFAUsed": "Yes",
            },
        }
        yield record(
            at,
            MAIN_REGION,
            "signin.amazonaws.com",
            "ConsoleLogin",
            identity,
            _office(),
            "carol",
            number,
            response=response,
            read_only=False,
            extra=extra,
        )


def _looks_like_inference(ledger: Ledger, end: datetime) -> Iterator[Json]:
    """Bedrock and SageMaker, and yet no inference: lists, look-ups, changes."""
    for number, at in _moments(60, end, "alice lists", (9, 18)):
        name = ("ListFoundationModels", "GetFoundationModel", "ListGuardrails", "ListInferenceProfiles")[number % 4]
        parameters = {"modelIdentifier": "amazon.nova-micro-v1:0"} if name == "GetFoundationModel" else None
        yield record(
            at,
            MAIN_REGION,
            "bedrock.amazonaws.com",
            name,
            _user(ledger, "alice"),
            _office(),
            "alice",
            number,
            parameters=parameters,
            host=f"bedrock.{MAIN_REGION}.amazonaws.com",
        )
    # The contractor looks around before trying: refused here as well.
    for number, at in _moments(16, end, "dave looks", (36.5, 37)):
        name = ("ListFoundationModels", "GetModelInvocationLoggingConfiguration")[number % 2]
        refused = {
            "errorCode": "AccessDenied",
            "errorMessage": f"User: {ledger.arn('user', 'dave')} is not authorized to perform: bedrock:{name}",
        }
        origin = {"sourceIPAddress": caller.CONTRACTOR_ADDRESS, "userAgent": "python-requests/2.34.2"}
        yield record(
            at,
            (MAIN_REGION, OTHER_REGION)[number // 8],
            "bedrock.amazonaws.com",
            name,
            _user(ledger, "dave"),
            origin,
            "dave",
            number,
            extra=refused,
        )
    for number, at in _moments(4, end, "guardrail change", (10, 12)):
        parameters = {
            "name": "HIDDEN_DUE_TO_SECURITY_REASONS",
            "guardrailIdentifier": ledger.get("guardrail", "draft-weak")["id"],
        }
        yield record(
            at,
            MAIN_REGION,
            "bedrock.amazonaws.com",
            "UpdateGuardrail",
            _user(ledger, "alice"),
            _office(),
            "guardrail",
            number,
            parameters=parameters,
            read_only=False,
        )
    for number, at in _moments(20, end, "endpoints"):
        name = ("DescribeEndpoint", "ListEndpoints")[number % 2]
        yield record(
            at,
            MAIN_REGION,
            "sagemaker.amazonaws.com",
            name,
            _user(ledger, "alice"),
            _office(),
            "sm",
            number,
            parameters={"endpointName": "fraud-scorer"} if number % 2 == 0 else {},
        )
    for number, at in _moments(30, end, "identity"):
        yield record(
            at,
            OTHER_REGION,
            "sts.amazonaws.com",
            "GetCallerIdentity",
            _user(ledger, "ci-deployer"),
            {"sourceIPAddress": caller.BUILD_SERVICE_ADDRESS, "userAgent": "aws-cli/2.31.0"},
            "ci",
            number,
        )


def _user(ledger: Ledger, name: str) -> Json:
    user = ledger.get("user", name)
    return {
        "type": "IAMUser",
        "principalId": user["id"],
        "arn": user["arn"],
        "accountId": ACCOUNT,
        "accessKeyId": user["access_key"],
        "userName": name,
    }


def _office() -> Json:
    return {
        "sourceIPAddress": caller.OFFICE_ADDRESS,
        "userAgent": "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/macos#24.6.0",
    }


def filler() -> Iterator[Json]:
    """Records for files that are damaged on purpose: reading half of them changes no count."""
    at = datetime.fromisoformat("2026-11-18T12:00:00+00:00")
    for number in range(200):
        identity = {"type": "AWSService", "invokedBy": "config.amazonaws.com"}
        origin = {"sourceIPAddress": "config.amazonaws.com", "userAgent": "config.amazonaws.com"}
        yield record(
            at + timedelta(seconds=number),
            MAIN_REGION,
            "config.amazonaws.com",
            "PutEvaluations",
            identity,
            origin,
            "filler",
            number,
            parameters={"resultToken": uuid_of("token", number)},
            read_only=False,
        )
