-- An alias answers at a URL of its own.
SELECT a.account_id, a.arn, f.role, a.url_config->>'AuthType' AS url
FROM aws_lambda_alias a JOIN aws_lambda_function f ON f.arn = a.function_arn
