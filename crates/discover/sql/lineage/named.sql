-- Resources of this ARN, title, or end of an ARN.
SELECT arn, min(table_name) AS "table", min(title) AS title, min(account_id) AS account_id, min(region) AS region
FROM current_resource
WHERE arn = $name OR title = $name OR ends_with(arn, '/' || $name) OR ends_with(arn, ':' || $name)
GROUP BY arn
ORDER BY arn
LIMIT 100
