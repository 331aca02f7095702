SELECT association->>'PublicIp' AS address, 'network interface ' || network_interface_id AS owner
FROM aws_ec2_network_interface
WHERE association->>'PublicIp' <> ''
