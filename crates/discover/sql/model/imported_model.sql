SELECT 'imported-model' AS kind, arn, title, region, model_name AS called FROM aws_bedrock_imported_model
