-- Public addresses that are the accounts' own: of network interfaces, NAT gateways and instances.
select distinct address from (
  select json_get_str(association, 'PublicIp') as address from aws_ec2_network_interface
  union all
  select json_get_str(gateway_address, 'PublicIp')
  from (select unnest(json_get_array(nat_gateway_addresses)) as gateway_address from aws_vpc_nat_gateway)
  union all
  select public_ip_address from aws_ec2_instance
) where address <> ''
