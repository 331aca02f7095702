SELECT account_id, region, arn AS workload_arn, 'sagemaker_model' AS workload_kind, title AS workload_title,
  primary_container, containers, execution_role_arn AS role_arn
FROM aws_sagemaker_model
