SELECT arn, account_id, region, vpc_config->'subnets' AS subnet_ids, coalesce(json_length(vpc_config, 'subnets'), 0) = 0 AS is_aws
FROM aws_codebuild_project
