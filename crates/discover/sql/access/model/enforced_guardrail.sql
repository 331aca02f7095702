-- Whether it is for some models only, which AWS's answer lists.
SELECT account_id, region, guardrail_arn AS arn,
  model_enforcement IS NOT NULL AND (json_length(model_enforcement, 'includedModels') > 0 OR json_length(model_enforcement, 'excludedModels') > 0) AS is_partial
FROM aws_bedrock_enforced_guardrail_configuration
