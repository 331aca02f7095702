-- Containers of an endpoint are where its models, or its configuration, say.
WITH variants AS (
  SELECT account_id, region, endpoint_config_name, unnest(json_get_array(production_variants)) AS variant
  FROM aws_sagemaker_endpoint_config
)
SELECT e.arn, e.account_id, e.region, coalesce(m.vpc_config->'Subnets', c.vpc_config->'Subnets') AS subnet_ids,
  coalesce(json_length(m.vpc_config, 'Subnets'), json_length(c.vpc_config, 'Subnets'), 0) = 0 AS is_aws
FROM aws_sagemaker_endpoint e
JOIN aws_sagemaker_endpoint_config c
  ON c.endpoint_config_name = e.endpoint_config_name AND c.account_id = e.account_id AND c.region = e.region
LEFT JOIN variants v ON v.endpoint_config_name = e.endpoint_config_name AND v.account_id = e.account_id AND v.region = e.region
LEFT JOIN aws_sagemaker_model m ON m.model_name = v.variant->>'ModelName' AND m.account_id = e.account_id AND m.region = e.region
