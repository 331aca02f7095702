"""A small estate in emulators, for the scan's test: starts moto and ministack on free ports, fills them, prints their URLs as
one line of JSON, and ends them when its input closes."""

import base64
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
BIN = Path(sys.executable).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen:
    return subprocess.Popen(command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait_for(url: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"{url} does not answer")


def fill(moto: str, ministack: str) -> None:
    def client(service: str, url: str = moto, region: str = "us-east-1"):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=url,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}),
        )

    trust = lambda service: json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}
    )
    invoke = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}]})

    iam = client("iam")
    role = iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust("ec2.amazonaws.com"), Tags=[{"Key": "team", "Value": "ai"}])["Role"]["Arn"]
    iam.put_role_policy(RoleName="app", PolicyName="invoke", PolicyDocument=invoke)
    policy = iam.create_policy(PolicyName="invoke-all", PolicyDocument=invoke)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="app", PolicyArn=policy)
    iam.create_instance_profile(InstanceProfileName="app")
    iam.add_role_to_instance_profile(InstanceProfileName="app", RoleName="app")
    iam.create_user(UserName="alice")
    iam.create_access_key(UserName="alice")
    iam.create_login_profile(UserName="alice", Password="Correct-Horse-1")
    iam.create_group(GroupName="people")

    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "main"}]}])["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24")["Subnet"]["SubnetId"]
    ec2.run_instances(
        ImageId="ami-12345678",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        UserData="export TOKEN=not-to-be-collected",
        IamInstanceProfile={"Name": "app"},
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}]}],
    )
    ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-east-1.bedrock-runtime", VpcEndpointType="Interface", SubnetIds=[subnet], PolicyDocument=invoke
    )

    s3 = client("s3")
    s3.create_bucket(Bucket="logs")
    s3.put_bucket_policy(
        Bucket="logs",
        Policy=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::logs/*"}]}
        ),
    )
    client("s3", region="eu-west-1").create_bucket(Bucket="models", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    client("cloudtrail").create_trail(Name="main", S3BucketName="logs", IsMultiRegionTrail=True)
    client("kms").create_key(Description="models", Tags=[{"TagKey": "team", "TagValue": "ai"}])
    client("lambda").create_function(
        FunctionName="summarise",
        Runtime="python3.12",
        Role=role,
        Handler="f.h",
        Code={"ZipFile": b"PK\x05\x06" + b"\0" * 18},
        Environment={"Variables": {"API_TOKEN": "not-to-be-collected"}},
    )

    sagemaker = client("sagemaker")
    sagemaker.create_model(
        ModelName="rank", ExecutionRoleArn=role, PrimaryContainer={"Image": "rank:1", "Environment": {"HF_TOKEN": "not-to-be-collected"}}
    )
    sagemaker.create_notebook_instance(NotebookInstanceName="lab", InstanceType="ml.t3.medium", RoleArn=role)

    client("lambda").create_function_url_config(FunctionName="summarise", AuthType="NONE")
    client("lambda").publish_version(FunctionName="summarise")
    client("lambda").create_alias(FunctionName="summarise", Name="live", FunctionVersion="1")

    organizations = client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    root = organizations.list_roots()["Roots"][0]["Id"]
    outer = organizations.create_organizational_unit(ParentId=root, Name="outer")["OrganizationalUnit"]["Id"]
    organizations.create_organizational_unit(ParentId=outer, Name="inner")
    deny = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "bedrock:*", "Resource": "*"}]})
    scp = organizations.create_policy(Name="no-models", Description="", Type="SERVICE_CONTROL_POLICY", Content=deny)["Policy"]["PolicySummary"]["Id"]
    organizations.attach_policy(PolicyId=scp, TargetId=outer)

    shared = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]})
    client("sqs").set_queue_attributes(QueueUrl=client("sqs").create_queue(QueueName="jobs")["QueueUrl"], Attributes={"Policy": shared})
    topic = client("sns").create_topic(Name="news")["TopicArn"]
    client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=shared)
    secret = client("secretsmanager").create_secret(Name="token", SecretString="not-to-be-collected")["ARN"]
    client("secretsmanager").put_resource_policy(SecretId=secret, ResourcePolicy=shared)
    client("ecr").create_repository(repositoryName="shared")
    client("ecr").set_repository_policy(repositoryName="shared", policyText=shared)
    client("ecr").create_repository(repositoryName="own")

    ecs = client("ecs")
    ecs.create_cluster(clusterName="batch")
    container = {"name": "app", "image": "app:1", "memory": 128, "environment": [{"name": "TOKEN", "value": "not-to-be-collected"}], "command": ["--token", "not-to-be-collected"]}
    definition = lambda **roles: ecs.register_task_definition(family="translate", containerDefinitions=[container], **roles)["taskDefinition"]["taskDefinitionArn"]
    first = definition(taskRoleArn=role)
    definition()
    ecs.create_service(cluster="batch", serviceName="translate", taskDefinition=first, desiredCount=0, launchType="EC2")

    client("stepfunctions").create_state_machine(
        name="approve", roleArn=role, definition=json.dumps({"Comment": "not-to-be-collected", "StartAt": "A", "States": {"A": {"Type": "Succeed"}}})
    )
    client("glue").create_job(
        Name="enrich", Role="app", Command={"Name": "glueetl", "ScriptLocation": "s3://models/enrich.py"}, DefaultArguments={"--token": "not-to-be-collected"}
    )
    client("codebuild").create_project(
        name="train",
        source={"type": "GITHUB", "location": "https://not-to-be-collected@github.com/example/train.git", "buildspec": "not-to-be-collected"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [{"name": "TOKEN", "value": "not-to-be-collected", "type": "PLAINTEXT"}],
        },
        serviceRole=role,
    )
    ec2.create_launch_template(
        LaunchTemplateName="workers", LaunchTemplateData={"IamInstanceProfile": {"Name": "app"}, "UserData": base64.b64encode(b"not-to-be-collected").decode()}
    )

    eks = client("eks", ministack)
    eks.create_cluster(name="main", roleArn=role, resourcesVpcConfig={"subnetIds": [subnet]})
    eks.create_access_entry(clusterName="main", principalArn=role)
    eks.create_pod_identity_association(clusterName="main", namespace="shop", serviceAccount="bot", roleArn=role)

    client("bedrock", ministack).create_guardrail(
        name="safe",
        blockedInputMessaging="no",
        blockedOutputsMessaging="no",
        contentPolicyConfig={"filtersConfig": [{"type": "PROMPT_ATTACK", "inputStrength": "HIGH", "outputStrength": "NONE"}]},
    )
    agents = client("bedrock-agent", ministack)
    agents.create_agent(
        agentName="helper", agentResourceRoleArn=role, foundationModel="amazon.nova-lite-v1:0", instruction="not-to-be-collected: of this text only the length is kept"
    )
    base = agents.create_knowledge_base(
        name="handbook", roleArn=role, knowledgeBaseConfiguration={"type": "VECTOR", "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"}}
    )["knowledgeBase"]["knowledgeBaseId"]
    agents.create_data_source(
        knowledgeBaseId=base, name="documents", dataSourceConfiguration={"type": "S3", "s3Configuration": {"bucketArn": "arn:aws:s3:::models"}}
    )


def main() -> None:
    ports = {"moto": free_port(), "ministack": free_port()}
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    emulators = [
        start([str(BIN / "moto_server"), "-p", str(ports["moto"]), "-H", "127.0.0.1"], {"MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}),
        start([str(BIN / "ministack")], {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(ports["ministack"])}),
    ]
    try:
        for url in urls.values():
            wait_for(url)
        fill(**urls)
        print(json.dumps(urls), flush=True)
        sys.stdin.read()
    finally:
        for emulator in emulators:
            emulator.terminate()
        for emulator in emulators:
            emulator.wait()


main()
