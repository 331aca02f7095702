SELECT account_id, arn, execution_role_arn AS role FROM aws_bedrock_flow
