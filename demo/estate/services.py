"""Containers, workflows and builds whose roles may call models; queues, topics, secrets and images with policies."""

from __future__ import annotations

import json
from typing import Any

from aws import Aws
from estate.functions import SECRETS
from estate.ledger import Ledger
from estate.policy import INVOKE, allow, document, foundation_model, trust_service
from estate.roles import role
from settings import ACCOUNT, MAIN_REGION, PARTNER_ACCOUNT

REGISTRY = f"{ACCOUNT}.dkr.ecr.{MAIN_REGION}.amazonaws.com"
PARTNER = {"AWS": f"arn:aws:iam::{PARTNER_ACCOUNT}:root"}


def build(aws: Aws, ledger: Ledger) -> None:
    """What has a resource policy, then what has a role."""
    _shared(aws)
    _containers(aws, ledger)
    _automation(aws, ledger)


def _shared(aws: Aws) -> None:
    sqs = aws.client("sqs", MAIN_REGION)
    queue = sqs.create_queue(QueueName="prompts")["QueueUrl"]
    here = f"arn:aws:sqs:{MAIN_REGION}:{ACCOUNT}:prompts"
    # Bad: the world may put prompts into it.
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": _policy("*", "sqs:SendMessage", here)})
    sns = aws.client("sns", MAIN_REGION)
    topic = sns.create_topic(Name="model-alerts")["TopicArn"]
    account = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=_policy(account, "sns:Publish", topic)
    )
    secrets = aws.client("secretsmanager", MAIN_REGION)
    made = secrets.create_secret(Name="model-provider-key", SecretString=SECRETS["OPENAI_API_KEY"])["ARN"]
    # Bad: another account reads the key of a model provider.
    secrets.put_resource_policy(SecretId=made, ResourcePolicy=_policy(PARTNER, "secretsmanager:GetSecretValue", made))
    ecr = aws.client("ecr", MAIN_REGION)
    repository = ecr.create_repository(repositoryName="translator")["repository"]["repositoryName"]
    pull = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    ecr.set_repository_policy(repositoryName=repository, policyText=_policy(PARTNER, pull, None))


def _policy(principal: Any, actions: str | list[str], resource: str | None) -> str:
    statement: dict[str, Any] = {"Effect": "Allow", "Principal": principal, "Action": actions}
    if resource:
        statement["Resource"] = resource
    return document(statement)


def _containers(aws: Aws, ledger: Ledger) -> None:
    trust = trust_service("ecs-tasks.amazonaws.com")
    role(aws, ledger, "task-translator", trust, allow(INVOKE, foundation_model("amazon.nova-lite-v1:0")))
    role(aws, ledger, "task-idle", trust)
    role(aws, ledger, "task-execution", trust, managed=("service-role/AmazonECSTaskExecutionRolePolicy",))
    ecs = aws.client("ecs", MAIN_REGION)
    cluster = ecs.create_cluster(clusterName="batch")["cluster"]["clusterArn"]
    # The service stays on the first revision, whose role may call a model; the family's newest one may not.
    first, _ = (_task_definition(ecs, ledger, role_name) for role_name in ("task-translator", "task-idle"))
    network = {
        "awsvpcConfiguration": {
            "subnets": [ledger.get("subnet", "apps-private-a")["id"]],
            "securityGroups": [ledger.get("security_group", "apps-service")["id"]],
        }
    }
    service = ecs.create_service(
        cluster=cluster,
        serviceName="translator",
        taskDefinition=first,
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration=network,
    )["service"]["serviceArn"]
    ledger.add("ecs_service", "translator", arn=service, role="task-translator", region=MAIN_REGION)


def _task_definition(ecs: Any, ledger: Ledger, role_name: str) -> str:
    made = ecs.register_task_definition(
        family="translator",
        taskRoleArn=ledger.arn("role", role_name),
        executionRoleArn=ledger.arn("role", "task-execution"),
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "app",
                "image": f"{REGISTRY}/translator:1",
                "essential": True,
                "environment": [{"name": name, "value": value} for name, value in SECRETS.items()],
            }
        ],
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def _automation(aws: Aws, ledger: Ledger) -> None:
    nova = foundation_model("amazon.nova-micro-v1:0")
    role(aws, ledger, "flow-approvals", trust_service("states.amazonaws.com"), allow(INVOKE, nova))
    role(aws, ledger, "glue-enrich", trust_service("glue.amazonaws.com"), allow(INVOKE, nova))
    # Bad: whoever may start a build may use every model.
    role(aws, ledger, "build-anything", trust_service("codebuild.amazonaws.com"), allow("bedrock:*"))
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    made = aws.client("stepfunctions", MAIN_REGION).create_state_machine(
        name="approvals", definition=json.dumps(definition), roleArn=ledger.arn("role", "flow-approvals")
    )
    ledger.add("state_machine", "approvals", arn=made["stateMachineArn"], role="flow-approvals", region=MAIN_REGION)
    aws.client("glue", MAIN_REGION).create_job(
        Name="enrich",
        Role=ledger.arn("role", "glue-enrich"),
        Command={"Name": "glueetl", "ScriptLocation": f"s3://sightline-demo-models-{ACCOUNT}/enrich.py"},
        DefaultArguments={"--api-key": SECRETS["OPENAI_API_KEY"]},
    )
    aws.client("codebuild", MAIN_REGION).create_project(
        name="evaluate-models",
        source={"type": "GITHUB", "location": "https://github.com/example/evaluate-models.git"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [
                {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in SECRETS.items()
            ],
        },
        serviceRole=ledger.arn("role", "build-anything"),
    )
