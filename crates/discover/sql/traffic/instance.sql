-- Instances as all scans saw them. Their ids never come again.
SELECT account_id, region, arn, title, config->>'instance_id' AS instance_id, config->>'vpc_id' AS vpc_id,
  config->>'subnet_id' AS subnet_id, config->>'private_ip_address' AS address, config->>'public_ip_address' AS public_address,
  tags LIKE '%"kubernetes.io/cluster/%' OR tags LIKE '%"eks:cluster-name"%' AS is_node,
  min(config->>'launch_time') AS launched_at, min(collected_at) AS first_seen, max(collected_at) AS last_seen
FROM resource
WHERE table_name = 'aws_ec2_instance'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
