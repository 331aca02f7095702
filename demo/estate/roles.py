"""Roles, the same way in every theme: created, given their policies, and recorded."""

from __future__ import annotations

from typing import Any

from aws import Aws
from estate.ledger import Ledger
from estate.policy import Statement, document

AWS_POLICY = "arn:aws:iam::aws:policy"


def role(
    aws: Aws,
    ledger: Ledger,
    name: str,
    trust: str,
    *statements: Statement,
    managed: tuple[str, ...] = (),
    path: str = "/",
) -> str:
    """A role with one inline policy (`access`) of the given statements, and the managed policies; its ARN."""
    iam = aws.client("iam")
    made = iam.create_role(
        RoleName=name, Path=path, AssumeRolePolicyDocument=trust, Tags=[{"Key": "estate", "Value": "demo"}]
    )["Role"]
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="access", PolicyDocument=document(*statements))
    for policy in managed:
        iam.attach_role_policy(
            RoleName=name, PolicyArn=policy if policy.startswith("arn:") else f"{AWS_POLICY}/{policy}"
        )
    ledger.add("role", name, arn=made["Arn"], id=made["RoleId"])
    return str(made["Arn"])


def instance_profile(aws: Aws, name: str) -> str:
    """The instance profile of the same name around a role; its ARN."""
    iam: Any = aws.client("iam")
    profile = iam.create_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return str(profile)
