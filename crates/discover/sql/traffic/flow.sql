-- Accepted and rejected connections of the window, without what keeps networks running: look-ups of names, time, addresses, protocols
-- without ports.
SELECT account_id, region, vpc_id, subnet_id, interface_id, instance_id, client_addr, server_addr, server_port, action, direction,
  CAST(from_client AS BIGINT) AS from_client, pkt_client_addr, pkt_server_addr, server_aws_service, traffic_path,
  next_hop_type, next_hop_id, ecs_task_arn, resource_id, bytes, records, first_seen, last_seen, object, line
FROM flow
WHERE protocol IN (6, 17, 33, 132, 136) AND server_port NOT IN (53, 67, 68, 123, 546, 547, 6081)
  AND $window
