-- Every pattern of every Allow statement that a user or a role holds.
-- One row a holder, statement and pattern: principal, account_id, kind, title, policy, statement, pattern (for LIKE, in lower
-- case), negated (the pattern is one of NotAction), resources (JSON or one text), conditional.
with statement as (
  select principal, account_id, kind, title, policy,
    unnest(coalesce(json_get_array(document, 'Statement'), make_array(json_get_json(document, 'Statement')))) as statement
  from iam_policy
),
element as (
  select *, json_contains(statement, 'NotAction') as negated,
    coalesce(json_get_json(statement, 'Action'), json_get_json(statement, 'NotAction')) as actions
  from statement
  where json_get_str(statement, 'Effect') = 'Allow'
),
pattern as (
  select principal, account_id, kind, title, policy, statement, negated,
    unnest(coalesce(json_get_array(actions), make_array(actions))) as action
  from element
)
select principal, account_id, kind, title, policy, statement, negated,
  replace(replace(replace(lower(json_as_text(action)), '_', '\_'), '*', '%'), '?', '_') as pattern,
  coalesce(json_as_text(statement, 'Resource'), '*') as resources,
  json_contains(statement, 'Condition') as conditional
from pattern
