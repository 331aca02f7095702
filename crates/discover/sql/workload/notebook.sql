SELECT arn, title, account_id, region, notebook_instance_name AS name, role_arn
FROM aws_sagemaker_notebook_instance
