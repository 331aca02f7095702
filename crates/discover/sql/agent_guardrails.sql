-- The guardrail that an agent's working draft runs with.
SELECT arn, guardrail_configuration->>'guardrailIdentifier' AS guardrail_id FROM aws_bedrock_agent
