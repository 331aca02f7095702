SELECT 'endpoint' AS kind, arn, title, region, endpoint_name AS called FROM aws_sagemaker_endpoint
