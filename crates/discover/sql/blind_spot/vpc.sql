-- VPCs with the number of their interfaces.
SELECT v.account_id, v.region, v.vpc_id, coalesce(v.is_default, false) AS is_default, count(i.network_interface_id) AS interfaces
FROM aws_vpc v
LEFT JOIN aws_ec2_network_interface i ON i.account_id = v.account_id AND i.region = v.region AND i.vpc_id = v.vpc_id
GROUP BY 1, 2, 3, 4
