SELECT account_id, arn, role_arn AS role FROM aws_sagemaker_pipeline
