-- A runtime is called through one of its endpoints: the model is the runtime.
SELECT 'agent-runtime' AS kind, r.arn, r.title, r.region, e.arn AS called
FROM aws_bedrock_agentcore_runtime_endpoint e
JOIN aws_bedrock_agentcore_runtime r ON e.agent_runtime_arn = r.arn
