"""Makes the account that both scanners read: the demo's estate, and much more of each kind beside it.

    python account.py --state FOLDER [--times N]

Every kind is made in twins, one as it should be and one as it should not, so that a scanner that says the same of all is seen.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

DEMO = Path(__file__).resolve().parent.parent.parent / "demo"
sys.path.insert(0, str(DEMO))
import emulators  # noqa: E402
from aws import Aws  # noqa: E402
from estate import build as estate  # noqa: E402
from estate.ledger import Ledger  # noqa: E402
from settings import ACCOUNT, MAIN_REGION  # noqa: E402

INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]


def policy(actions: list[str] | str, resource: str = "*") -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}]})


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def identities(aws: Aws, times: int) -> None:
    """Users with and without keys; roles of each kind with narrow and broad grants; policies nobody has."""
    iam = aws.client("iam")
    for number in range(4 * times):
        name = f"bulk-user-{number:03}"
        iam.create_user(UserName=name)
        if number % 2:
            iam.create_access_key(UserName=name)
        if number % 3 == 0:
            iam.create_login_profile(UserName=name, Password="Bench-0nly-Pa55word!")
        if number % 5 == 0:
            iam.put_user_policy(UserName=name, PolicyName="inline", PolicyDocument=policy("s3:GetObject"))
    for number in range(10 * times):
        name = f"bulk-role-{number:03}"
        service = ("ec2", "lambda", "bedrock", "sagemaker", "ecs-tasks")[number % 5]
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(f"{service}.amazonaws.com"))
        broad = number % 7 == 0
        document = policy("bedrock:*") if broad else policy(INVOKE, f"arn:aws:bedrock:{MAIN_REGION}::foundation-model/amazon.nova-pro-v1:0")
        iam.put_role_policy(RoleName=name, PolicyName="models", PolicyDocument=document)
    for number in range(3 * times):
        made = iam.create_policy(PolicyName=f"bulk-policy-{number:03}", PolicyDocument=policy("*" if number % 6 == 0 else "s3:ListBucket"))
        if number % 2 == 0:
            iam.attach_role_policy(RoleName=f"bulk-role-{number:03}", PolicyArn=made["Policy"]["Arn"])


def buckets(aws: Aws, times: int) -> None:
    s3 = aws.client("s3", MAIN_REGION)
    closed = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
    for number in range(5 * times):
        name = f"bulk-bucket-{number:03}-{ACCOUNT}"
        s3.create_bucket(Bucket=name)
        if number % 2:
            s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=closed)
            secure = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
                      "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
            s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [secure]}))


def network(aws: Aws, times: int) -> list[str]:
    """VPCs with subnets, groups open and closed, instances with both versions of the metadata service."""
    ec2 = aws.client("ec2", MAIN_REGION)
    subnets = []
    for number in range(times):
        vpc = ec2.create_vpc(CidrBlock=f"10.{100 + number % 100}.0.0/16")["Vpc"]["VpcId"]
        for half in range(2):
            subnets.append(ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{100 + number % 100}.{half}.0/24")["Subnet"]["SubnetId"])
        for port, source in ((22, "0.0.0.0/0"), (443, "10.0.0.0/8"), (3389, "0.0.0.0/0"), (8000, "10.0.0.0/8")):
            group = ec2.create_security_group(GroupName=f"bulk-{number}-{port}", Description="bulk", VpcId=vpc)["GroupId"]
            permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": source}]}
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    for number in range(4 * times):
        options = {"MetadataOptions": {"HttpTokens": "required"}} if number % 2 else {}
        ec2.run_instances(ImageId="ami-12c6146b", InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnets[number % len(subnets)], **options)
    return subnets


def sagemaker(aws: Aws, times: int, subnets: list[str]) -> None:
    client = aws.client("sagemaker", MAIN_REGION)
    role = f"arn:aws:iam::{ACCOUNT}:role/bulk-role-003"
    for number in range(2 * times):
        good = number % 2 == 1
        name = f"bulk-{number:03}"
        notebook: dict[str, Any] = {"SubnetId": subnets[0], "DirectInternetAccess": "Disabled", "RootAccess": "Disabled"} if good else {}
        client.create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=role, **notebook)
        container = {"Image": f"{ACCOUNT}.dkr.ecr.{MAIN_REGION}.amazonaws.com/m:1", "ModelDataUrl": "s3://bulk/model.tar.gz"}
        inside: dict[str, Any] = {"EnableNetworkIsolation": True, "VpcConfig": {"Subnets": subnets[:1], "SecurityGroupIds": ["sg-12345678"]}} if good else {}
        client.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=container, **inside)
        variant = {"VariantName": "all", "ModelName": name, "InitialInstanceCount": 2 if good else 1, "InstanceType": "ml.m5.large", "InitialVariantWeight": 1.0}
        key = {"KmsKeyId": f"arn:aws:kms:{MAIN_REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"} if good else {}
        client.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **key)
        job: dict[str, Any] = {"EnableNetworkIsolation": good, "EnableInterContainerTrafficEncryption": good}
        client.create_training_job(
            TrainingJobName=name, RoleArn=role, AlgorithmSpecification={"TrainingImage": container["Image"], "TrainingInputMode": "File"},
            OutputDataConfig={"S3OutputPath": "s3://bulk/out", **({"KmsKeyId": key["KmsKeyId"]} if good else {})},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 10}, StoppingCondition={"MaxRuntimeInSeconds": 60}, **job)


def bedrock(aws: Aws, times: int) -> None:
    control, agents = aws.client("bedrock", MAIN_REGION), aws.client("bedrock-agent", MAIN_REGION)
    for number in range(times):
        good = number % 2 == 1
        filters: dict[str, Any] = {"contentPolicyConfig": {"filtersConfig": [{"type": "PROMPT_ATTACK", "inputStrength": "HIGH", "outputStrength": "NONE"}]}} if good else {
            "wordPolicyConfig": {"managedWordListsConfig": [{"type": "PROFANITY"}]}}
        guardrail = control.create_guardrail(name=f"bulk-{number:03}", blockedInputMessaging="no", blockedOutputsMessaging="no", **filters)
        applied = {"guardrailConfiguration": {"guardrailIdentifier": guardrail["guardrailId"], "guardrailVersion": "DRAFT"}} if good else {}
        agents.create_agent(agentName=f"bulk-{number:03}", foundationModel="amazon.nova-pro-v1:0", instruction="Answer politely, and be brief about what you do not know at all.",
                            agentResourceRoleArn=f"arn:aws:iam::{ACCOUNT}:role/bulk-role-002", **applied)


def build(state: Path, times: int) -> Aws:
    """The demo's estate from empty emulators, then `times` times the bulk."""
    estate.build(state)
    running = emulators.load(state)
    aws = Aws(emulators.environment(running, state))
    identities(aws, times)
    buckets(aws, times)
    subnets = network(aws, times)
    sagemaker(aws, times, subnets)
    bedrock(aws, times)
    # Said last and once: a build that was cut off is not taken for a whole one.
    (state / "bulk.json").write_text(json.dumps({"times": times, "facts": len(Ledger.load(state / "estate.json").facts)}))
    return aws


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--times", type=int, default=10)
    arguments = parser.parse_args()
    build(arguments.state.resolve(), arguments.times)
    print(f"built, {arguments.times} times the bulk")
    return 0


if __name__ == "__main__":
    sys.exit(main())
