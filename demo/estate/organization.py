"""The organization: this account manages it, so its service control policies bind the member account alone."""

from __future__ import annotations

from typing import Any

from aws import Aws
from estate.ledger import Ledger
from estate.policy import document
from settings import MAIN_REGION, OTHER_REGION

GLOBAL_SERVICES = ["iam:*", "organizations:*", "sts:*", "support:*"]


def build(aws: Aws, ledger: Ledger) -> None:
    """Units, a member account, policies at three levels."""
    organizations = aws.client("organizations")
    organization = organizations.create_organization(FeatureSet="ALL")["Organization"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        organizations.enable_policy_type(RootId=root, PolicyType=kind)
    workloads = _unit(organizations, ledger, root, "workloads")
    research = _unit(organizations, ledger, workloads, "research")
    account = organizations.create_account(AccountName="research", Email="research@example.com")
    account_id = account["CreateAccountStatus"]["AccountId"]
    organizations.move_account(AccountId=account_id, SourceParentId=root, DestinationParentId=research)
    ledger.add("account", "research", id=account_id)

    # Good: data of the organization stays in it.
    _policy(
        organizations,
        root,
        "RESOURCE_CONTROL_POLICY",
        "only-this-organization",
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:*", "secretsmanager:*", "sqs:*"],
            "Resource": "*",
            "Condition": {
                "StringNotEqualsIfExists": {"aws:PrincipalOrgID": organization["Id"]},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        },
    )
    # Good: two regions. An inference profile that leads to a third one fails there.
    _policy(
        organizations,
        workloads,
        "SERVICE_CONTROL_POLICY",
        "two-regions",
        {
            "Effect": "Deny",
            "NotAction": GLOBAL_SERVICES,
            "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": [MAIN_REGION, OTHER_REGION]}},
        },
    )
    # Good: models only with a guardrail.
    _policy(
        organizations,
        research,
        "SERVICE_CONTROL_POLICY",
        "guardrail-or-nothing",
        {
            "Effect": "Deny",
            "Action": ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
            "Resource": "*",
            "Condition": {"Null": {"bedrock:GuardrailIdentifier": "true"}},
        },
    )


def _unit(organizations: Any, ledger: Ledger, parent: str, name: str) -> str:
    made = organizations.create_organizational_unit(ParentId=parent, Name=name)["OrganizationalUnit"]
    ledger.add("organizational_unit", name, arn=made["Arn"], id=made["Id"])
    return str(made["Id"])


def _policy(organizations: Any, target: str, kind: str, name: str, statement: dict[str, Any]) -> None:
    made = organizations.create_policy(Name=name, Description=name, Type=kind, Content=document(statement))
    organizations.attach_policy(PolicyId=made["Policy"]["PolicySummary"]["Id"], TargetId=target)
