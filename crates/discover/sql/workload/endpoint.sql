-- An endpoint runs as the execution role of its models, or of its configuration.
WITH variants AS (
  SELECT account_id, region, endpoint_config_name, unnest(json_get_array(production_variants)) AS variant
  FROM aws_sagemaker_endpoint_config
)
SELECT DISTINCT e.arn, e.title, e.account_id, e.region, e.endpoint_name AS name, m.execution_role_arn AS role_arn
FROM aws_sagemaker_endpoint e
JOIN variants v ON v.endpoint_config_name = e.endpoint_config_name AND v.account_id = e.account_id AND v.region = e.region
JOIN aws_sagemaker_model m ON m.model_name = v.variant->>'ModelName' AND m.account_id = e.account_id AND m.region = e.region
WHERE m.execution_role_arn <> ''
UNION
SELECT e.arn, e.title, e.account_id, e.region, e.endpoint_name AS name, c.execution_role_arn AS role_arn
FROM aws_sagemaker_endpoint e JOIN aws_sagemaker_endpoint_config c
  ON c.endpoint_config_name = e.endpoint_config_name AND c.account_id = e.account_id AND c.region = e.region
WHERE c.execution_role_arn <> ''
