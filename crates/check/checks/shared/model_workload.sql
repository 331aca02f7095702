-- Workloads whose role some policy lets invoke Bedrock models. One row a workload: kind, arn, account_id, region, title, role, vpc_id
-- (nothing where it runs outside of the customer's networks). What policies grant is read, as in iam_invoke.
with workload as (
  select 'instance' as kind, i.arn, i.account_id, i.region, i.title, json_get_str(p.roles, 0, 'Arn') as role, i.vpc_id
  from aws_ec2_instance i
  join aws_iam_instance_profile p on p.arn = json_get_str(i.iam_instance_profile, 'Arn')
  where coalesce(json_get_str(i.state, 'Name'), '') <> 'terminated'
  union all
  select 'function' as kind, arn, account_id, region, title, role, json_get_str(vpc_config, 'VpcId') as vpc_id
  from aws_lambda_function
  union all
  select 'service' as kind, s.arn, s.account_id, s.region, s.title, s.task_role_arn as role, n.vpc_id
  from aws_ecs_service s
  left join aws_vpc_subnet n on n.account_id = s.account_id and n.region = s.region
    and n.subnet_id = json_get_str(s.network_configuration, 'awsvpcConfiguration', 'subnets', 0)
  union all
  select 'pods' as kind, a.arn, a.account_id, a.region, a.title, a.role_arn as role,
    json_get_str(c.resources_vpc_config, 'vpcId') as vpc_id
  from aws_eks_pod_identity_association a
  join aws_eks_cluster c on c.account_id = a.account_id and c.region = a.region and c.title = a.cluster_name
  union all
  select 'nodes' as kind, g.arn, g.account_id, g.region, g.title, g.node_role as role,
    json_get_str(c.resources_vpc_config, 'vpcId') as vpc_id
  from aws_eks_node_group g
  join aws_eks_cluster c on c.account_id = g.account_id and c.region = g.region and c.title = g.cluster_name
)
select distinct w.kind, w.arn, w.account_id, w.region, w.title, w.role, w.vpc_id
from workload w
where w.role in (select principal from iam_invoke where kind = 'role')
