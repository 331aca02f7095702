-- What model invocation logs tell of use, by hour: one row for each identity, model and outcome. Tokens include those that a cache held.
select coalesce(r.identity, t.stripped) as identity, t.account_id, t.region, t.model_id, t.hour, t.guardrail_action, t.error, t.first_seen,
  t.last_seen, t.events, t.fresh_tokens, t.cached_tokens, t.output_tokens, t.tokens, '' as source_ip, '' as access_key_id, t.object, t.line,
  t.event_id
from (
  select stripped, account_id, region, model_id, hour, guardrail_action, error, min(event_time) as first_seen, max(event_time) as last_seen,
    count(*) as events, sum(input_tokens) as fresh_tokens, sum(cached) as cached_tokens, sum(output_tokens) as output_tokens,
    sum(input_tokens + cached + output_tokens) as tokens, '' as object, cast(0 as bigint) as line, substr(min(moment || request_id), 17) as event_id
  from (
    select case
        when strpos(identity_arn, ':assumed-role/AWSReservedSSO_') > 0 then identity_arn
        else regexp_replace(identity_arn, ':sts::([0-9]*):assumed-role/([^/]+)/.*', ':iam::\1:role/\2')
      end as stripped,
      account_id, region, model_id, date_trunc('hour', event_time) as hour, guardrail_action, $error as error, event_time,
      coalesce(input_tokens, 0) as input_tokens, coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0) as cached,
      coalesce(output_tokens, 0) as output_tokens, request_id,
      cast(arrow_cast(event_time, 'Int64') as varchar) as moment
    from model_invocation i
    where event_time >= $history and event_time < $until
      and not exists (select 1 from probe_attempt p where p.run_id = json_get_str(i.request_metadata, 'sightline-probe')
        and i.event_time between p.attempted_at - interval '10 minutes' and p.attempted_at + interval '10 minutes')
  )
  group by stripped, account_id, region, model_id, hour, guardrail_action, error
) t
left join (
  select stripped, min(identity) as identity
  from (select distinct identity, regexp_replace(identity, ':role/.*/', ':role/') as stripped from model_use)
  group by stripped
) r on r.stripped = t.stripped
