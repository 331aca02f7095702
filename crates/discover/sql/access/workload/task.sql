SELECT account_id, arn, coalesce(overrides->>'taskRoleArn', task_role_arn) AS role, enable_execute_command AS has_shell FROM aws_ecs_task
