-- When scans found something in the tables that tell who has an address: what a later one of these lacks was gone.
SELECT account_id, region, table_name, min(collected_at) AS began
FROM resource
WHERE table_name IN ('aws_ec2_network_interface', 'aws_ec2_instance')
GROUP BY account_id, region, table_name, scan_id
