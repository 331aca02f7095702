SELECT 'agent-runtime' AS kind, arn, title, region, agent_runtime_id AS called FROM aws_bedrock_agentcore_runtime
