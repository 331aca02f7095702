-- Every policy that a user or a role holds: inline, attached, and for users those of their groups.
-- One row a holder and policy: principal, account_id, kind, title, policy, policy_arn (empty where inline), document.
with holder as (
  select arn as principal, account_id, 'user' as kind, title, inline_policies, attached_policies from aws_iam_user
  union all
  select arn as principal, account_id, 'role' as kind, title, inline_policies, attached_policies from aws_iam_role
  union all
  select u.arn as principal, u.account_id, 'user' as kind, u.title, g.inline_policies, g.attached_policies
  from (select arn, account_id, title, json_as_text(unnest(json_get_array(groups))) as group_name from aws_iam_user) u
  join aws_iam_group g on g.account_id = u.account_id and g.title = u.group_name
),
inline as (
  select principal, account_id, kind, title, unnest(json_get_array(inline_policies)) as policy from holder
),
attached as (
  select principal, account_id, kind, title, unnest(json_get_array(attached_policies)) as policy from holder
)
select principal, account_id, kind, title, json_get_str(policy, 'PolicyName') as policy, '' as policy_arn,
  json_get_json(policy, 'PolicyDocument') as document
from inline
union all
select a.principal, a.account_id, a.kind, a.title, json_get_str(a.policy, 'PolicyName') as policy, p.arn as policy_arn,
  p.policy_document as document
from attached a
join aws_iam_policy p on p.account_id = a.account_id and p.arn = json_get_str(a.policy, 'PolicyArn')
