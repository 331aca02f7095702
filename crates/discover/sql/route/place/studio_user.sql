-- A person's applications are in the subnets of the domain; unless it says otherwise, what leaves for the internet goes by an interface of AWS.
SELECT p.arn, p.account_id, p.region, d.subnet_ids, coalesce(d.app_network_access_type, '') <> 'VpcOnly' AS internet_by_aws
FROM aws_sagemaker_user_profile p
JOIN aws_sagemaker_domain d ON d.domain_id = p.domain_id AND d.account_id = p.account_id AND d.region = p.region
