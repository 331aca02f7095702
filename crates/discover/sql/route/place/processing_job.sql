SELECT arn, account_id, region, network_config->'VpcConfig'->'Subnets' AS subnet_ids,
  coalesce(json_length(network_config, 'VpcConfig', 'Subnets'), 0) = 0 AS is_aws
FROM aws_sagemaker_processing_job
