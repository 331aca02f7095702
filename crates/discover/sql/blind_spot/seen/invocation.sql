SELECT account_id, region, CASE WHEN operation LIKE 'InvokeEndpoint%' THEN 'sagemaker_capture' ELSE 'bedrock_invocation' END AS source,
  min(event_time) AS first_seen, max(event_time) AS last_seen, count(*) AS records
FROM model_invocation WHERE $window
GROUP BY 1, 2, 3
