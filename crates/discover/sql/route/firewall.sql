SELECT account_id, region, arn, title, vpc_id, transit_gateway_attachment_id AS attachment_id, firewall_status AS status
FROM aws_networkfirewall_firewall
