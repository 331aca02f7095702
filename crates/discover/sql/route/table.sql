SELECT region, arn, route_table_id AS id, vpc_id, associations, routes FROM aws_vpc_route_table
