SELECT account_id, arn, coalesce(is_logging, false) AS is_logging, coalesce(is_multi_region_trail, false) AS is_multi_region,
  event_selectors AS classic, advanced_event_selectors AS advanced
FROM aws_cloudtrail_trail
WHERE account_id = '$account'
