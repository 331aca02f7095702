"""Models and what guards them: foundation models, profiles, own models, agents, endpoints, guardrails."""

from __future__ import annotations

from settings import LOG_BUCKET, MAIN_REGION
from simulate.inventory.row import REGIONS, Scan, arn_of
from simulate.models import FOUNDATION
from simulate.parts import Json


def models(made: Scan) -> None:
    """All of them, in both regions."""
    world = made.world
    for region in REGIONS:
        for called, title, provider in FOUNDATION:
            arn = f"arn:aws:bedrock:{region}::foundation-model/{called}"
            made.add("aws_bedrock_foundation_model", region, arn, called, {
                "model_arn": arn, "model_id": called, "model_name": title, "provider_name": provider,
                "input_modalities": ["TEXT"],
                "output_modalities": ["TEXT"], "response_streaming_supported": True,
                "inference_types_supported": ["ON_DEMAND"],
                "model_lifecycle": {"status": "ACTIVE"},
            })  # fmt: skip
        number = world.guardrails[region]
        arn = arn_of("bedrock", region, f"guardrail/{number}")
        made.add("aws_bedrock_guardrail", region, arn, "strong", {
            "id": number, "guardrail_id": number, "guardrail_arn": arn, "name": "strong", "status": "READY",
            "version": "DRAFT",
            "content_policy": {"filters": [{"type": "PROMPT_ATTACK", "inputStrength": "HIGH",
            "outputStrength": "NONE"}]},
        })  # fmt: skip
        if region in world.enforced:
            config = world.letters(10, "enforced", region).lower()
            made.add("aws_bedrock_enforced_guardrail_configuration", region, arn_of("bedrock", region,
            f"enforced-guardrail-configuration/{config}"), config, {
                "config_id": config, "guardrail_arn": arn, "guardrail_id": number, "guardrail_version": "1",
                "owner": "ACCOUNT",
            })  # fmt: skip
        if region in world.logged:
            made.add("aws_bedrock_model_invocation_logging_configuration", region, arn_of("bedrock", region,
            "model-invocation-logging-configuration"), region, {
                "s3_config": {"bucketName": LOG_BUCKET, "keyPrefix": ""}, "text_data_delivery_enabled": True,
                "image_data_delivery_enabled": False, "embedding_data_delivery_enabled": True,
            })  # fmt: skip
    _own_models(made)


def _own_models(made: Scan) -> None:
    world, region = made.world, MAIN_REGION
    routed = [f"arn:aws:bedrock:{one}::foundation-model/{FOUNDATION[0][0]}" for one in ("us-east-1", "us-west-2")]
    for model in world.models.values():
        if model.kind == "inference-profile":
            made.add("aws_bedrock_inference_profile", region, model.arn, model.title, {
                "inference_profile_name": model.title, "inference_profile_id": model.facts.get("id", model.called),
                "inference_profile_arn": model.arn,
                "models": [{"modelArn": arn} for arn in routed],
                "status": "ACTIVE", "type": model.facts["type"],
            })  # fmt: skip
        elif model.kind == "imported-model":
            made.add(
                "aws_bedrock_imported_model",
                region,
                model.arn,
                model.title,
                {"model_arn": model.arn, "model_name": model.title, "model_architecture": "llama"},
            )
        elif model.kind == "provisioned-model":
            made.add("aws_bedrock_provisioned_model_throughput", region, model.arn, model.title, {
                "provisioned_model_arn": model.arn, "provisioned_model_name": model.title, "status": "InService",
                "model_arn": f"arn:aws:bedrock:{region}::foundation-model/{FOUNDATION[0][0]}",
            })  # fmt: skip
        elif model.kind == "endpoint":
            _sagemaker(made, model.called, model.arn)
        elif model.kind == "knowledge-base":
            role = world.role("kb-reader", "bedrock.amazonaws.com")
            made.add("aws_bedrock_knowledge_base", region, model.arn, model.title, {
                "knowledge_base_id": model.called, "knowledge_base_arn": model.arn, "name": model.title,
                "status": "ACTIVE", "role_arn": role.arn,
            })  # fmt: skip
    for agent in world.agents:
        model, role = world.models[agent.name.replace("-", "/")], agent.role
        assert role is not None
        config: Json = {
            "agent_id": model.called, "agent_name": agent.name, "agent_arn": model.arn, "agent_status": "PREPARED",
            "agent_version": "DRAFT",
            "agent_resource_role_arn": role.arn, "foundation_model": FOUNDATION[0][0],
        }  # fmt: skip
        if model.facts["guarded"]:
            config["guardrail_configuration"] = {
                "guardrailIdentifier": world.guardrails[region],
                "guardrailVersion": "1",
            }
        made.add("aws_bedrock_agent", region, model.arn, agent.name, config)
        made.add("aws_bedrock_agent_alias", region, model.facts["alias_arn"], "live", {
            "agent_id": model.called, "agent_arn": model.arn, "agent_alias_id": model.facts["alias"],
            "agent_alias_name": "live", "agent_alias_status": "PREPARED",
        })  # fmt: skip
    for notebook in world.notebooks:
        role = notebook.role
        assert role is not None
        made.add("aws_sagemaker_notebook_instance", region, notebook.arn, notebook.name, {
            "notebook_instance_name": notebook.name, "notebook_instance_arn": notebook.arn,
            "notebook_instance_status": "InService",
            "role_arn": role.arn, "direct_internet_access": "Enabled", "root_access": "Enabled",
            "instance_type": "ml.t3.medium",
        })  # fmt: skip


def _sagemaker(made: Scan, name: str, arn: str) -> None:
    region = MAIN_REGION
    role = made.world.role("sm-models", "sagemaker.amazonaws.com")
    model, config = arn_of("sagemaker", region, f"model/{name}"), arn_of("sagemaker", region, f"endpoint-config/{name}")
    made.add("aws_sagemaker_endpoint", region, arn, name, {
        "endpoint_name": name, "endpoint_arn": arn, "endpoint_status": "InService", "endpoint_config_name": name,
        "data_capture_config": {},
    })  # fmt: skip
    made.add("aws_sagemaker_endpoint_config", region, config, name, {
        "endpoint_config_name": name, "endpoint_config_arn": config,
        "production_variants": [{"VariantName": "all", "ModelName": name, "InitialInstanceCount": 1,
        "InstanceType": "ml.m5.large"}],
    })  # fmt: skip
    made.add(
        "aws_sagemaker_model",
        region,
        model,
        name,
        {"model_name": name, "model_arn": model, "execution_role_arn": role.arn, "enable_network_isolation": False},
    )
