SELECT account_id, arn, task_role_arn AS role FROM aws_ecs_service
