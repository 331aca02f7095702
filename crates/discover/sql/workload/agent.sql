SELECT arn, title, account_id, region, agent_id AS name, agent_resource_role_arn AS role_arn FROM aws_bedrock_agent
