-- Which policies allow a user or a role to invoke Bedrock models. What policies grant is read, not what denies, boundaries and
-- organisation policies take away. One row a holder and policy: principal, account_id, kind, title, policy,
-- any_model (no list of models, and no condition, narrows it), administrator (it allows every action there is).
with statement as (
  select principal, account_id, kind, title, policy, statement, negated,
    bool_or('bedrock:invokemodel' like pattern or 'bedrock:invokemodelwithresponsestream' like pattern) as matched,
    bool_or(not negated and pattern = '%') as administrator,
    bool_or(not conditional
      and regexp_like(resources, '(^|")(\*|arn:[^"]*:\*|arn:[^"]*:(foundation-model|inference-profile)/\*)("|$)')) as any_model
  from iam_allow
  group by principal, account_id, kind, title, policy, statement, negated
)
select principal, account_id, kind, title, policy, bool_or(administrator) as administrator, bool_or(any_model) as any_model
from statement
where matched <> negated
group by principal, account_id, kind, title, policy
