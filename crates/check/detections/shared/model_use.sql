-- Use of models, by hour: one row for each identity, model, way and outcome, with its first event. Steady use of any size becomes few rows.
-- The place of the event is looked up afterwards, for the few that are told.
select identity, account_id, region,
  case when event_source = 'bedrock-mantle.amazonaws.com' then 'mantle'
    when event_source = 'sagemaker.amazonaws.com' then 'endpoint'
    when event_source = 'bedrock.amazonaws.com' and event_name not in ('InvokeAgent', 'InvokeInlineAgent', 'InvokeFlow', 'StartFlowExecution', 'Retrieve', 'RetrieveAndGenerate', 'RetrieveAndGenerateStream') then 'model'
    else 'application' end as plane,
  event_name, model_id, $model as model, guardrail_id, net, error, bearer, invoked, hour, first_seen, last_seen, events, source_ip, access_key_id,
  '' as object, cast(0 as bigint) as line, substr(first_event, 17) as event_id
from (
  select identity, account_id, region, event_source, event_name, model_id, guardrail_id, net, error, bearer, invoked, hour,
    min(event_time) as first_seen, max(event_time) as last_seen, count(*) as events, min(source_ip) as source_ip,
    min(access_key_id) as access_key_id, min(moment || event_id) as first_event
  from (
    select $identity as identity, account_id, region, event_source, event_name, model_id, guardrail_id, $net as net, $error as error,
      coalesce(bearer_token, false) as bearer, invoked_by <> '' as invoked, date_trunc('hour', event_time) as hour, event_time, source_ip,
      access_key_id, event_id, cast(arrow_cast(event_time, 'Int64') as varchar) as moment
    from api_call c
    where event_time >= $history and event_time < $until and $inference and event_category <> 'Insight'
      and not exists (
        select 1 from our_call o
        where o.account_id = c.account_id and o.region = c.region and o.minute = date_trunc('minute', c.event_time)
          and (strpos(c.user_agent, 'sightline-probe/' || o.run_id) > 0 or (o.model_id = c.model_id and c.event_name = 'Converse'))
      )
  )
  group by identity, account_id, region, event_source, event_name, model_id, guardrail_id, net, error, bearer, invoked, hour
)
