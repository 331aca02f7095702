-- What audit logs tell of pods' lives, each pod's events one after the other.
SELECT account_id, region, cluster_name, namespace, name, verb, subresource, level, event_time,
  pod->>'uid' AS uid, pod->>'pod_ip' AS ip, pod->>'host_ip' AS host_ip, pod->>'service_account' AS service_account,
  pod->>'phase' AS phase
FROM kubernetes_call
WHERE resource = 'pods' AND coalesce(api_group, '') = '' AND name <> ''
  AND verb IN ('create', 'update', 'patch', 'delete') AND subresource IN ('', 'status')
  AND (response_code IS NULL OR response_code < 300) AND $window
ORDER BY account_id, region, cluster_name, namespace, name, event_time, audit_id
