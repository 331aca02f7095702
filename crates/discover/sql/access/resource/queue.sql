SELECT account_id, arn, policy AS document FROM aws_sqs_queue
