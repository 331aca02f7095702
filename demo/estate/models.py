"""Bedrock in the account: guardrails, models of our own, profiles, throughput, half-configured logging."""

from __future__ import annotations

from typing import Any

from aws import Aws
from estate.ledger import Ledger
from estate.policy import allow, foundation_model, trust_service
from estate.roles import role
from estate.shim import amend, answer_names
from settings import ACCOUNT, LOG_BUCKET, MAIN_REGION, OTHER_REGION

SONNET = "anthropic.claude-3-5-sonnet-20241022-v2:0"
WEIGHTS = f"s3://sightline-demo-models-{ACCOUNT}/support-llama/"
INVOICES = f"s3://sightline-demo-models-{ACCOUNT}/titan-invoices/"


def build(aws: Aws, ledger: Ledger) -> None:
    """Guardrails, models, profiles, throughput, logging."""
    role(
        aws,
        ledger,
        "bedrock-jobs",
        trust_service("bedrock.amazonaws.com"),
        allow(["s3:GetObject", "s3:ListBucket", "s3:PutObject"], f"arn:aws:s3:::sightline-demo-models-{ACCOUNT}*"),
    )
    bedrock = aws.client("bedrock", MAIN_REGION)
    amend(bedrock, "CreateGuardrail", answer_names)
    _guardrails(bedrock, ledger, MAIN_REGION)
    _models(bedrock, ledger)
    _logging(bedrock)
    # In the other region a weak guardrail stands alone, and no invocation is logged.
    other = aws.client("bedrock", OTHER_REGION)
    amend(other, "CreateGuardrail", answer_names)
    _weak_guardrail(other, ledger, "eu-draft", OTHER_REGION)


def _guardrails(bedrock: Any, ledger: Ledger, region: str) -> None:
    kinds = ("SEXUAL", "VIOLENCE", "HATE", "INSULTS", "MISCONDUCT")
    filters = [{"type": kind, "inputStrength": "HIGH", "outputStrength": "HIGH"} for kind in kinds]
    # AWS takes no output strength for prompt attacks: they are in the input.
    filters.append({"type": "PROMPT_ATTACK", "inputStrength": "HIGH", "outputStrength": "NONE"})
    made = bedrock.create_guardrail(
        name="support-strong",
        description="customer support: content, prompt attacks, personal data, grounding",
        contentPolicyConfig={"filtersConfig": filters},
        sensitiveInformationPolicyConfig={
            "piiEntitiesConfig": [
                {"type": "EMAIL", "action": "ANONYMIZE"},
                {"type": "CREDIT_DEBIT_CARD_NUMBER", "action": "BLOCK"},
            ]
        },
        topicPolicyConfig={
            "topicsConfig": [
                {"name": "legal-advice", "definition": "Advice on a legal question of the customer's.", "type": "DENY"}
            ]
        },
        contextualGroundingPolicyConfig={
            "filtersConfig": [{"type": "GROUNDING", "threshold": 0.75}, {"type": "RELEVANCE", "threshold": 0.75}]
        },
        blockedInputMessaging="I cannot help with that.",
        blockedOutputsMessaging="I cannot show that.",
        kmsKeyId=ledger.arn("key", "ai-data"),
        tags=[{"key": "estate", "value": "demo"}],
    )
    version = bedrock.create_guardrail_version(guardrailIdentifier=made["guardrailId"])["version"]
    ledger.add(
        "guardrail", "support-strong", arn=made["guardrailArn"], id=made["guardrailId"], version=version, region=region
    )
    _weak_guardrail(bedrock, ledger, "draft-weak", region)


def _weak_guardrail(bedrock: Any, ledger: Ledger, name: str, region: str) -> None:
    # Bad: one word, no content filter, no prompt-attack filter, no key of the customer's, never published.
    made = bedrock.create_guardrail(
        name=name,
        wordPolicyConfig={"wordsConfig": [{"text": "competitor"}]},
        blockedInputMessaging="No.",
        blockedOutputsMessaging="No.",
    )
    ledger.add("guardrail", name, arn=made["guardrailArn"], id=made["guardrailId"], version="DRAFT", region=region)


def _models(bedrock: Any, ledger: Ledger) -> None:
    jobs = ledger.arn("role", "bedrock-jobs")
    bedrock.create_model_import_job(
        jobName="import-support-llama",
        importedModelName="support-llama",
        roleArn=jobs,
        modelDataSource={"s3DataSource": {"s3Uri": WEIGHTS}},
    )
    imported = bedrock.list_imported_models()["modelSummaries"][0]["modelArn"]
    ledger.add("model", "support-llama", arn=imported, region=MAIN_REGION, kind="imported-model")

    bedrock.create_model_customization_job(
        jobName="tune-titan-invoices",
        customModelName="titan-invoices",
        roleArn=jobs,
        baseModelIdentifier=foundation_model("amazon.titan-text-express-v1"),
        trainingDataConfig={"s3Uri": f"{INVOICES}train.jsonl"},
        outputDataConfig={"s3Uri": f"{INVOICES}out/"},
        hyperParameters={"epochCount": "2"},
    )
    # On AWS the job above makes the model; the emulator lists the job and makes none. So it is made by the other call.
    custom = bedrock.create_custom_model(
        modelName="titan-invoices", roleArn=jobs, modelSourceConfig={"s3DataSource": {"s3Uri": INVOICES}}
    )
    ledger.add("model", "titan-invoices", arn=custom["modelArn"], region=MAIN_REGION, kind="custom-model")

    # Throughput over a foundation model: over a custom model's ARN the emulator answers with a broken model ARN.
    throughput = bedrock.create_provisioned_model_throughput(
        provisionedModelName="deploy-titan", modelId="amazon.titan-text-express-v1", modelUnits=1
    )
    ledger.add(
        "model", "deploy-titan", arn=throughput["provisionedModelArn"], region=MAIN_REGION, kind="provisioned-model"
    )

    profile = bedrock.create_inference_profile(
        inferenceProfileName="docs-sonnet",
        modelSource={"copyFrom": foundation_model(SONNET)},
        tags=[{"key": "team", "value": "docs"}],
    )
    ledger.add("model", "docs-sonnet", arn=profile["inferenceProfileArn"], region=MAIN_REGION, kind="inference-profile")

    bedrock.create_model_invocation_job(
        jobName="nightly-summaries",
        roleArn=jobs,
        modelId="amazon.nova-lite-v1:0",
        inputDataConfig={"s3InputDataConfig": {"s3Uri": f"{INVOICES}batch/"}},
        outputDataConfig={"s3OutputDataConfig": {"s3Uri": f"{INVOICES}batch-out/"}},
    )


def _logging(bedrock: Any) -> None:
    # Half: text only, no bucket for large bodies, and only in this region.
    bedrock.put_model_invocation_logging_configuration(
        loggingConfig={
            "s3Config": {"bucketName": LOG_BUCKET, "keyPrefix": ""},
            "textDataDeliveryEnabled": True,
            "imageDataDeliveryEnabled": False,
            "embeddingDataDeliveryEnabled": False,
        }
    )
