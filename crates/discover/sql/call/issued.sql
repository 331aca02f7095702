-- Who was given the keys that models were called with on a day, and who had been given the keys of those, five times over.
-- `$calls`: calls of models on that day; `$issued`: a longer time, in which sessions may have begun.
WITH RECURSIVE chain AS (
  SELECT DISTINCT access_key_id AS key, 0 AS depth
  FROM api_call
  WHERE $calls AND access_key_id <> ''
  UNION ALL
  SELECT DISTINCT given.access_key_id AS key, chain.depth + 1 AS depth
  FROM chain JOIN api_call AS given ON given.issued_access_key_id = chain.key
  WHERE $given AND chain.depth < 5 AND given.access_key_id <> ''
)
SELECT account_id, region, event_source, event_name, identity_type, identity_arn, identity_account_id, user_name, principal_id,
  issuer_arn, session_name, access_key_id, ec2_role_delivery, invoked_by, credentials_issued_to, source_ip,
  issued_access_key_id,
  session_tags->>'eks-cluster-name' AS cluster,
  session_tags->>'kubernetes-namespace' AS namespace,
  session_tags->>'kubernetes-service-account' AS service_account,
  session_tags->>'kubernetes-pod-name' AS pod,
  min(concat_ws(chr(31), CAST(event_time AS varchar), event_id, object, CAST(line AS varchar))) AS place
FROM api_call
WHERE $issued AND issued_access_key_id <> '' AND issued_access_key_id IN (SELECT key FROM chain)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21
