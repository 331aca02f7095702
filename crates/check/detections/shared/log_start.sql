-- Since when the logs of each account tell what is usual: account_id, settled (before it everything looks new).
select account_id, min(event_time) + $settled as settled
from api_call
where event_time >= $history and event_time < $until and event_category <> 'Data'
group by account_id
