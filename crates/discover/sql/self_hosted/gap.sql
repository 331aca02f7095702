-- What was not read of the containers: the lists that only tell which workload a pod is of hide none.
SELECT DISTINCT table_name, region, coalesce(nullif(target, ''), region) AS place,
  coalesce(nullif(error_code, ''), outcome) AS reason
FROM current_coverage
WHERE table_name IN ('aws_ecs_task_definition', 'aws_sagemaker_model', 'kubernetes_pod')
  AND coalesce(operation, '') NOT IN ('kubernetes:list replicasets', 'kubernetes:list jobs')
  AND outcome NOT IN ('ok', 'unsupported')
ORDER BY table_name, place, reason
