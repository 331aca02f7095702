-- Flow logs with what they are of; a subnet or an interface is told by its VPC too.
SELECT l.account_id, l.region, l.flow_log_id AS id, l.resource_id,
  coalesce(s.vpc_id, i.vpc_id, l.resource_id) AS vpc_id, s.vpc_id IS NOT NULL OR i.vpc_id IS NOT NULL AS is_part,
  coalesce(l.traffic_type, 'ALL') AS traffic, coalesce(l.log_format, '') AS format,
  coalesce(l.log_destination_type, 'cloud-watch-logs') AS destination_type,
  coalesce(l.deliver_logs_status, '') AS delivery, coalesce(l.deliver_logs_error_message, '') AS delivery_error,
  l.creation_time AS since
FROM aws_vpc_flow_log l
LEFT JOIN aws_vpc_subnet s ON s.account_id = l.account_id AND s.region = l.region AND s.subnet_id = l.resource_id
LEFT JOIN aws_ec2_network_interface i
  ON i.account_id = l.account_id AND i.region = l.region AND i.network_interface_id = l.resource_id
WHERE l.flow_log_status = 'ACTIVE'
