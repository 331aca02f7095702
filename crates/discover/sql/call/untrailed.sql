-- Invocations that the model's own log tells and no trail: the trail is not read, or lost them.
WITH told AS (
  SELECT request_id, account_id, region, identity_arn, model_id, operation, error_code, guardrail_id,
    input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, event_time, object, line,
    row_number() OVER (
      PARTITION BY account_id, region, CASE WHEN request_id = '' THEN concat(object, ':', line) ELSE request_id END
      ORDER BY object, line) AS delivery
  FROM model_invocation
  WHERE $day AND identity_arn <> ''
),
once AS (
  SELECT *, coalesce(error_code, '') = '' AS succeeded, (input_tokens IS NOT NULL OR output_tokens IS NOT NULL) AS is_counted,
    concat_ws(chr(31), CAST(event_time AS varchar), request_id, object, CAST(line AS varchar)) AS place
  FROM told WHERE delivery = 1
),
trailed AS (SELECT DISTINCT request_id FROM api_call WHERE $calls AND request_id <> '')
SELECT account_id, region, identity_arn, model_id, operation AS event_name,
  sum(CASE WHEN succeeded THEN 1 ELSE 0 END) AS calls,
  sum(CASE WHEN succeeded THEN 0 ELSE 1 END) AS errors,
  sum(CASE WHEN coalesce(guardrail_id, '') <> '' THEN 1 ELSE 0 END) AS guarded,
  max(guardrail_id) AS guardrail_id,
  min(event_time) AS first_seen,
  max(event_time) AS last_seen,
  min(place) AS first_place,
  max(place) AS last_place,
  sum(CASE WHEN succeeded AND is_counted THEN 1 END) AS counted_calls,
  sum(input_tokens) AS input_tokens,
  sum(output_tokens) AS output_tokens,
  sum(cache_read_tokens) AS cache_read_tokens,
  sum(cache_write_tokens) AS cache_write_tokens
FROM once o LEFT ANTI JOIN trailed t ON t.request_id = o.request_id
GROUP BY account_id, region, identity_arn, model_id, operation
