-- Who was given the keys that models were called with, and who had been given the keys of those, five times over.
WITH RECURSIVE chain AS (
  SELECT DISTINCT access_key_id AS key, 0 AS depth
  FROM api_call
  WHERE ($model_calls) AND access_key_id <> ''
  UNION ALL
  SELECT given.access_key_id AS key, chain.depth + 1 AS depth
  FROM chain JOIN api_call AS given ON given.issued_access_key_id = chain.key
  WHERE chain.depth < 5 AND given.access_key_id <> ''
)
SELECT DISTINCT account_id, region, event_source, event_name, identity_type, identity_arn, identity_account_id, user_name, principal_id,
  issuer_arn, session_name, access_key_id, ec2_role_delivery, invoked_by, source_ip,
  issued_access_key_id,
  session_tags->>'eks-cluster-name' AS cluster,
  session_tags->>'kubernetes-namespace' AS namespace,
  session_tags->>'kubernetes-service-account' AS service_account,
  session_tags->>'kubernetes-pod-name' AS pod
FROM api_call
WHERE issued_access_key_id <> '' AND issued_access_key_id IN (SELECT key FROM chain)
