-- Tasks of every scan: they are gone sooner than the logs of their calls.
SELECT arn, account_id, region, max(config->>'group') AS "group", max(config->>'task_definition_arn') AS made_from,
  max(coalesce(config->'overrides'->>'taskRoleArn', config->>'task_role_arn')) AS role_arn
FROM resource
WHERE table_name = 'aws_ecs_task'
GROUP BY arn, account_id, region
