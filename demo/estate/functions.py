"""Lambda functions: in the VPC and outside, two under one role, one with secrets where they do not belong."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from aws import Aws
from estate.ledger import Ledger
from estate.policy import INVOKE, Statement, allow, foundation_model, trust_service
from estate.roles import role
from settings import ACCOUNT, MAIN_REGION

HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"

# The value is made up. It looks like a secret so that a test can prove that no output shows it.
SECRETS = {
    "DB_HOST": "invoices.internal",
    "DB_PASSWORD": "demo-hunter2-never-show-me",
    "OPENAI_API_KEY": "sk-demo-0123456789abcdef-never-show-me",
}

FUNCTIONS: tuple[tuple[str, str, dict[str, str], bool], ...] = (
    # name, role, environment, in the VPC
    ("ticket-classifier", "fn-ticket", {"LOG_LEVEL": "info"}, False),
    ("doc-summarizer", "fn-docs", {"LOG_LEVEL": "info"}, True),
    ("orchestrator", "fn-orchestrator", {"LOG_LEVEL": "info"}, False),
    # Shares its role with doc-summarizer, and never calls a model: the session's name tells the two apart.
    ("doc-archiver", "fn-docs", {"LOG_LEVEL": "info"}, False),
    ("agent-tools", "fn-tools", {"LOG_LEVEL": "info"}, False),
    ("invoice-export", "fn-tools", SECRETS, False),
    ("public-summarizer", "fn-public", {"LOG_LEVEL": "info"}, False),
)


def build(aws: Aws, ledger: Ledger) -> None:
    """The roles, then the functions."""
    for name, statements in _permissions().items():
        role(
            aws,
            ledger,
            name,
            trust_service("lambda.amazonaws.com"),
            *statements,
            managed=("service-role/AWSLambdaBasicExecutionRole",),
        )
    interface = _vpc_interface(aws.client("ec2", MAIN_REGION), ledger)
    for name, role_name, environment, in_vpc in FUNCTIONS:
        _function(
            aws.client("lambda", MAIN_REGION), ledger, name, role_name, environment, interface if in_vpc else None
        )
    _open_to_the_world(aws.client("lambda", MAIN_REGION), "public-summarizer")


def _permissions() -> dict[str, list[Statement]]:
    agents = f"arn:aws:bedrock:{MAIN_REGION}:{ACCOUNT}:agent-alias/*"
    bases = f"arn:aws:bedrock:{MAIN_REGION}:{ACCOUNT}:knowledge-base/*"
    profiles = f"arn:aws:bedrock:{MAIN_REGION}:{ACCOUNT}:application-inference-profile/*"
    sonnet = foundation_model("anthropic.claude-3-5-sonnet-20241022-v2:0")
    return {
        "fn-ticket": [allow(INVOKE, foundation_model(HAIKU))],
        "fn-docs": [allow(INVOKE, [profiles, sonnet])],
        "fn-orchestrator": [allow("bedrock:InvokeAgent", agents), allow("bedrock:Retrieve", bases)],
        "fn-tools": [allow("dynamodb:GetItem", f"arn:aws:dynamodb:{MAIN_REGION}:{ACCOUNT}:table/bookings")],
        "fn-public": [allow(INVOKE, foundation_model("amazon.nova-micro-v1:0"))],
    }


def _vpc_interface(ec2: Any, ledger: Ledger) -> dict[str, str]:
    # AWS makes this interface when a function joins a VPC; the emulator does not, and the flow logs need it.
    made = ec2.create_network_interface(
        SubnetId=ledger.get("subnet", "apps-private-a")["id"],
        PrivateIpAddress="10.20.1.71",
        Groups=[ledger.get("security_group", "apps-service")["id"]],
        Description="AWS Lambda VPC ENI-doc-summarizer-0f1e2d3c",
    )["NetworkInterface"]
    return {"interface": made["NetworkInterfaceId"], "address": made["PrivateIpAddress"]}


def _function(
    lambda_: Any,
    ledger: Ledger,
    name: str,
    role_name: str,
    environment: dict[str, str],
    interface: dict[str, str] | None,
) -> None:
    network: dict[str, Any] = {}
    if interface:
        groups, subnets = (
            [ledger.get("security_group", "apps-service")["id"]],
            [ledger.get("subnet", "apps-private-a")["id"]],
        )
        network["VpcConfig"] = {"SubnetIds": subnets, "SecurityGroupIds": groups}
    made = lambda_.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ledger.arn("role", role_name),
        Handler="app.handler",
        Code={"ZipFile": _code()},
        Environment={"Variables": environment},
        Tags={"estate": "demo"},
        **network,
    )
    place = {"vpc": "apps", **interface} if interface else {"vpc": None}
    ledger.add("function", name, arn=made["FunctionArn"], role=role_name, region=MAIN_REGION, **place)


def _open_to_the_world(lambda_: Any, name: str) -> None:
    # Bad: whoever knows the address uses the model at the account's cost.
    lambda_.create_function_url_config(FunctionName=name, AuthType="NONE")
    lambda_.add_permission(
        FunctionName=name,
        StatementId="public",
        Action="lambda:InvokeFunctionUrl",
        Principal="*",
        FunctionUrlAuthType="NONE",
    )


def _code() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            zipfile.ZipInfo("app.py", (2026, 1, 1, 0, 0, 0)), "def handler(event, context):\n    return None\n"
        )
    return packed.getvalue()
