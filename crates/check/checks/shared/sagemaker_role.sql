-- What of SageMaker runs with which role. One row a resource and role: role, account_id, region, resource, what (its kind, for
-- people), interactive (people type the code that runs).
select role_arn as role, account_id, region, arn as resource, 'notebooks' as what, true as interactive
from aws_sagemaker_notebook_instance
union all
select json_get_str(default_user_settings, 'ExecutionRole') as role, account_id, region, arn as resource, 'Studio domains' as what,
  true as interactive
from aws_sagemaker_domain
union all
select json_get_str(default_space_settings, 'ExecutionRole') as role, account_id, region, arn as resource, 'Studio spaces' as what,
  true as interactive
from aws_sagemaker_domain
union all
select json_get_str(user_settings, 'ExecutionRole') as role, account_id, region, arn as resource, 'Studio users' as what,
  true as interactive
from aws_sagemaker_user_profile
union all
select execution_role_arn as role, account_id, region, arn as resource, 'models' as what, false as interactive
from aws_sagemaker_model
union all
select role_arn as role, account_id, region, arn as resource, 'training jobs' as what, false as interactive
from aws_sagemaker_training_job
union all
select role_arn as role, account_id, region, arn as resource, 'processing jobs' as what, false as interactive
from aws_sagemaker_processing_job
union all
select role_arn as role, account_id, region, arn as resource, 'pipelines' as what, false as interactive
from aws_sagemaker_pipeline
union all
select role_arn as role, account_id, region, arn as resource, 'MLflow servers' as what, false as interactive
from aws_sagemaker_mlflow_tracking_server
union all
select json_get_str(instance_group, 'ExecutionRole') as role, account_id, region, resource, 'HyperPod clusters' as what, false as interactive
from (
  select account_id, region, arn as resource, unnest(json_get_array(instance_groups)) as instance_group from aws_sagemaker_cluster
)
