-- Tasks that share the interface of their instance.
SELECT t.arn, t.account_id, t.region, i.subnet_id
FROM aws_ecs_task t
JOIN aws_ecs_container_instance c ON c.container_instance_arn = t.container_instance_arn AND c.account_id = t.account_id
JOIN aws_ec2_instance i ON i.instance_id = c.ec2_instance_id AND i.account_id = t.account_id AND i.region = t.region
WHERE coalesce(CAST(t.attachments AS varchar), '') NOT LIKE '%subnetId%'
