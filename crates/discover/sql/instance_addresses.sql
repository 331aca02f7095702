SELECT public_ip_address AS address, 'instance ' || instance_id AS owner FROM aws_ec2_instance WHERE public_ip_address <> ''
