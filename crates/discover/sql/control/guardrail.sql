SELECT account_id, region, guardrail_arn AS arn FROM aws_bedrock_guardrail ORDER BY guardrail_arn
