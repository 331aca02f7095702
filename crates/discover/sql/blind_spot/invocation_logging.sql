SELECT account_id, region, s3_config IS NOT NULL OR cloud_watch_config IS NOT NULL AS is_on,
  coalesce(text_data_delivery_enabled, true) AS has_text
FROM aws_bedrock_model_invocation_logging_configuration
