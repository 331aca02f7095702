SELECT account_id, region, CASE WHEN $model_calls THEN event_source END AS event_source, CASE WHEN $model_calls THEN event_name END AS event_name,
  min(event_time) AS first_seen, max(event_time) AS last_seen, count(*) AS records
FROM api_call WHERE $window
GROUP BY 1, 2, 3, 4
