-- Workloads of clusters that have pods, each as one of its pods. The role is that of the pod's own variables, else of its service
-- account's annotation, else of the Pod Identity association.
WITH pods AS (
  SELECT account_id, region, cluster_arn, cluster_name, namespace, workload_kind, workload_name, count(*) AS pods,
    first_value(containers ORDER BY arn) AS containers, first_value(labels ORDER BY arn) AS labels,
    max(service_account) AS service_account, max(role_arn) AS role_arn
  FROM kubernetes_pod
  WHERE phase IN ('Pending', 'Running')
  GROUP BY account_id, region, cluster_arn, cluster_name, namespace, workload_kind, workload_name
),
accounts AS (
  SELECT cluster_arn, namespace, name, max(role_arn) AS role_arn
  FROM kubernetes_service_account GROUP BY cluster_arn, namespace, name
),
associations AS (
  SELECT account_id, region, cluster_name, namespace, service_account, max(role_arn) AS role_arn
  FROM aws_eks_pod_identity_association GROUP BY account_id, region, cluster_name, namespace, service_account
)
SELECT p.account_id, p.region, p.cluster_arn,
  p.cluster_arn || '/' || lower(p.workload_kind) || '/' || p.namespace || '/' || p.workload_name AS workload_arn,
  p.workload_kind, p.namespace || '/' || p.workload_name AS workload_title, p.pods, p.containers, p.labels,
  coalesce(p.role_arn, a.role_arn, i.role_arn) AS role_arn
FROM pods p
LEFT JOIN accounts a ON a.cluster_arn = p.cluster_arn AND a.namespace = p.namespace AND a.name = p.service_account
LEFT JOIN associations i ON i.account_id = p.account_id AND i.region = p.region AND i.cluster_name = p.cluster_name
  AND i.namespace = p.namespace AND i.service_account = p.service_account
