-- Addresses of the services that have gateway endpoints.
SELECT region, prefix_list_id AS id, cidrs FROM aws_vpc_prefix_list
