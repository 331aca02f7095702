-- Every pattern of every Allow statement that a user or a role holds.
-- One row a holder, statement and pattern: principal, account_id, kind, title, policy, statement (a number that tells statements
-- apart), negated (the pattern is one of NotAction), pattern (for LIKE, in lower case), resources (JSON, or one text), conditional.
with statement as (
  select principal, account_id, kind, title, policy,
    unnest(coalesce(json_get_array(document, 'Statement'), make_array(json_get_json(document, 'Statement')))) as statement
  from iam_policy
),
-- What is asked of a statement is read here, once: behind the next unnest it would be read for each of its actions.
allow as (
  select principal, account_id, kind, title, policy, row_number() over () as statement,
    json_contains(statement, 'NotAction') as negated,
    coalesce(json_get_json(statement, 'Action'), json_get_json(statement, 'NotAction')) as actions,
    coalesce(json_as_text(statement, 'Resource'), '*') as resources,
    json_contains(statement, 'Condition') as conditional
  from statement
  where json_get_str(statement, 'Effect') = 'Allow'
),
action as (
  select principal, account_id, kind, title, policy, statement, negated, resources, conditional,
    unnest(coalesce(json_get_array(actions), make_array(actions))) as action
  from allow
)
select principal, account_id, kind, title, policy, statement, negated, resources, conditional,
  replace(replace(replace(lower(json_as_text(action)), '_', '\_'), '*', '%'), '?', '_') as pattern
from action
