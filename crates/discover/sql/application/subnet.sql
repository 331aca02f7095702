SELECT subnet_id, vpc_id FROM aws_vpc_subnet
