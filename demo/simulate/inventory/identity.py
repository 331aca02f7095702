"""Roles, instance profiles, users and identity providers."""

from __future__ import annotations

from settings import ACCOUNT, rfc3339
from simulate.inventory.row import GLOBAL, REGIONS, Scan, arn_of
from simulate.parts import Json, Role
from simulate.world import World


def identities(made: Scan) -> None:
    """All of them."""
    world = made.world
    created = rfc3339(world.lifetime[0])
    profiles = {one.role.name: one.role for one in world.instances if one.role}
    for role in world.roles.values():
        made.add("aws_iam_role", GLOBAL, role.arn, role.name, {
            "path": role.arn.partition(":role")[2].removesuffix(role.name), "role_name": role.name, "role_id": role.id,
            "create_date": created,
            "assume_role_policy_document": role.trust, "instance_profiles": [],
            "inline_policies": [{"PolicyName": "access", "PolicyDocument": policy(world, role)}],
            "attached_policies": [], "role_last_used": {},
        })  # fmt: skip
    for name, role in profiles.items():
        arn = f"arn:aws:iam::{ACCOUNT}:instance-profile/{name}"
        held = {"Path": "/", "RoleName": role.name, "RoleId": role.id, "Arn": role.arn, "CreateDate": created}
        config = {
            "path": "/",
            "instance_profile_name": name,
            "instance_profile_id": made.world.letters(20, "profile", name),
            "create_date": created,
            "roles": [held],
        }
        made.add("aws_iam_instance_profile", GLOBAL, arn, name, config)
    for user in world.users.values():
        made.add("aws_iam_user", GLOBAL, user.arn, user.name, {
            "path": "/", "user_name": user.name, "user_id": user.id, "create_date": created,
            "inline_policies": [{"PolicyName": "access", "PolicyDocument": policy(world, user)}], "groups": [],
            "attached_policies": [],
            "access_keys": [{"UserName": user.name, "AccessKeyId": user.access_key, "Status": "Active",
            "CreateDate": created}],
            "mfa_devices": [],
        })  # fmt: skip
    for cluster in world.clusters:
        url = cluster.issuer.removeprefix("https://")
        made.add("aws_iam_openid_connect_provider", GLOBAL, cluster.provider, url, {
            "url": url, "client_id_list": ["sts.amazonaws.com"], "thumbprint_list": [], "create_date": created,
        })  # fmt: skip


def policy(world: World, role: Role) -> Json:
    """What its own policy allows: models, with or without the condition on a guardrail."""
    actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    statement: Json = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    if role.guarded:
        arns = [arn_of("bedrock", region, f"guardrail/{world.guardrails[region]}") for region in REGIONS]
        statement["Condition"] = {"StringEquals": {"bedrock:GuardrailIdentifier": [f"{arn}:1" for arn in arns] + arns}}
    others = {
        "Effect": "Allow",
        "Action": ["bedrock:InvokeAgent", "bedrock:Retrieve", "sagemaker:InvokeEndpoint", "bedrock-mantle:*"],
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Statement": [statement, others]}
