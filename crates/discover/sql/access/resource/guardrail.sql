SELECT account_id, resource_arn AS arn, policy AS document FROM aws_bedrock_guardrail_resource_policy
