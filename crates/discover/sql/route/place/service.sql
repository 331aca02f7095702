-- Services whose tasks have interfaces of their own.
SELECT arn, account_id, region, network_configuration->'awsvpcConfiguration'->'subnets' AS subnet_ids
FROM aws_ecs_service
WHERE json_length(network_configuration, 'awsvpcConfiguration', 'subnets') > 0
