SELECT account_id, region, arn, vpc_peering_connection_id AS id, status->>'Code' AS state,
  requester_vpc_info->>'VpcId' AS requester, accepter_vpc_info->>'VpcId' AS accepter,
  requester_vpc_info->>'OwnerId' AS requester_account, accepter_vpc_info->>'OwnerId' AS accepter_account
FROM aws_vpc_peering_connection
