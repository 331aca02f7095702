SELECT arn, title, account_id, region, function_name AS name, role AS role_arn FROM aws_lambda_function
