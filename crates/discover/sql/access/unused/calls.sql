-- What the principal did, refused calls aside: a role's sessions are told by their issuer. Resources are kept of AI services alone,
-- for a bucket's objects may be millions.
WITH call AS (
  SELECT event_source, event_name, region, event_time,
    event_source LIKE '%bedrock%' OR event_source LIKE '%sagemaker%' OR event_source LIKE '%qbusiness%' AS is_ai,
    coalesce(model_id, '') AS model_id, resources
  FROM api_call
  WHERE (issuer_arn = '$principal' OR identity_arn = '$principal')
    AND coalesce(error_code, '') NOT LIKE '%AccessDenied%' AND coalesce(error_code, '') NOT LIKE '%Unauthorized%'
)
SELECT event_source, event_name, CASE WHEN is_ai THEN region END AS region, CASE WHEN is_ai THEN model_id END AS model_id,
  CASE WHEN is_ai THEN resources END AS resources, count(*) AS calls, max(event_time) AS last_seen
FROM call GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
