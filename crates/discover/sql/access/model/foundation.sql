SELECT account_id, region, arn FROM aws_bedrock_foundation_model
