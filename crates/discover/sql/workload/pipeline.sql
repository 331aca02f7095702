SELECT arn, title, account_id, region, title AS name, role_arn FROM aws_sagemaker_pipeline
