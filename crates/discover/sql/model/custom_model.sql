SELECT 'custom-model' AS kind, arn, title, region, model_name AS called FROM aws_bedrock_custom_model
