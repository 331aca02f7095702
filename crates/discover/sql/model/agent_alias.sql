-- An agent is called by one of its aliases: the model is the agent.
SELECT 'agent' AS kind, a.arn, a.title, a.region, called
FROM aws_bedrock_agent a
JOIN (
  SELECT agent_id, region, account_id, agent_id || '/' || agent_alias_id AS called FROM aws_bedrock_agent_alias
  UNION ALL SELECT agent_id, region, account_id, arn AS called FROM aws_bedrock_agent_alias
) l ON l.agent_id = a.agent_id AND l.region = a.region AND l.account_id = a.account_id
