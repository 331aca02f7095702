-- A service account is where its pods are: their addresses are of subnets of the cluster's network, or their nodes' are.
SELECT DISTINCT
  'arn:' || p."partition" || ':eks:' || p.region || ':' || p.account_id || ':pod/' || p.cluster_name || '/' || p.namespace || '/' || p.service_account AS arn,
  p.account_id, p.region, c.resources_vpc_config->>'vpcId' AS vpc_id, p.pod_ip AS address, p.host_ip AS node_address
FROM kubernetes_pod p
JOIN aws_eks_cluster c ON c.arn = p.cluster_arn
WHERE p.service_account <> '' AND p.phase <> 'Succeeded' AND p.phase <> 'Failed'
