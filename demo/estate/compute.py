"""Instances over all three VPCs: with good roles, broad ones, one shared by two, and none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aws import Aws
from estate.ledger import Ledger
from estate.network import EU_INSTANCE_ADDRESS
from estate.policy import INVOKE, Statement, allow, foundation_model, role_arn, trust_service
from estate.roles import instance_profile, role
from settings import ACCOUNT, MAIN_REGION, OTHER_REGION

HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"
SONNET = "anthropic.claude-3-5-sonnet-20241022-v2:0"


@dataclass(frozen=True)
class Instance:
    """One instance of the table below."""

    name: str
    subnet: str
    address: str
    group: str
    role: str | None
    imds_v1: bool = False
    user_data: str = ""
    region: str = MAIN_REGION
    cluster: str = ""


# AWS's documentation uses these two values as examples: they open nothing. They stand for a real mistake.
LEAKED = """#!/bin/sh
export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
exec /opt/batch/run
"""

INSTANCES = (
    Instance("chat-frontend-1", "apps-private-a", "10.20.1.11", "apps-service", "app-chat"),
    Instance("chat-frontend-2", "apps-private-b", "10.20.2.12", "apps-service", "app-chat"),
    Instance("search-api", "apps-private-a", "10.20.1.21", "apps-service", "app-search"),
    Instance("billing-api", "apps-private-a", "10.20.1.31", "apps-service", "app-billing"),
    Instance("idle-analyst", "apps-private-b", "10.20.2.41", "apps-service", "app-idle"),
    Instance("eks-node-1", "apps-private-a", "10.20.1.51", "apps-service", "eks-node", cluster="apps"),
    Instance("eks-node-2", "apps-private-b", "10.20.2.52", "apps-service", "eks-node", cluster="apps"),
    Instance("bastion", "apps-public-a", "10.20.100.10", "legacy-admin", None, imds_v1=True),
    Instance("etl-runner", "data-private-a", "10.30.1.11", "data-worker", "data-etl"),
    Instance("training-loader", "data-private-a", "10.30.1.21", "data-worker", "data-loader"),
    Instance("evaluator", "data-private-a", "10.30.1.31", "data-worker", "data-evaluator"),
    Instance("legacy-batch", "data-private-a", "10.30.1.41", "notebook-open", "data-legacy", True, LEAKED),
    Instance("warehouse", "data-private-a", "10.30.1.51", "data-worker", None),
    Instance("eu-support", "eu-public-a", "10.40.100.11", "eu-service", "eu-support", region=OTHER_REGION),
)


def _permissions() -> dict[str, list[Statement]]:
    imported = f"arn:aws:bedrock:{MAIN_REGION}:{ACCOUNT}:imported-model/support-llama"
    scorer = f"arn:aws:sagemaker:{MAIN_REGION}:{ACCOUNT}:endpoint/fraud-scorer"
    opus = foundation_model("anthropic.claude-3-opus-20240229-v1:0")
    return {
        "app-chat": [allow(INVOKE, [foundation_model(SONNET), foundation_model(HAIKU)])],
        "app-search": [allow(INVOKE, foundation_model("amazon.titan-embed-text-v2:0"))],
        # No AI permission at all: this one is refused when it tries.
        "app-billing": [allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::sightline-demo-reports-{ACCOUNT}/*")],
        # May, and never does.
        "app-idle": [allow(INVOKE, opus)],
        # Bad: every pod of the node inherits this through the instance metadata service.
        "eks-node": [allow(INVOKE)],
        "data-etl": [allow(INVOKE, [foundation_model("amazon.nova-lite-v1:0"), imported])],
        "data-loader": [allow("sagemaker:InvokeEndpoint", scorer)],
        "data-evaluator": [allow("sts:AssumeRole", role_arn("model-caller"))],
        # Bad: everything of Bedrock on everything.
        "data-legacy": [allow("bedrock:*")],
        "eu-support": [allow(INVOKE, foundation_model(HAIKU, OTHER_REGION))],
    }


def build(aws: Aws, ledger: Ledger) -> None:
    """The roles with their instance profiles, then the instances."""
    profiles = {}
    for name, statements in _permissions().items():
        managed = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly") if name == "eks-node" else ()
        role(aws, ledger, name, trust_service("ec2.amazonaws.com"), *statements, managed=managed)
        profiles[name] = instance_profile(aws, name)
    images = {region: _image(aws.client("ec2", region)) for region in (MAIN_REGION, OTHER_REGION)}
    for instance in INSTANCES:
        _run(aws.client("ec2", instance.region), ledger, instance, images[instance.region], profiles)
    _public_address(aws.client("ec2", OTHER_REGION), ledger)


def _image(ec2: Any) -> str:
    return str(
        ec2.register_image(
            Name="demo-linux", RootDeviceName="/dev/xvda", Architecture="x86_64", VirtualizationType="hvm"
        )["ImageId"]
    )


def _run(ec2: Any, ledger: Ledger, instance: Instance, image: str, profiles: dict[str, str]) -> None:
    optional: dict[str, Any] = {}
    if instance.role:
        optional["IamInstanceProfile"] = {"Arn": profiles[instance.role]}
    if instance.user_data:
        optional["UserData"] = instance.user_data
    tags = {"Name": instance.name, "estate": "demo"}
    if instance.cluster:
        tags |= {f"kubernetes.io/cluster/{instance.cluster}": "owned", "eks:cluster-name": instance.cluster}
    made = ec2.run_instances(
        ImageId=image,
        InstanceType="t3.medium",
        MinCount=1,
        MaxCount=1,
        SubnetId=ledger.get("subnet", instance.subnet)["id"],
        PrivateIpAddress=instance.address,
        SecurityGroupIds=[ledger.get("security_group", instance.group)["id"]],
        MetadataOptions={"HttpTokens": "optional" if instance.imds_v1 else "required", "HttpEndpoint": "enabled"},
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}
        ],
        **optional,
    )["Instances"][0]
    interface = made["NetworkInterfaces"][0]
    ledger.add(
        "instance",
        instance.name,
        id=made["InstanceId"],
        arn=f"arn:aws:ec2:{instance.region}:{ACCOUNT}:instance/{made['InstanceId']}",
        interface=interface["NetworkInterfaceId"],
        address=interface["PrivateIpAddress"],
        subnet=instance.subnet,
        vpc=instance.subnet.split("-", 1)[0],
        region=instance.region,
        role=instance.role,
        imds_v1=instance.imds_v1,
    )


def _public_address(ec2: Any, ledger: Ledger) -> None:
    instance = ledger.get("instance", "eu-support")
    address = ec2.allocate_address(Domain="vpc", Address=EU_INSTANCE_ADDRESS)
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=instance["id"])
    instance["public_ip"] = EU_INSTANCE_ADDRESS
