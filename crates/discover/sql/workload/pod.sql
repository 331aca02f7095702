SELECT account_id, region, cluster_name AS cluster, namespace, service_account, role_arn
FROM aws_eks_pod_identity_association
