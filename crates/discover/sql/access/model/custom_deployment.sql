SELECT account_id, region, arn FROM aws_bedrock_custom_model_deployment
