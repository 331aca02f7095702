SELECT account_id, arn, role, url_config->>'AuthType' AS url FROM aws_lambda_function
