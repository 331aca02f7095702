SELECT account_id, region, arn, s3_config AS s3, cloud_watch_config AS logs, text_data_delivery_enabled AS text,
  image_data_delivery_enabled AS image, embedding_data_delivery_enabled AS embedding, video_data_delivery_enabled AS video,
  audio_data_delivery_enabled AS audio
FROM aws_bedrock_model_invocation_logging_configuration
