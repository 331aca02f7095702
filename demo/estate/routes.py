"""Ways to a model that no single policy shows, and grants that come to nothing. Nobody uses one: the map shows none."""

from __future__ import annotations

from typing import Any

from aws import Aws
from estate.ledger import Ledger
from estate.policy import INVOKE, allow, document, foundation_model, role_arn, trust_principal, trust_service
from estate.roles import role
from settings import ACCOUNT, MAIN_REGION

AGENTS = "bedrock-agent-runtime"
NOVA_PRO = foundation_model("amazon.nova-pro-v1:0")


def build(aws: Aws, ledger: Ledger) -> None:
    """Grants that are taken back, a chain of roles, roles that can be handed over, an endpoint with a policy."""
    _taken_back(aws, ledger)
    _chain(aws, ledger)
    _handed_over(aws, ledger)
    _endpoint(aws.client("ec2", MAIN_REGION), ledger)


def _taken_back(aws: Aws, ledger: Ledger) -> None:
    deny = {"Effect": "Deny", "Action": ["bedrock:Invoke*", "bedrock:Converse*"], "Resource": "*"}
    trust = trust_service("ec2.amazonaws.com")
    # Good: everything is allowed, and the calls themselves are denied.
    role(aws, ledger, "frozen-batch", trust, allow("bedrock:*"), deny)
    # Good: the boundary ends before Bedrock.
    iam = aws.client("iam")
    boundary = iam.create_policy(
        PolicyName="reports-only",
        PolicyDocument=document(allow(["s3:Get*", "s3:List*"], f"arn:aws:s3:::sightline-demo-reports-{ACCOUNT}*")),
    )["Policy"]["Arn"]
    ledger.add("policy", "reports-only", arn=boundary)
    role(aws, ledger, "bounded-analyst", trust_principal(f"arn:aws:iam::{ACCOUNT}:root"), allow("bedrock:*"))
    iam.put_role_permissions_boundary(RoleName="bounded-analyst", PermissionsBoundary=boundary)


def _chain(aws: Aws, ledger: Ledger) -> None:
    # Bad: a person without any AI permission is two roles away from a model.
    erin = _user(aws, ledger, "erin", allow("sts:AssumeRole", role_arn("helpdesk")))
    role(aws, ledger, "helpdesk", trust_principal(erin), allow("sts:AssumeRole", role_arn("prompt-lab")))
    role(aws, ledger, "prompt-lab", trust_principal(role_arn("helpdesk")), allow(INVOKE, NOVA_PRO))


def _handed_over(aws: Aws, ledger: Ledger) -> None:
    functions = f"arn:aws:lambda:{MAIN_REGION}:{ACCOUNT}:function:*"
    # Bad: may run code of his own as any function's role, some of which may call models.
    frank = _user(aws, ledger, "frank", allow("sts:AssumeRole", role_arn("release-bot")))
    role(
        aws,
        ledger,
        "release-bot",
        trust_principal(frank),
        allow("iam:PassRole", role_arn("fn-*"), StringEquals={"iam:PassedToService": "lambda.amazonaws.com"}),
        allow(["lambda:CreateFunction", "lambda:UpdateFunctionCode", "lambda:InvokeFunction"], functions),
    )
    # Bad: may make Bedrock API keys for users who may call models.
    role(
        aws,
        ledger,
        "key-minter",
        trust_principal(f"arn:aws:iam::{ACCOUNT}:root"),
        allow("iam:CreateServiceSpecificCredential", f"arn:aws:iam::{ACCOUNT}:user/*"),
    )


def _user(aws: Aws, ledger: Ledger, name: str, *statements: dict[str, Any]) -> str:
    iam = aws.client("iam")
    user = iam.create_user(UserName=name, Tags=[{"Key": "estate", "Value": "demo"}])["User"]
    iam.put_user_policy(UserName=name, PolicyName="access", PolicyDocument=document(*statements))
    ledger.add("user", name, arn=user["Arn"], id=user["UserId"], access_key=None)
    return str(user["Arn"])


def _endpoint(ec2: Any, ledger: Ledger) -> None:
    # Good: beside Bedrock's endpoint, which lets everything through, one that lets through this account and its agents.
    agents = f"arn:aws:bedrock:{MAIN_REGION}:{ACCOUNT}:agent-alias/*"
    statement = allow("bedrock:InvokeAgent", agents, StringEquals={"aws:PrincipalAccount": ACCOUNT})
    made = ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=ledger.get("vpc", "apps")["id"],
        ServiceName=f"com.amazonaws.{MAIN_REGION}.{AGENTS}",
        SubnetIds=[ledger.get("subnet", "apps-private-a")["id"]],
        SecurityGroupIds=[ledger.get("security_group", "endpoints")["id"]],
        PrivateDnsEnabled=True,
        PolicyDocument=document({**statement, "Principal": "*"}),
        TagSpecifications=[{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": AGENTS}]}],
    )["VpcEndpoint"]
    # Nothing goes through it: its interfaces are of no interest to the logs.
    ledger.add("vpc_endpoint", AGENTS, id=made["VpcEndpointId"], vpc="apps", interfaces={})
