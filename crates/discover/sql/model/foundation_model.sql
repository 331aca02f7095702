SELECT 'foundation-model' AS kind, arn, title, region, model_id AS called FROM aws_bedrock_foundation_model
