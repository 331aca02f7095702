-- Calls of models, one row for all that share caller, target and path, with the tokens that the model's own log counts for them.
-- `$calls` is the list of the module `calls` in some time, `$told` a little more time.
-- A place is text, time first: the least of structures costs a hundred times as much.
-- What tells whether a guardrail was named: the request's parameters, where the log shows them whole.
WITH told AS (
  SELECT request_id, 1 AS counted, max(input_tokens) AS input_tokens, max(output_tokens) AS output_tokens,
    max(cache_read_tokens) AS cache_read_tokens, max(cache_write_tokens) AS cache_write_tokens,
    min(concat_ws(chr(31), CAST(event_time AS varchar), request_id, object, CAST(line AS varchar))) AS record
  FROM model_invocation
  WHERE $told AND request_id <> '' AND (input_tokens IS NOT NULL OR output_tokens IS NOT NULL)
  GROUP BY request_id
),
calls AS (
  SELECT *,
    coalesce(guardrail_id, '') <> '' AS guarded,
    coalesce(request_parameters LIKE '{%' AND request_parameters NOT LIKE '%"sightline:cut"%', false) AS shown,
    coalesce(error_code, '') = '' AS succeeded,
    concat_ws(chr(31), CAST(event_time AS varchar), event_id, object, CAST(line AS varchar)) AS place
  FROM $delivered
)
SELECT c.account_id, c.region, event_source, event_name, model_id, identity_type, identity_arn, identity_account_id, user_name, principal_id,
  issuer_arn, session_name, access_key_id, ec2_role_delivery, invoked_by, credentials_issued_to, source_ip, vpc_endpoint_id,
  max(host) AS host,
  bool_or(bearer_token) AS bearer_token,
  sum(CASE WHEN succeeded THEN 1 ELSE 0 END) AS calls,
  sum(CASE WHEN succeeded THEN 0 ELSE 1 END) AS errors,
  sum(CASE WHEN guarded THEN 1 ELSE 0 END) AS guarded,
  sum(CASE WHEN shown AND NOT guarded THEN 1 ELSE 0 END) AS unguarded,
  max(guardrail_id) AS guardrail_id,
  min(c.event_time) AS first_seen,
  max(c.event_time) AS last_seen,
  min(place) AS first_place,
  max(place) AS last_place,
  sum(CASE WHEN succeeded THEN t.counted END) AS counted_calls,
  sum(t.input_tokens) AS input_tokens,
  sum(t.output_tokens) AS output_tokens,
  sum(t.cache_read_tokens) AS cache_read_tokens,
  sum(t.cache_write_tokens) AS cache_write_tokens,
  min(t.record) AS record
FROM told t RIGHT JOIN calls c ON t.request_id = c.request_id
GROUP BY c.account_id, c.region, event_source, event_name, model_id, identity_type, identity_arn, identity_account_id, user_name,
  principal_id, issuer_arn, session_name, access_key_id, ec2_role_delivery, invoked_by, credentials_issued_to, source_ip,
  vpc_endpoint_id
