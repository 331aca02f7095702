SELECT arn, title, account_id, region, id AS name, execution_role_arn AS role_arn FROM aws_bedrock_flow
