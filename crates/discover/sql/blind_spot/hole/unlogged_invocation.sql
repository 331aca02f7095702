-- Calls of models that went well and that no invocation log tells, by hour.
SELECT c.account_id, c.region, date_trunc('hour', c.event_time) AS hour, count(*) AS records,
  min(c.event_time) AS first_seen, max(c.event_time) AS last_seen
FROM api_call c
WHERE c.request_id <> '' AND c.event_source = 'bedrock.amazonaws.com' AND coalesce(c.error_code, '') = ''
  AND c.event_name IN ('InvokeModel', 'InvokeModelWithResponseStream', 'Converse', 'ConverseStream') AND $window
  AND NOT EXISTS (SELECT 1 FROM model_invocation i WHERE i.request_id = c.request_id)
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
