-- What a network interface may be of, beside instances: things that all scans saw.
SELECT DISTINCT table_name, account_id, region, arn, title,
  CASE table_name
    WHEN 'aws_ecs_task' THEN config->>'attachments'
    WHEN 'aws_lambda_function' THEN config->>'vpc_config'
    WHEN 'aws_vpc_endpoint' THEN config->>'network_interface_ids'
    WHEN 'aws_vpc_nat_gateway' THEN config->>'nat_gateway_addresses'
    ELSE config->>'network_interface_id'
  END AS interfaces,
  config->>'service_name' AS service_name,
  coalesce(config->>'task_definition_arn', config->>'task_definition') AS task_definition,
  coalesce(config->>'vpc_endpoint_id', config->>'nat_gateway_id') AS id
FROM resource
WHERE table_name IN ('aws_ecs_task', 'aws_ecs_service', 'aws_lambda_function', 'aws_vpc_endpoint', 'aws_vpc_nat_gateway',
  'aws_sagemaker_notebook_instance')
