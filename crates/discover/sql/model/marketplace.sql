SELECT 'marketplace-endpoint' AS kind, arn, title, region, title AS called FROM aws_bedrock_marketplace_model_endpoint
