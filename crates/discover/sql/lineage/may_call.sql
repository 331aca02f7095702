-- Who may use these: workloads where one runs as the principal, else the principal.
SELECT resource_arn, caller_arn, max(caller_kind) AS caller_kind, max(account_id) AS account_id,
  min(decision) AS decision
FROM (
  SELECT resource_arn, account_id, decision,
    CASE WHEN workload_arn <> '' THEN workload_arn ELSE principal_arn END AS caller_arn,
    CASE WHEN workload_arn <> '' THEN workload_kind ELSE principal_kind END AS caller_kind
  FROM current_model_access
  WHERE resource_arn IN ($arns)
)
GROUP BY resource_arn, caller_arn
ORDER BY resource_arn, caller_arn
