SELECT region, prefix_list_id AS id, entries FROM aws_ec2_managed_prefix_list
