-- The policies of AWS's own keys are not asked for.
SELECT account_id, arn, policy AS document, coalesce(key_manager, '') <> 'CUSTOMER' AS not_asked FROM aws_kms_key
