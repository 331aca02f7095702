SELECT account_id, region, arn FROM aws_bedrock_agent_alias
