-- Task definitions by family: a revision is replaced by the next.
SELECT regexp_replace(arn, ':[0-9]+$', '') AS arn, max(family) AS title, account_id, region, max(family) AS name, task_role_arn AS role_arn
FROM aws_ecs_task_definition
WHERE task_role_arn <> ''
GROUP BY regexp_replace(arn, ':[0-9]+$', ''), account_id, region, task_role_arn
