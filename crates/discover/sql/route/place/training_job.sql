SELECT arn, account_id, region, vpc_config->'Subnets' AS subnet_ids, coalesce(json_length(vpc_config, 'Subnets'), 0) = 0 AS is_aws
FROM aws_sagemaker_training_job
