SELECT account_id,
  'arn:' || "partition" || ':eks:' || region || ':' || account_id || ':pod/' || cluster_name || '/' || namespace || '/' || service_account AS arn,
  role_arn AS role
FROM aws_eks_pod_identity_association
