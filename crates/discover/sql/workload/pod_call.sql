-- Likewise, as the audit logs of the clusters tell.
SELECT DISTINCT account_id, cluster_name AS cluster, namespace, pod->>'service_account' AS service_account, name AS pod
FROM kubernetes_call
WHERE resource = 'pods' AND pod->>'service_account' <> '' AND name <> ''
