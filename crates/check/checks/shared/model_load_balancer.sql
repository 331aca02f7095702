-- Load balancers behind which a workload stands that may invoke models. One row a load balancer: arn, workloads (for people).
-- Targets are found by instance, by function, and by the ECS service that registers with the target group.
with target as (
  select arn as group_arn, account_id, region, load_balancer_arns,
    unnest(json_get_array(target_health_descriptions)) as health
  from aws_ec2_target_group
),
registered as (
  select arn as group_arn, account_id, region, load_balancer_arns, cast(null as varchar) as target_id from aws_ec2_target_group
  union all
  select group_arn, account_id, region, load_balancer_arns, json_get_str(health, 'Target', 'Id') as target_id from target
),
served as (
  select group_arn, account_id, region, target_id, json_as_text(unnest(json_get_array(load_balancer_arns))) as load_balancer
  from registered
),
service as (
  select arn, json_get_str(unnest(json_get_array(load_balancers)), 'targetGroupArn') as group_arn from aws_ecs_service
),
behind as (
  select s.load_balancer, w.kind, w.title
  from served s
  join model_workload w on w.account_id = s.account_id and w.region = s.region
    and (w.arn = s.target_id or w.arn like '%/' || s.target_id)
  union all
  select s.load_balancer, w.kind, w.title
  from served s
  join service e on e.group_arn = s.group_arn
  join model_workload w on w.arn = e.arn
  where s.target_id is null
)
select load_balancer as arn, string_agg(workload, ', ' order by workload) as workloads
from (select distinct load_balancer, kind || ' ' || title as workload from behind)
group by load_balancer
