SELECT account_id, region, cluster_name, namespace, name, role_arn
FROM kubernetes_service_account
WHERE role_arn <> '' AND region <> 'global'
