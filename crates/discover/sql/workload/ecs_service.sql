SELECT arn, title, account_id, region, title AS name, task_role_arn AS role_arn, task_definition AS made_from FROM aws_ecs_service
