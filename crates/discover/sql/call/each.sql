-- Each call of a model once, with what a trail tells of it and what the model's own log does. `$calls` is the list of the module `calls`,
-- `$near` a little more than the time asked for, on both sides: the two logs of one call may lie on either side of its edge.
-- The same record may be delivered twice: its first place is taken.
WITH trailed AS (
  SELECT *, row_number() OVER (
    PARTITION BY account_id, region, CASE WHEN coalesce(event_id, '') = '' THEN concat(object, ':', line) ELSE event_id END
    ORDER BY object, line) AS delivery
  FROM api_call WHERE $near AND $calls
),
told AS (
  SELECT *, row_number() OVER (
    PARTITION BY account_id, region, CASE WHEN coalesce(request_id, '') = '' THEN concat(object, ':', line) ELSE request_id END
    ORDER BY object, line) AS delivery
  FROM model_invocation WHERE $near
)
SELECT coalesce(c.event_time, i.event_time) AS event_time,
  coalesce(c.account_id, i.account_id) AS account_id,
  coalesce(c.region, i.region) AS region,
  coalesce(nullif(i.inference_region, ''), c.inference_region) AS inference_region,
  c.event_id, coalesce(c.request_id, i.request_id) AS request_id,
  -- Only Bedrock's runtime and data capture of SageMaker write invocations; the latter have no caller.
  coalesce(c.event_source, CASE WHEN coalesce(i.identity_arn, '') <> '' THEN 'bedrock.amazonaws.com' END) AS event_source,
  coalesce(c.event_name, i.operation) AS operation,
  coalesce(nullif(c.model_id, ''), i.model_id) AS model_id,
  coalesce(nullif(c.identity_arn, ''), i.identity_arn) AS identity_arn,
  c.identity_account_id, c.user_name, c.issuer_arn, c.session_name, c.access_key_id, c.invoked_by, c.source_ip, c.user_agent,
  c.vpc_endpoint_id, c.host,
  coalesce(nullif(c.error_code, ''), i.error_code) AS error_code, c.error_message,
  coalesce(nullif(i.guardrail_id, ''), c.guardrail_id) AS guardrail_id, i.guardrail_action, i.stop_reason,
  i.input_tokens, i.output_tokens, i.latency_ms,
  c.object AS trail_object, c.line AS trail_line, i.object AS invocation_object, i.line AS invocation_line
FROM (SELECT * FROM trailed WHERE delivery = 1) c
FULL OUTER JOIN (SELECT * FROM told WHERE delivery = 1) i
  ON nullif(c.request_id, '') = i.request_id AND c.account_id = i.account_id
WHERE coalesce(c.event_time, i.event_time) >= TIMESTAMP '$from' AND coalesce(c.event_time, i.event_time) < TIMESTAMP '$until'
