SELECT 'custom-model-deployment' AS kind, arn, title, region, title AS called FROM aws_bedrock_custom_model_deployment
