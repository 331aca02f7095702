SELECT 'agent' AS kind, arn, title, region, agent_id AS called FROM aws_bedrock_agent
