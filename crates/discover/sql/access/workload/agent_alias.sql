-- An agent is called by an alias.
SELECT a.account_id, a.arn, g.agent_resource_role_arn AS role
FROM aws_bedrock_agent_alias a JOIN aws_bedrock_agent g ON g.arn = a.agent_arn
