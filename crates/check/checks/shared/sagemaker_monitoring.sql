-- Monitoring schedules with the network of their jobs, be the job definition carried by the schedule or named by it.
-- One row a schedule: resource, account_id, region, title, endpoint_name, definition (its name, empty where the schedule carries it),
-- defined (false where the named definition is not there), network_config (JSON, or nothing).
with definition as (
  select account_id, region, title, 'DataQuality' as kind, network_config from aws_sagemaker_data_quality_job_definition
  union all
  select account_id, region, title, 'ModelQuality' as kind, network_config from aws_sagemaker_model_quality_job_definition
  union all
  select account_id, region, title, 'ModelBias' as kind, network_config from aws_sagemaker_model_bias_job_definition
  union all
  select account_id, region, title, 'ModelExplainability' as kind, network_config from aws_sagemaker_model_explainability_job_definition
),
schedule as (
  select arn, account_id, region, title, endpoint_name, monitoring_type,
    coalesce(json_get_str(monitoring_schedule_config, 'MonitoringJobDefinitionName'), monitoring_job_definition_name, '') as definition,
    json_contains(monitoring_schedule_config, 'MonitoringJobDefinition') as carried,
    json_get_json(monitoring_schedule_config, 'MonitoringJobDefinition', 'NetworkConfig') as network_config
  from aws_sagemaker_monitoring_schedule
)
select s.arn as resource, s.account_id, s.region, s.title, s.endpoint_name,
  case when s.carried then '' else s.definition end as definition,
  s.carried or d.title is not null as defined,
  coalesce(s.network_config, d.network_config) as network_config
from schedule s
left join definition d on d.account_id = s.account_id and d.region = s.region and d.title = s.definition
  and coalesce(s.monitoring_type, d.kind) = d.kind
