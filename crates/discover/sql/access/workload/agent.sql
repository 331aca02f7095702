SELECT account_id, arn, agent_resource_role_arn AS role FROM aws_bedrock_agent
