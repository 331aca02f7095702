-- Log groups to which a trail delivers that is on, covers all regions and keeps management events of both kinds, of KMS too.
-- One row a trail: account_id, trail, log_account, log_region, log_group.
with basic as (
  select arn, unnest(json_get_array(event_selectors)) as selector from aws_cloudtrail_trail
),
advanced as (
  select arn, unnest(json_get_array(advanced_event_selectors)) as selector from aws_cloudtrail_trail
),
complete as (
  select arn from basic
  where json_get_str(selector, 'ReadWriteType') = 'All' and coalesce(json_get_bool(selector, 'IncludeManagementEvents'), true)
    and coalesce(json_as_text(selector, 'ExcludeManagementEventSources'), '') not like '%kms%'
  union
  select arn from advanced
  where json_as_text(selector, 'FieldSelectors') like '%"Management"%'
    and not regexp_like(json_as_text(selector, 'FieldSelectors'), '"Field"\s*:\s*"(readOnly|eventSource|eventName|userIdentity.arn)"')
)
select t.account_id, t.title as trail,
  split_part(t.cloud_watch_logs_log_group_arn, ':', 5) as log_account, split_part(t.cloud_watch_logs_log_group_arn, ':', 4) as log_region,
  split_part(t.cloud_watch_logs_log_group_arn, ':', 7) as log_group
from aws_cloudtrail_trail t
join complete c on c.arn = t.arn
where t.is_multi_region_trail and t.is_logging and coalesce(t.cloud_watch_logs_log_group_arn, '') <> ''
