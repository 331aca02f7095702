-- Service accounts of pods with the labels of these.
SELECT DISTINCT account_id, region, cluster_arn, cluster_name AS cluster, namespace, coalesce(service_account, 'default') AS service_account, labels
FROM kubernetes_pod
