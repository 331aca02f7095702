SELECT account_id, region, arn AS workload_arn, 'task_definition' AS workload_kind, title AS workload_title,
  container_definitions AS containers, task_role_arn AS role_arn
FROM aws_ecs_task_definition
