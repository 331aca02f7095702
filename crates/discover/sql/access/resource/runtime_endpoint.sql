SELECT account_id, arn, policy AS document FROM aws_bedrock_agentcore_runtime_endpoint
