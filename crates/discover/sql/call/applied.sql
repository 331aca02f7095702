-- Who runs guardrails beside the call instead of on it.
SELECT region, CASE WHEN issuer_arn <> '' THEN issuer_arn ELSE identity_arn END AS identity_arn, count(DISTINCT event_id) AS calls
FROM api_call
WHERE $day AND event_source = 'bedrock.amazonaws.com' AND event_name = 'ApplyGuardrail' AND error_code = ''
GROUP BY 1, 2
