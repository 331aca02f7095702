"""Policy statements as JSON text: noise of other services, and statements about AI actions.

A statement is put together from pools of ready text, so a million of them take seconds.
"""

from __future__ import annotations

import json
from random import Random

VENDORS = (
    ("anthropic", ("claude-sonnet-4-20250514", "claude-opus-4-20250514", "claude-haiku-3-20240307", "claude-sonnet-5-20260110")),
    ("amazon", ("nova-pro", "nova-lite", "nova-premier", "titan-embed-text", "titan-text-express")),
    ("meta", ("llama4-maverick-17b-instruct", "llama3-3-70b-instruct", "llama3-1-8b-instruct")),
    ("mistral", ("mistral-large-2407", "pixtral-large-2502", "ministral-8b")),
    ("cohere", ("command-r-plus", "embed-english", "rerank")),
    ("ai21", ("jamba-1-5-large", "jamba-1-5-mini")),
    ("deepseek", ("r1", "v3")),
    ("stability", ("sd3-5-large", "stable-image-core")),
)
AI_ACTIONS = (
    ["bedrock:InvokeModel"],
    ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
    ["bedrock:InvokeModel*"],
    ["bedrock:Invoke*"],
    ["bedrock:*"],
    ["bedrock:*Model"],
    ["BEDROCK:invokemodel"],
    ["bedrock:Get*", "bedrock:List*"],
    ["bedrock:InvokeAgent", "bedrock:Retrieve", "bedrock:RetrieveAndGenerate"],
    ["bedrock:InvokeModel", "bedrock:ApplyGuardrail"],
    ["sagemaker:InvokeEndpoint"],
    ["sagemaker:InvokeEndpoint*"],
    ["sagemaker:Invoke*", "bedrock:InvokeModel"],
    ["sagemaker:Describe*", "sagemaker:List*"],
    ["bedrock-agentcore:InvokeAgentRuntime"],
    ["bedrock-agentcore:*"],
    ["bedrock-mantle:CreateInference"],
    ["bedrock-mantle:*", "bedrock:InvokeModel"],
)
# Each takes the statement's number twice: names differ between statements, as in a real organisation.
NOISE = (
    '"Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::team-data-%d/app-%d/*"',
    '"Action":["s3:ListBucket","s3:GetBucketLocation"],"Resource":["arn:aws:s3:::team-data-%d","arn:aws:s3:::logs-%d"]',
    '"Action":"s3:*Object","Resource":"arn:aws:s3:::${aws:PrincipalTag/team}-%d/%d-*"',
    '"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"arn:aws:logs:*:*:log-group:/aws/lambda/fn-%d:log-stream:%d-*"',
    '"Action":"logs:*","Resource":"arn:aws:logs:us-east-1:*:log-group:/app/%d/%d:*"',
    '"Action":["dynamodb:GetItem","dynamodb:Query","dynamodb:BatchGetItem"],"Resource":"arn:aws:dynamodb:*:*:table/orders-%d-%d"',
    '"Action":["dynamodb:PutItem","dynamodb:UpdateItem"],"Resource":"arn:aws:dynamodb:eu-west-1:*:table/t%d-%d"',
    '"Action":"kms:Decrypt","Resource":"arn:aws:kms:*:*:key/%08x-aaaa-bbbb-cccc-%012d"',
    '"Action":["sqs:SendMessage","sqs:ReceiveMessage","sqs:DeleteMessage"],"Resource":"arn:aws:sqs:*:*:queue-%d-%d"',
    '"Action":"sns:Publish","Resource":"arn:aws:sns:us-west-2:*:topic-%d-%d"',
    '"Action":"secretsmanager:GetSecretValue","Resource":"arn:aws:secretsmanager:*:*:secret:app-%d/%d-??????"',
    '"Action":["ssm:GetParameter","ssm:GetParametersByPath"],"Resource":"arn:aws:ssm:*:*:parameter/app/%d/%d/*"',
    '"Action":["ec2:Describe*","ec2:StartInstances"],"Resource":"arn:aws:ec2:*:*:instance/i-%08d%08d"',
    '"Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"],"Resource":"arn:aws:ecr:*:*:repository/svc-%d/%d"',
    '"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:*:function:worker-%d-%d"',
    '"Action":"states:StartExecution","Resource":"arn:aws:states:*:*:stateMachine:flow-%d-%d"',
    '"Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/svc-%d-%d","Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}}',
    '"Action":"cloudwatch:PutMetricData","Resource":"*","Condition":{"StringEquals":{"cloudwatch:namespace":"app/%d/%d"}}',
    '"Action":["kinesis:PutRecord","kinesis:PutRecords"],"Resource":"arn:aws:kinesis:*:*:stream/events-%d-%d"',
    '"Action":["glue:GetTable","glue:GetPartitions"],"Resource":["arn:aws:glue:*:*:catalog","arn:aws:glue:*:*:table/db%d/t%d"]',
    '"Action":["execute-api:Invoke"],"Resource":"arn:aws:execute-api:*:*:api%d/prod/GET/%d/*"',
    '"Action":["s3:GetObject*"],"Resource":"arn:aws:s3:::models-%d/%d/*","Condition":{"StringEquals":{"aws:SourceVpce":["vpce-0a1","vpce-0b2"]}}',
    '"Action":"s3:PutObject","Resource":"arn:aws:s3:::in-%d/%d/*","Condition":{"Bool":{"aws:SecureTransport":"true"},"StringLike":{"s3:x-amz-acl":"bucket-*"}}',
    '"NotResource":["arn:aws:s3:::audit-%d/*","arn:aws:s3:::audit-%d"],"Action":"s3:Get*"',
)
CONDITIONS = (
    {"StringEquals": {"aws:RequestedRegion": ["us-east-1", "us-west-2"]}},
    {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
    {"StringLike": {"aws:RequestedRegion": "us-*"}},
    {"StringEquals": {"aws:PrincipalTag/team": "ml"}},
    {"StringEquals": {"aws:PrincipalTag/team": ["search", "ads", "risk", "labs"]}},
    {"StringNotEquals": {"aws:PrincipalTag/env": "prod"}},
    {"StringLike": {"aws:PrincipalTag/team": "*a*"}},
    {"StringEquals": {"aws:PrincipalOrgID": "o-bench00001"}},
    {"StringEquals": {"aws:SourceVpce": ["vpce-0a1", "vpce-0b2"]}},
    {"StringNotEquals": {"aws:SourceVpce": "vpce-0a1"}},
    {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-0a1"}},
    {"Null": {"bedrock:GuardrailIdentifier": "true"}},
    {"StringEquals": {"bedrock:GuardrailIdentifier": "arn:aws:bedrock:us-east-1:100000000001:guardrail/g1:1"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r-*"}},
    {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/r-0000*", "arn:aws:iam::*:user/*"]}},
    {"Bool": {"aws:SecureTransport": "true"}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}},
    {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
    {"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
)


def arn_list(arns: list[str]) -> str:
    """One ARN as a string, several as a list: both spellings occur."""
    return json.dumps(arns[0] if len(arns) == 1 else arns, separators=(",", ":"))


def resource_patterns(resources: list[str], accounts: list[str], rng: Random) -> list[str]:
    """Patterns people write for these ARNs: exact, one region or all, one vendor or all, a prefix, a hole in the middle."""
    patterns = []
    for arn in resources:
        head, partition, service, region, account, name = arn.split(":", 5)
        kind, _, rest = name.partition("/")
        vendor = rest.split(".", 1)[0] if kind == "foundation-model" else rest[:2]
        cut = rng.randrange(2, len(rest))
        patterns += [
            arn,
            f"arn:aws:{service}:*:{account}:{name}",
            f"arn:aws:{service}:{region}:{account}:{kind}/{rest[:cut]}*",
            f"arn:aws:{service}:*:{account or rng.choice(('', '*'))}:{kind}/{rest[:cut]}*",
            f"arn:aws:{service}:{region[:3]}*:{account}:{kind}/{vendor}*",
            f"arn:aws:{service}:*:*:{kind}/{vendor}*{rest[-3:]}",
            f"arn:aws:{service}:{region}:*:{kind}/{rest[:cut]}?{rest[cut + 1:]}",
        ]
    patterns += [f"arn:aws:bedrock:{r}::foundation-model/*" for r in ("us-east-1", "eu-west-1")]
    patterns += [f"arn:aws:sagemaker:*:{a}:endpoint/${{aws:PrincipalTag/team}}-*" for a in ["*", *accounts]]
    return patterns


class Statements:
    """Pools of ready text, and statements drawn from them."""

    AI_SHARE = 0.10
    ASSUME_SHARE = 0.004
    BROAD_SHARE = 0.0015

    def __init__(self, resources: list[str], accounts: list[str], rng: Random) -> None:
        self.actions = [f'"Action":{arn_list(actions)}' for actions in AI_ACTIONS]
        patterns = resource_patterns(resources, accounts, rng)
        pool = [[pattern] for pattern in patterns]
        pool += [rng.sample(patterns, rng.randrange(2, 5)) for _ in range(20_000)]
        self.resources = [f'"Resource":{arn_list(arns)}' for arns in pool]
        self.not_resources = [f'"NotResource":{arn_list(rng.sample(patterns, 3))}' for _ in range(500)]
        self.conditions = [f',"Condition":{json.dumps(c, separators=(",", ":"))}' for c in CONDITIONS]
        self.assume = [f'"Action":"sts:AssumeRole","Resource":"arn:aws:iam::{a}:role/r-%05d*"' for a in accounts]
        self.broad = [
            '"Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"ops"}}',
            '"NotAction":["iam:*","organizations:*","account:*"],"Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/env":"dev"}}',
            '"Action":["s3:*","bedrock:*","logs:*"],"Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-west-2"}}',
        ]

    def ai(self, rng: Random) -> str:
        """An AI statement: one in seven denies, one in three has a condition."""
        random = rng.random
        action = self.actions[int(random() * len(self.actions))]
        condition = self.conditions[int(random() * len(self.conditions))] if random() < 0.33 else ""
        draw = random()
        if draw < 0.005:
            resource = self.not_resources[int(random() * len(self.not_resources))]
            return f'"Effect":"Allow",{action},{resource}{condition}'
        resource = self.resources[int(random() * len(self.resources))]
        if draw < 0.02:
            return f'"Effect":"Deny","NotAction":["s3:*","logs:*","bedrock:*","sts:*"],{resource}{condition}'
        return f'"Effect":"{"Deny" if draw < 0.15 else "Allow"}",{action},{resource}{condition}'

    def many(self, rng: Random, document: int, count: int):
        """`count` statements of the document with this number."""
        random, noise = rng.random, len(NOISE)
        base = document * 1000
        for n in range(count):
            draw = random()
            if draw < self.AI_SHARE:
                yield f'{{"Sid":"Ai{n}",{self.ai(rng)}}}'
            elif draw < self.AI_SHARE + self.ASSUME_SHARE:
                text = self.assume[int(random() * len(self.assume))] % int(random() * 200)
                yield f'{{"Effect":"Allow",{text}}}'
            elif draw < self.AI_SHARE + self.ASSUME_SHARE + self.BROAD_SHARE:
                yield f'{{"Effect":"Allow",{self.broad[int(random() * 3)]}}}'
            else:
                effect = "Deny" if draw > 0.98 else "Allow"
                yield f'{{"Sid":"S{n}","Effect":"{effect}",{NOISE[int(random() * noise)] % (base + n, n)}}}'
