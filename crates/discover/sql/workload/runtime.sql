SELECT arn, title, account_id, region, agent_runtime_id AS name, role_arn FROM aws_bedrock_agentcore_runtime
