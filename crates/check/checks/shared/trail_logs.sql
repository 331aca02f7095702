-- Where the trails that keep every management event of all regions deliver to CloudWatch Logs. One row an account: arn, account_id,
-- region, title, elsewhere (some log group lies in an account that was not scanned), said, and for repairs fix_log_group,
-- fix_log_region.
with log_group as (
  select d.account_id, d.log_group, d.log_region, o.account_id is null as elsewhere
  from trail_delivery d
  left join aws_account o on o.account_id = d.log_account
),
delivered as (
  select account_id, bool_or(elsewhere) as elsewhere, string_agg(distinct log_group, ', ' order by log_group) as log_groups,
    min(log_group) as log_group, min(log_region) as log_region
  from log_group
  group by account_id
)
select a.arn, a.account_id, a.region, a.title, coalesce(d.elsewhere, false) as elsewhere,
  case
    when d.account_id is null then 'no trail that keeps all management events of all regions delivers to CloudWatch Logs'
    when d.elsewhere then 'its trail delivers to an account that was not scanned: ' || d.log_groups
    else 'no metric filter on ' || d.log_groups || ' counts all of these events and is narrowed by nothing else'
  end as said,
  d.log_group as fix_log_group, d.log_region as fix_log_region
from aws_account a
left join delivered d on d.account_id = a.account_id
