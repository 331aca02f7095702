-- Regions in which Bedrock or SageMaker is used, with what shows it. Regions that nobody uses give no row.
select account_id, region, string_agg(distinct evidence, ', ' order by evidence) as evidence
from (
  select account_id, region, evidence from bedrock_use
  union all
  select account_id, region, 'agent runtimes' from aws_bedrock_agentcore_runtime
  union all
  select account_id, region, 'SageMaker models' from aws_sagemaker_model
  union all
  select account_id, region, 'endpoints' from aws_sagemaker_endpoint
  union all
  select account_id, region, 'notebooks' from aws_sagemaker_notebook_instance
  union all
  select account_id, region, 'Studio domains' from aws_sagemaker_domain
)
group by account_id, region
