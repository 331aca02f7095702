-- Aliases of flows are in no table; this one every flow has.
SELECT account_id, arn || '/alias/TSTALIASID' AS arn, execution_role_arn AS role FROM aws_bedrock_flow
