SELECT network_interface_id AS id, vpc_id, subnet_id FROM aws_ec2_network_interface
