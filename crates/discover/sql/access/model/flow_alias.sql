-- Aliases of flows are in no table; this one every flow has.
SELECT account_id, region, arn || '/alias/TSTALIASID' AS arn FROM aws_bedrock_flow
