SELECT arn, title, account_id, region, function_name AS name, coalesce(role, '') AS role_arn FROM aws_lambda_function
