"""Bedrock agents, knowledge bases, a flow and prompts, again in twins; AgentCore's runtimes, gateways, memories."""

from __future__ import annotations

from typing import Any

from aws import Aws
from estate.ledger import Ledger
from estate.policy import INVOKE, allow, foundation_model, trust_service
from estate.roles import role
from settings import ACCOUNT, MAIN_REGION

SONNET = "anthropic.claude-3-5-sonnet-20241022-v2:0"
OLD_SONNET = "anthropic.claude-3-sonnet-20240229-v1:0"
EMBEDDER = "amazon.titan-embed-text-v2:0"
IMAGE = f"{ACCOUNT}.dkr.ecr.{MAIN_REGION}.amazonaws.com/agents:1"


def build(aws: Aws, ledger: Ledger) -> None:
    """Roles, agents, knowledge bases, flow, prompts, then AgentCore."""
    trust = trust_service("bedrock.amazonaws.com")
    role(
        aws,
        ledger,
        "agent-support",
        trust,
        allow("bedrock:InvokeModel", foundation_model(SONNET)),
        allow("bedrock:ApplyGuardrail"),
    )
    # Bad: an agent that may use every model.
    role(aws, ledger, "agent-travel", trust, allow(INVOKE))
    role(
        aws,
        ledger,
        "kb-reader",
        trust,
        allow("bedrock:InvokeModel", foundation_model(EMBEDDER)),
        allow(["s3:GetObject", "s3:ListBucket"], f"arn:aws:s3:::sightline-demo-docs-{ACCOUNT}*"),
    )
    agents = aws.client("bedrock-agent", MAIN_REGION)
    _agents(agents, ledger)
    _knowledge_bases(agents, ledger)
    _flow_and_prompts(agents, ledger)
    _agentcore(aws, ledger)


def _agents(agents: Any, ledger: Ledger) -> None:
    guardrail = ledger.get("guardrail", "support-strong")
    good = {
        "guardrailConfiguration": {"guardrailIdentifier": guardrail["id"], "guardrailVersion": guardrail["version"]},
        "customerEncryptionKeyArn": ledger.arn("key", "ai-data"),
    }
    for name, model, extra in (
        ("support-agent", SONNET, good),
        # Bad: no guardrail, no key of the customer's, a session that stays open for an hour.
        ("travel-agent", OLD_SONNET, {"idleSessionTTLInSeconds": 3600}),
    ):
        made = agents.create_agent(
            agentName=name,
            agentResourceRoleArn=ledger.arn("role", f"agent-{name.split('-')[0]}"),
            foundationModel=model,
            instruction="Answer the customer's question from the knowledge base; say so when it holds no answer.",
            tags={"estate": "demo"},
            **extra,
        )["agent"]
        agent = made["agentId"]
        agents.create_agent_action_group(
            agentId=agent,
            agentVersion="DRAFT",
            actionGroupName="lookups",
            actionGroupExecutor={"lambda": ledger.arn("function", "agent-tools")},
            functionSchema={
                "functions": [
                    {
                        "name": "find_booking",
                        "description": "looks a booking up",
                        "parameters": {"id": {"type": "string", "required": True}},
                    }
                ]
            },
        )
        agents.prepare_agent(agentId=agent)
        alias = agents.create_agent_alias(agentId=agent, agentAliasName="live")["agentAlias"]
        ledger.add(
            "agent",
            name,
            arn=made["agentArn"],
            id=agent,
            alias_arn=alias["agentAliasArn"],
            alias_id=alias["agentAliasId"],
            role=f"agent-{name.split('-')[0]}",
            region=MAIN_REGION,
        )


def _knowledge_bases(agents: Any, ledger: Ledger) -> None:
    vector = {"type": "VECTOR", "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": foundation_model(EMBEDDER)}}
    fields = {"vectorField": "v", "textField": "t", "metadataField": "m"}
    key = {"serverSideEncryptionConfiguration": {"kmsKeyArn": ledger.arn("key", "ai-data")}}
    # The bad twin: public documents' bucket, data source under no key of the customer's.
    for name, bucket, encryption in (("support-kb", "docs", key), ("public-kb", "public-docs", {})):
        store = {
            "type": "OPENSEARCH_SERVERLESS",
            "opensearchServerlessConfiguration": {
                "collectionArn": ledger.arn("collection", name),
                "vectorIndexName": name,
                "fieldMapping": fields,
            },
        }
        made = agents.create_knowledge_base(
            name=name,
            roleArn=ledger.arn("role", "kb-reader"),
            knowledgeBaseConfiguration=vector,
            storageConfiguration=store,
        )["knowledgeBase"]
        source = {"type": "S3", "s3Configuration": {"bucketArn": f"arn:aws:s3:::sightline-demo-{bucket}-{ACCOUNT}"}}
        agents.create_data_source(
            knowledgeBaseId=made["knowledgeBaseId"],
            name=f"{name}-documents",
            dataSourceConfiguration=source,
            **encryption,
        )
        ledger.add("knowledge_base", name, arn=made["knowledgeBaseArn"], id=made["knowledgeBaseId"], region=MAIN_REGION)
    agents.associate_agent_knowledge_base(
        agentId=ledger.get("agent", "support-agent")["id"],
        agentVersion="DRAFT",
        knowledgeBaseId=ledger.get("knowledge_base", "support-kb")["id"],
        description="support articles",
    )


def _flow_and_prompts(agents: Any, ledger: Ledger) -> None:
    flow = agents.create_flow(
        name="triage", executionRoleArn=ledger.arn("role", "agent-support"), definition={"nodes": [], "connections": []}
    )
    ledger.add("flow", "triage", arn=flow["arn"], id=flow["id"], region=MAIN_REGION)
    variant = {
        "name": "v1",
        "templateType": "TEXT",
        "modelId": SONNET,
        "templateConfiguration": {"text": {"text": "Summarise: {{text}}", "inputVariables": [{"name": "text"}]}},
    }
    for name, extra in (
        ("support-prompt", {"customerEncryptionKeyArn": ledger.arn("key", "ai-data")}),
        ("adhoc-prompt", {}),
    ):
        prompt = agents.create_prompt(name=name, variants=[variant], defaultVariant="v1", **extra)
        ledger.add("prompt", name, arn=prompt["arn"], region=MAIN_REGION)


def _agentcore(aws: Aws, ledger: Ledger) -> None:
    control = aws.client("bedrock-agentcore-control", MAIN_REGION)
    runtime_role = role(
        aws,
        ledger,
        "agentcore-runtime",
        trust_service("bedrock-agentcore.amazonaws.com"),
        allow(INVOKE, foundation_model(SONNET)),
    )
    inside = {
        "networkMode": "VPC",
        "networkModeConfig": {
            "subnets": [ledger.get("subnet", "apps-private-a")["id"]],
            "securityGroups": [ledger.get("security_group", "apps-service")["id"]],
        },
    }
    token = {
        "customJWTAuthorizer": {
            "discoveryUrl": "https://idp.example.com/.well-known/openid-configuration",
            "allowedAudience": ["support"],
        }
    }
    artifact = {"containerConfiguration": {"containerUri": IMAGE}}
    # Good: inside the VPC, callers authenticated, memory under our key. Bad: each of them not.
    for name, network in (("support_runtime", inside), ("open_runtime", {"networkMode": "PUBLIC"})):
        made = control.create_agent_runtime(
            agentRuntimeName=name, agentRuntimeArtifact=artifact, roleArn=runtime_role, networkConfiguration=network
        )
        ledger.add("runtime", name, arn=made["agentRuntimeArn"], region=MAIN_REGION)
    for name, how in (
        (
            "support-tools",
            {
                "authorizerType": "CUSTOM_JWT",
                "authorizerConfiguration": token,
                "kmsKeyArn": ledger.arn("key", "ai-data"),
            },
        ),
        ("open-tools", {"authorizerType": "NONE"}),
    ):
        made = control.create_gateway(name=name, roleArn=runtime_role, protocolType="MCP", **how)
        ledger.add("gateway", name, arn=made["gatewayArn"], region=MAIN_REGION)
    for name, key in (("support_memory", {"encryptionKeyArn": ledger.arn("key", "ai-data")}), ("open_memory", {})):
        made = control.create_memory(name=name, eventExpiryDuration=30, **key)["memory"]
        ledger.add("memory", name, arn=made["arn"], region=MAIN_REGION)
