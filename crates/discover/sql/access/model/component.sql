SELECT e.arn AS whole, c.arn AS part
FROM aws_sagemaker_inference_component c
JOIN aws_sagemaker_endpoint e ON e.endpoint_name = c.endpoint_name AND e.account_id = c.account_id AND e.region = c.region
