SELECT account_id, arn, policy AS document FROM aws_sagemaker_model_package_group
