-- Users and roles with an attached policy whose document was not collected: what they may do is not known. For users, policies of
-- their groups count. One row a holder: principal, policy.
with holder as (
  select arn as principal, account_id, attached_policies from aws_iam_user
  union all
  select arn as principal, account_id, attached_policies from aws_iam_role
  union all
  select u.arn as principal, u.account_id, g.attached_policies
  from (select arn, account_id, json_as_text(unnest(json_get_array(groups))) as group_name from aws_iam_user) u
  join aws_iam_group g on g.account_id = u.account_id and g.title = u.group_name
),
attached as (
  select principal, account_id, json_get_str(unnest(json_get_array(attached_policies)), 'PolicyArn') as policy from holder
)
select a.principal, min(a.policy) as policy
from attached a
left join aws_iam_policy p on p.account_id = a.account_id and p.arn = a.policy
where p.policy_document is null
group by a.principal
