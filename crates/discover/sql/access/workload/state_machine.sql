SELECT account_id, arn, role_arn AS role FROM aws_sfn_state_machine
