SELECT account_id, region, title, coalesce(trail_arn, arn) AS arn, coalesce(is_logging, false) AS is_logging,
  coalesce(is_multi_region_trail, false) AS is_multi_region, coalesce(home_region, region) AS home_region,
  coalesce(is_organization_trail, false) AS is_organization, event_selectors AS classic, advanced_event_selectors AS advanced,
  event_selectors IS NULL AND advanced_event_selectors IS NULL AS is_undetailed, start_logging_time AS since,
  coalesce(latest_delivery_error, '') AS delivery_error
FROM aws_cloudtrail_trail
