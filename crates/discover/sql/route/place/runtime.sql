SELECT arn, account_id, region, network_configuration->'networkModeConfig'->'subnets' AS subnet_ids,
  coalesce(network_configuration->>'networkMode', '') = 'PUBLIC' AS is_aws
FROM aws_bedrock_agentcore_runtime
