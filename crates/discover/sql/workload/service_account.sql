SELECT account_id, region, cluster_name AS cluster, namespace, name AS service_account, role_arn, true AS is_annotation
FROM kubernetes_service_account
WHERE role_arn <> '' AND region <> 'global'
