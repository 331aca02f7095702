-- The newest map, one row a workload and model.
SELECT workload_arn, max(workload_kind) AS workload_kind, max(workload_title) AS workload_title,
  max(account_id) AS account_id, model_arn, max(model_kind) AS model_kind, max(model_title) AS model_title,
  max(region) AS region, sum(calls) AS calls
FROM current_edge
WHERE workload_arn <> '' AND model_arn <> ''
GROUP BY workload_arn, model_arn
ORDER BY model_arn, workload_arn
