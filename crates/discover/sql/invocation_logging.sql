SELECT account_id, region, s3_config IS NOT NULL OR cloud_watch_config IS NOT NULL AS logged
FROM aws_bedrock_model_invocation_logging_configuration
