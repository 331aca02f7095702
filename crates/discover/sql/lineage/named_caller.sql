-- Callers and models of the newest map of this ARN, title, or end of an ARN: pods, sessions and users of other accounts are in
-- no inventory table.
SELECT arn, min("table") AS "table", min(title) AS title, min(account_id) AS account_id, min(region) AS region
FROM (
  SELECT workload_arn AS arn, workload_kind AS "table", workload_title AS title, account_id, region FROM current_edge
  UNION ALL SELECT model_arn, model_kind, model_title, account_id, region FROM current_edge
)
WHERE arn = $name OR title = $name OR ends_with(arn, '/' || $name) OR ends_with(arn, ':' || $name)
GROUP BY arn
ORDER BY arn
LIMIT 100
