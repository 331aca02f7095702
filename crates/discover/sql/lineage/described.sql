-- What these are. An ARN that AWS owns stands once in each account.
SELECT arn, min(table_name) AS "table", min(title) AS title, min(account_id) AS account_id, min(region) AS region
FROM current_resource
WHERE arn IN ($arns)
GROUP BY arn
