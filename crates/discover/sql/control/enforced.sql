SELECT account_id, region, arn, guardrail_id, guardrail_arn, input_tags, selective_content_guarding AS guarding, model_enforcement AS models
FROM aws_bedrock_enforced_guardrail_configuration
