-- Identities whose first dealings with models lie behind the time from which the logs tell what is usual: identity, account_id, arrived.
select f.identity, f.account_id, f.arrived
from (
  select identity, account_id, min(first_seen) as arrived
  from (
    select identity, account_id, first_seen from model_use
    union all
    select identity, account_id, first_seen from ai_event where event_source like 'bedrock%' or event_source like 'aws-external%'
  )
  group by identity, account_id
) f
join log_start s on s.account_id = f.account_id
where f.arrived >= s.settled
