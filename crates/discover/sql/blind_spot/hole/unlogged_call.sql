-- Calls that models' own logs tell and CloudTrail does not, by hour.
SELECT i.account_id, i.region, date_trunc('hour', i.event_time) AS hour, count(*) AS records,
  min(i.event_time) AS first_seen, max(i.event_time) AS last_seen
FROM model_invocation i
WHERE i.request_id <> '' AND coalesce(i.operation, '') NOT LIKE 'InvokeEndpoint%' AND $window
  AND NOT EXISTS (SELECT 1 FROM api_call c WHERE c.request_id = i.request_id AND c.event_source = 'bedrock.amazonaws.com')
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
