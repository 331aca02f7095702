SELECT account_id, region, arn, title,
  data_capture_config IS NOT NULL AND coalesce(CAST(data_capture_config->>'EnableCapture' AS TEXT), 'true') <> 'false' AS is_on,
  data_capture_config->>'CurrentSamplingPercentage' AS share
FROM aws_sagemaker_endpoint
