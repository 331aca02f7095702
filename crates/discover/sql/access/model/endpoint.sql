SELECT account_id, region, arn FROM aws_sagemaker_endpoint
