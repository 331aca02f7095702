-- Clusters of all scans, with their network.
SELECT account_id, region, title AS name, max(coalesce(config->'resources_vpc_config'->>'vpcId', '')) AS vpc_id
FROM resource
WHERE table_name = 'aws_eks_cluster'
GROUP BY account_id, region, title
