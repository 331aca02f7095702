SELECT account_id, region, arn, subnet_id AS id, vpc_id, owner_id, availability_zone AS zone, cidr_block AS cidr,
  ipv6_cidr_block_association_set AS ipv6
FROM aws_vpc_subnet
