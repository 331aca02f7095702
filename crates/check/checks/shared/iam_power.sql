-- Powers over AI that policies give to users and roles. What policies grant is read, not what denies, boundaries and organisation
-- policies take away. One row a holder, policy and power: principal, account_id, kind, title, policy, power (run: to set up what acts
-- with a role; pass: to give a role to a service; subscribe: to buy models; silence: to switch logging of invocations off;
-- unguard: to delete guardrails), administrator, anything (on any resource and without a condition).
with power as (
  select 'run' as power, unnest(make_array('bedrock:createagent', 'bedrock:createflow', 'bedrock-agentcore:createagentruntime',
    'bedrock-agentcore:createcodeinterpreter', 'sagemaker:createnotebookinstance', 'sagemaker:createtrainingjob',
    'sagemaker:createprocessingjob', 'sagemaker:createmodel')) as action
  union all
  select 'pass', 'iam:passrole'
  union all
  select 'subscribe', 'aws-marketplace:subscribe'
  union all
  select 'silence', 'bedrock:deletemodelinvocationloggingconfiguration'
  union all
  select 'unguard', 'bedrock:deleteguardrail'
),
-- What a pattern tells by itself is read here, once: behind the join it would be read for each power. What cannot match is left out
-- early: policies of AWS list thousands of actions.
allow as (
  select principal, account_id, kind, title, policy, statement, negated, pattern,
    not conditional and regexp_like(resources, '(^|")(\*|arn:[^"]*:\*|arn:[^"]*:[a-z-]+/\*)("|$)') as anything
  from iam_allow
  where negated or regexp_like(pattern, '^(aws-marketplace|bedrock|bedrock-agentcore|iam|sagemaker):|^[^:]*[%_]')
),
matched as (
  select a.principal, a.account_id, a.kind, a.title, a.policy, a.statement, a.negated, w.power, w.action,
    bool_or(w.action like a.pattern) as listed, bool_or(not a.negated and a.pattern = '%') as administrator,
    bool_or(a.anything) as anything
  from allow a
  cross join power w
  group by a.principal, a.account_id, a.kind, a.title, a.policy, a.statement, a.negated, w.power, w.action
)
select principal, account_id, kind, title, policy, power, bool_or(administrator) as administrator, bool_or(anything) as anything
from matched
where listed <> negated
group by principal, account_id, kind, title, policy, power
