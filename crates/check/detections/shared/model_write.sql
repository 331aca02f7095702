-- Changes that succeeded, with whether the identity had made any change of that kind before: the columns of ai_event, and is_new.
select e.*, e.first_seen >= s.settled and f.first_change >= $from - interval '24 hours' as is_new
from ai_event e
join (
  select identity, account_id, event_name, min(first_seen) as first_change
  from ai_event where error = '' group by identity, account_id, event_name
) f on f.identity = e.identity and f.account_id = e.account_id and f.event_name = e.event_name
join log_start s on s.account_id = e.account_id
where e.error = '' and e.first_seen >= $from
