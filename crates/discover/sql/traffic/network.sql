-- Address ranges of our networks, in all scans.
SELECT DISTINCT config->>'vpc_id' AS vpc_id, config->>'cidr_block' AS cidr,
  config->>'cidr_block_association_set' AS more, config->>'ipv6_cidr_block_association_set' AS ipv6
FROM resource
WHERE table_name = 'aws_vpc'
