-- Regions in which Bedrock is used, with what shows it. Regions that nobody uses give no row.
select account_id, region, string_agg(distinct evidence, ', ' order by evidence) as evidence
from (
  select account_id, region, 'agents' as evidence from aws_bedrock_agent
  union all
  select account_id, region, 'knowledge bases' from aws_bedrock_knowledge_base
  union all
  select account_id, region, 'guardrails' from aws_bedrock_guardrail
  union all
  select account_id, region, 'custom models' from aws_bedrock_custom_model
  union all
  select account_id, region, 'imported models' from aws_bedrock_imported_model
  union all
  select account_id, region, 'provisioned throughput' from aws_bedrock_provisioned_model_throughput
  union all
  select account_id, region, 'calls' from api_call
  where event_source = 'bedrock.amazonaws.com' and model_id <> '' and error_code = ''
)
group by account_id, region
