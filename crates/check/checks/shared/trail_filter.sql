-- Metric filters on what trails over all regions deliver, and whether somebody hears of what they count. One row a filter and
-- metric: account_id (whose events they are), pattern (without blanks, brackets and quotes), names (the event names that it asks
-- for, joined by "or"), others (its other conditions, sorted), rank (5 somebody hears of it, 4 that could not be seen, less where nobody does), said.
with plain as (
  select account_id, region, log_group_name, filter_name, metric_transformations,
    regexp_replace(filter_pattern, '[\s{}()"]|\$\.', '', 'g') as pattern
  from aws_cloudwatch_log_metric_filter
),
condition as (
  select account_id, region, log_group_name, filter_name, pattern,
    unnest(string_to_array(replace(pattern, '||', '&&'), '&&')) as condition
  from plain
  -- One event has not two names: such a filter counts nothing.
  where not regexp_like(pattern, 'eventName=[^|]*&&eventName=')
),
shape as (
  select account_id, region, log_group_name, filter_name, pattern,
    array_agg(distinct substr(condition, 11)) filter (where condition like 'eventName=%') as names,
    coalesce(string_agg(distinct condition, ' ' order by condition) filter (where condition not like 'eventName=%'), '') as others
  from condition
  group by account_id, region, log_group_name, filter_name, pattern
),
metric as (
  select account_id, region, log_group_name, filter_name, unnest(json_get_array(metric_transformations)) as metric from plain
),
alarm as (
  select account_id, region, arn, title, namespace, metric_name as metric from aws_cloudwatch_alarm where metric_name is not null
  union
  select account_id, region, arn, title, json_get_str(query, 'MetricStat', 'Metric', 'Namespace'), json_get_str(query, 'MetricStat', 'Metric', 'MetricName')
  from (select account_id, region, arn, title, unnest(json_get_array(metrics)) as query from aws_cloudwatch_alarm)
),
call as (
  select account_id, arn, json_as_text(unnest(json_get_array(alarm_actions))) as target
  from aws_cloudwatch_alarm
  where coalesce(actions_enabled, true)
),
heard as (
  select c.arn, max(case
    when c.target not like 'arn:%:sns:%' or s.topic_arn is not null then 5
    when split_part(c.target, ':', 5) <> c.account_id then 4
    else 3
  end) as rank
  from call c
  left join (select distinct topic_arn from aws_sns_topic_subscription where subscription_arn like 'arn:%') s on s.topic_arn = c.target
  group by c.arn
),
watched as (
  select s.account_id, s.region, s.log_group_name, s.filter_name, s.pattern, s.names, s.others, a.title as alarm,
    case when a.arn is null then 1 else coalesce(h.rank, 2) end as rank
  from shape s
  join metric m on m.account_id = s.account_id and m.region = s.region and m.log_group_name = s.log_group_name and m.filter_name = s.filter_name
  left join alarm a on a.account_id = s.account_id and a.region = s.region
    and a.namespace = json_get_str(m.metric, 'metricNamespace') and a.metric = json_get_str(m.metric, 'metricName')
  left join heard h on h.arn = a.arn
)
select d.account_id, w.pattern, w.names, w.others, w.rank,
  case w.rank
    when 5 then 'the alarm ' || w.alarm || ' tells somebody of what the filter ' || w.filter_name || ' counts'
    when 4 then 'the alarm ' || w.alarm || ' calls a topic of another account, whose listeners were not seen'
    when 3 then 'the alarm ' || w.alarm || ' calls a topic to which nobody listens'
    when 2 then 'the alarm ' || w.alarm || ' calls nobody'
    else 'no alarm watches what the filter ' || w.filter_name || ' counts'
  end as said
from watched w
join trail_delivery d on d.log_account = w.account_id and d.log_region = w.region and d.log_group = w.log_group_name
