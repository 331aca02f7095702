-- VPCs of the newest scans that no active flow log covers, neither theirs nor one of a subnet or interface in them. Default VPCs
-- with nothing in them have no traffic.
WITH covered AS (
  SELECT DISTINCT l.account_id, l.region, coalesce(s.vpc_id, i.vpc_id, l.resource_id) AS vpc_id
  FROM aws_vpc_flow_log l
  LEFT JOIN aws_vpc_subnet s ON s.account_id = l.account_id AND s.region = l.region AND s.subnet_id = l.resource_id
  LEFT JOIN aws_ec2_network_interface i
    ON i.account_id = l.account_id AND i.region = l.region AND i.network_interface_id = l.resource_id
  WHERE l.flow_log_status = 'ACTIVE'
), used AS (
  SELECT DISTINCT account_id, region, vpc_id FROM aws_ec2_network_interface
)
SELECT v.account_id, v.region, v.vpc_id
FROM aws_vpc v
LEFT JOIN covered c ON c.account_id = v.account_id AND c.region = v.region AND c.vpc_id = v.vpc_id
LEFT JOIN used u ON u.account_id = v.account_id AND u.region = v.region AND u.vpc_id = v.vpc_id
WHERE c.vpc_id IS NULL AND NOT (coalesce(v.is_default, false) AND u.vpc_id IS NULL)
ORDER BY 1, 2, 3
