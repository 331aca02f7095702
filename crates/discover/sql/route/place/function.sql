-- A function without a network of the account's runs in one of AWS.
SELECT arn, account_id, region, vpc_config->'SubnetIds' AS subnet_ids,
  coalesce(json_length(vpc_config, 'SubnetIds'), 0) = 0 AS is_aws
FROM aws_lambda_function
