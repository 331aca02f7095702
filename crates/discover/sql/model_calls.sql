-- Calls of models, one row for all that share caller, target and path. `$model_calls` is the list of the module `calls`.
-- What tells whether a guardrail was named: the request's parameters, where the log shows them whole.
-- Trails deliver some events twice: an event counts once.
WITH delivered AS (
  SELECT *, row_number() OVER (
      PARTITION BY account_id, region, CASE WHEN event_id = '' THEN concat(object, ':', line) ELSE event_id END
      ORDER BY object, line) AS delivery
  FROM api_call
  WHERE $model_calls
),
calls AS (
  SELECT *,
    coalesce(guardrail_id, '') <> '' AS guarded,
    coalesce(request_parameters LIKE '{%' AND request_parameters NOT LIKE '%"sightline:cut"%', false) AS told,
    coalesce(error_code, '') = '' AS succeeded,
    named_struct('object', object, 'line', line, 'event_id', event_id, 'at', event_time) AS place
  FROM delivered
  WHERE delivery = 1
)
SELECT account_id, region, event_source, event_name, model_id,
  identity_type, identity_arn, identity_account_id, user_name, principal_id, issuer_arn, session_name, access_key_id,
  ec2_role_delivery, invoked_by, source_ip, vpc_endpoint_id,
  bool_or(bearer_token) AS bearer_token,
  sum(CASE WHEN succeeded THEN 1 ELSE 0 END) AS calls,
  sum(CASE WHEN succeeded THEN 0 ELSE 1 END) AS errors,
  sum(CASE WHEN guarded THEN 1 ELSE 0 END) AS guarded,
  sum(CASE WHEN told AND NOT guarded THEN 1 ELSE 0 END) AS unguarded,
  max(guardrail_id) AS guardrail_id,
  min(event_time) AS first_seen,
  max(event_time) AS last_seen,
  nth_value(place, 1 ORDER BY event_time, event_id) AS first_place,
  nth_value(place, 2 ORDER BY event_time, event_id) AS second_place,
  nth_value(place, 3 ORDER BY event_time, event_id) AS third_place
FROM calls
GROUP BY account_id, region, event_source, event_name, model_id, identity_type, identity_arn, identity_account_id, user_name,
  principal_id, issuer_arn, session_name, access_key_id, ec2_role_delivery, invoked_by, source_ip, vpc_endpoint_id
