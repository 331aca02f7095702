-- Network interfaces as all scans saw them: one row for each way in which one was described.
SELECT account_id, region, arn,
  config->>'network_interface_id' AS interface_id, config->>'vpc_id' AS vpc_id, config->>'subnet_id' AS subnet_id,
  config->>'description' AS description, config->>'interface_type' AS interface_type,
  config->'attachment'->>'InstanceId' AS instance_id, config->'attachment'->>'AttachTime' AS attached_at,
  config->'attachment'->>'DeviceIndex' AS device_index,
  config->>'private_ip_address' AS address, config->>'private_ip_addresses' AS addresses,
  config->>'ipv6_addresses' AS ipv6_addresses, config->'association'->>'PublicIp' AS public_address,
  config->>'groups' AS groups, config->>'source_dest_check' AS source_dest_check,
  min(collected_at) AS first_seen, max(collected_at) AS last_seen
FROM resource
WHERE table_name = 'aws_ec2_network_interface'
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
