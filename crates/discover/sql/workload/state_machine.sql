SELECT arn, title, account_id, region, title AS name, role_arn FROM aws_sfn_state_machine
