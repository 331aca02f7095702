-- Service accounts, whether or not a pod has them.
SELECT account_id, region, cluster_arn, cluster_name AS cluster, namespace, name AS service_account, labels
FROM kubernetes_service_account
