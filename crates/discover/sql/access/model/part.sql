-- What is called beside what it belongs to.
SELECT agent_runtime_arn AS whole, arn AS part FROM aws_bedrock_agentcore_runtime_endpoint
