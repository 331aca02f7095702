SELECT account_id, resource_arn AS arn, policy AS document FROM aws_bedrock_agentcore_memory_resource_policy
