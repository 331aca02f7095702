-- Minutes in which the product's own probes called a model: account_id, region, model_id, run_id, minute.
select distinct account_id, region, target as model_id, run_id, date_trunc('minute', attempted_at) + minutes.distance as minute
from probe_attempt
cross join (select interval '-1 minutes' as distance union all select interval '0 minutes' union all select interval '1 minutes') as minutes
where attempted_at >= $history and attempted_at < $until
