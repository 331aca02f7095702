"""SageMaker in twins: an endpoint, a model and a notebook as they should be, and the same as they should not."""

from __future__ import annotations

from typing import Any

from aws import Aws
from estate.ledger import Ledger
from estate.policy import INVOKE, allow, foundation_model, trust_service
from estate.roles import role
from settings import ACCOUNT, MAIN_REGION

REGISTRY = f"{ACCOUNT}.dkr.ecr.{MAIN_REGION}.amazonaws.com"


def build(aws: Aws, ledger: Ledger) -> None:
    """Roles, then the good twin beside the bad one."""
    trust = trust_service("sagemaker.amazonaws.com")
    models = f"arn:aws:s3:::sightline-demo-models-{ACCOUNT}/*"
    role(aws, ledger, "sm-models", trust, allow("s3:GetObject", models))
    role(aws, ledger, "sm-research", trust, allow(INVOKE, foundation_model("amazon.nova-pro-v1:0")))
    role(aws, ledger, "sm-locked", trust, allow(INVOKE, foundation_model("amazon.nova-pro-v1:0")))
    sagemaker = aws.client("sagemaker", MAIN_REGION)
    _endpoints(sagemaker, ledger)
    _notebooks(sagemaker, ledger)


def _endpoints(sagemaker: Any, ledger: Ledger) -> None:
    inside = {
        "Subnets": [ledger.get("subnet", "apps-private-a")["id"]],
        "SecurityGroupIds": [ledger.get("security_group", "apps-service")["id"]],
    }
    good: dict[str, Any] = {"VpcConfig": inside, "EnableNetworkIsolation": True}
    for name, extra, instances, key in (
        ("fraud-scorer", good, 2, {"KmsKeyId": ledger.arn("key", "ai-data")}),
        # Bad: outside of the VPC, not isolated, one instance, disks under no key of the customer's.
        ("churn-open", {}, 1, {}),
    ):
        container = {
            "Image": f"{REGISTRY}/{name}:1",
            "ModelDataUrl": f"s3://sightline-demo-models-{ACCOUNT}/{name}.tar.gz",
        }
        sagemaker.create_model(
            ModelName=name, ExecutionRoleArn=ledger.arn("role", "sm-models"), PrimaryContainer=container, **extra
        )
        variant = {
            "VariantName": "all",
            "ModelName": name,
            "InitialInstanceCount": instances,
            "InstanceType": "ml.m5.large",
            "InitialVariantWeight": 1.0,
        }
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **key)
        arn = sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)["EndpointArn"]
        ledger.add("endpoint", name, arn=arn, region=MAIN_REGION)


def _notebooks(sagemaker: Any, ledger: Ledger) -> None:
    inside = {
        "SubnetId": ledger.get("subnet", "apps-private-a")["id"],
        "SecurityGroupIds": [ledger.get("security_group", "apps-service")["id"]],
    }
    closed = {
        **inside,
        "DirectInternetAccess": "Disabled",
        "RootAccess": "Disabled",
        "KmsKeyId": ledger.arn("key", "ai-data"),
    }
    # Bad: on the open internet, its users are root.
    open_ = {"DirectInternetAccess": "Enabled", "RootAccess": "Enabled"}
    for name, role_name, how in (("locked-down", "sm-locked", closed), ("research", "sm-research", open_)):
        made = sagemaker.create_notebook_instance(
            NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=ledger.arn("role", role_name), **how
        )
        ledger.add("notebook", name, arn=made["NotebookInstanceArn"], role=role_name, region=MAIN_REGION)
