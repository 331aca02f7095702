"""Models: what AWS offers in each region, and what the account has of its own."""

from __future__ import annotations

from settings import ACCOUNT, MAIN_REGION, OTHER_REGION
from simulate.parts import Model
from simulate.world import World

FOUNDATION = (
    ("anthropic.claude-3-5-sonnet-20241022-v2:0", "Claude 3.5 Sonnet v2", "Anthropic"),
    ("anthropic.claude-3-haiku-20240307-v1:0", "Claude 3 Haiku", "Anthropic"),
    ("anthropic.claude-3-opus-20240229-v1:0", "Claude 3 Opus", "Anthropic"),
    ("amazon.nova-micro-v1:0", "Nova Micro", "Amazon"),
    ("amazon.nova-pro-v1:0", "Nova Pro", "Amazon"),
    ("amazon.titan-embed-text-v2:0", "Titan Text Embeddings V2", "Amazon"),
    ("meta.llama3-1-70b-instruct-v1:0", "Llama 3.1 70B Instruct", "Meta"),
    ("mistral.mistral-large-2407-v1:0", "Mistral Large (24.07)", "Mistral AI"),
)

AGENT_DATA, KNOWLEDGE_DATA = "AWS::Bedrock::AgentAlias", "AWS::Bedrock::KnowledgeBase"
ENDPOINT_DATA, MANTLE_DATA = "AWS::SageMaker::Endpoint", "AWS::BedrockMantle::Project"

EVENTS = {"agent": AGENT_DATA, "knowledge-base": KNOWLEDGE_DATA, "endpoint": ENDPOINT_DATA, "mantle": MANTLE_DATA}
"""Kind of model to the resource type of its data events; calls of all other kinds are management events."""


def build(world: World) -> None:
    """All models, guardrails and what the account logs of them."""
    dice = world.dice("models")
    for region in (MAIN_REGION, OTHER_REGION):
        for called, title, _ in FOUNDATION:
            arn = f"arn:aws:bedrock:{region}::foundation-model/{called}"
            _add(world, f"{region}/{called}", Model("foundation-model", arn, called, title, region, "bedrock-runtime"))
        world.guardrails[region] = world.letters(12, "guardrail", region).lower()
        if dice.random() < 0.2:
            world.enforced.add(region)
        if dice.random() < 0.6:
            world.logged.add(region)
    for data in (AGENT_DATA, KNOWLEDGE_DATA, ENDPOINT_DATA, MANTLE_DATA):
        if dice.random() < (0.25 if data == MANTLE_DATA else 0.75):
            world.data_events.add(data)
    _own(world)


def _add(world: World, name: str, model: Model) -> None:
    world.models[name] = model


def _own(world: World) -> None:
    region, here = MAIN_REGION, f"arn:aws:bedrock:{MAIN_REGION}:{ACCOUNT}"
    sonnet = FOUNDATION[0][0]
    profile = f"us.{sonnet}"
    _add(
        world,
        "profile/us",
        Model("inference-profile", f"{here}:inference-profile/{profile}", profile, "US Claude 3.5 Sonnet v2", region,
        "bedrock-runtime", {"type": "SYSTEM_DEFINED"}),
    )  # fmt: skip
    number = world.letters(12, "application profile").lower()
    arn = f"{here}:application-inference-profile/{number}"
    _add(
        world,
        "profile/own",
        Model("inference-profile", arn, arn, "support-sonnet", region, "bedrock-runtime", {"type": "APPLICATION",
        "id": number}),
    )  # fmt: skip
    arn = f"{here}:imported-model/{world.letters(12, 'imported').lower()}"
    _add(world, "imported", Model("imported-model", arn, arn, "support-llama", region, "bedrock-runtime"))
    arn = f"{here}:provisioned-model/{world.letters(12, 'provisioned').lower()}"
    _add(world, "provisioned", Model("provisioned-model", arn, arn, "docs-sonnet", region, "bedrock-runtime"))
    for name in ("fraud-scorer", "churn"):
        arn = f"arn:aws:sagemaker:{region}:{ACCOUNT}:endpoint/{name}"
        _add(world, f"endpoint/{name}", Model("endpoint", arn, name, name, region, "sagemaker-runtime"))
    _add(
        world,
        "mantle",
        Model("mantle", "openai.gpt-oss-120b", "openai.gpt-oss-120b", "gpt-oss-120b", region, "bedrock-mantle"),
    )
    number = world.letters(10, "knowledge base")
    arn = f"{here}:knowledge-base/{number}"
    _add(world, "knowledge", Model("knowledge-base", arn, number, "support-kb", region, "bedrock-agent-runtime"))
    for number in range(world.options.counts.agents):
        agent, alias = world.letters(10, "agent", number), world.letters(10, "alias", number)
        arn = f"{here}:agent/{agent}"
        facts = {"alias": alias, "alias_arn": f"{here}:agent-alias/{agent}/{alias}", "guarded": number % 2 == 0}
        _add(
            world,
            f"agent/{number}",
            Model("agent", arn, agent, f"agent-{number}", region, "bedrock-agent-runtime", facts),
        )
