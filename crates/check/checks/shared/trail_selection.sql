-- What trails that are on and event data stores keep beside management events. One row a selection: account_id, region (empty for all
-- regions), source, category (Data, NetworkActivity), type (of the resource; empty for network activity), service (the event source
-- that is asked for; empty for any), reads, writes, whole (nothing else narrows it: no single resources, no event names).
with source as (
  select account_id, case when is_multi_region_trail then '' else region end as region, 'the trail ' || title as source,
    event_selectors, advanced_event_selectors
  from aws_cloudtrail_trail
  where is_logging
  union all
  select account_id, case when multi_region_enabled then '' else region end, 'the event data store ' || title, null, advanced_event_selectors
  from aws_cloudtrail_event_data_store
  where status = 'ENABLED'
),
basic as (
  select account_id, region, source, unnest(json_get_array(event_selectors)) as selector from source
),
basic_type as (
  select account_id, region, source, json_get_str(selector, 'ReadWriteType') as kind, unnest(json_get_array(selector, 'DataResources')) as resource
  from basic
),
advanced as (
  select account_id, region, source, unnest(json_get_array(advanced_event_selectors)) as selector from source
),
numbered as (
  select account_id, region, source, row_number() over () as number, selector from advanced
),
field as (
  select account_id, region, source, number, unnest(json_get_array(selector, 'FieldSelectors')) as field from numbered
),
asked as (
  select account_id, region, source, number, json_get_str(field, 'Field') as name, json_get_str(field, 'Equals', 0) as wanted from field
),
selection as (
  select account_id, region, source, number,
    max(case when name = 'eventCategory' then wanted end) as category,
    max(case when name = 'resources.type' then wanted end) as type,
    max(case when name = 'eventSource' then wanted end) as service,
    max(case when name = 'readOnly' then wanted end) as read_only,
    bool_or(name not in ('eventCategory', 'resources.type', 'eventSource', 'readOnly') or wanted is null) as narrowed
  from asked
  group by account_id, region, source, number
)
select account_id, region, source, 'Data' as category, json_get_str(resource, 'Type') as type, '' as service,
  kind in ('All', 'ReadOnly') as reads, kind in ('All', 'WriteOnly') as writes,
  regexp_like(json_as_text(resource, 'Values'), '"arn:aws[a-z-]*:(s3|lambda|dynamodb)(:::?)?"') as whole
from basic_type
union all
select account_id, region, source, category, coalesce(type, ''), coalesce(service, ''), coalesce(read_only, 'true') = 'true',
  coalesce(read_only, 'false') = 'false', not narrowed
from selection
where category in ('Data', 'NetworkActivity')
