-- With direct access, what leaves for the internet goes by an interface of AWS.
SELECT arn, account_id, region, subnet_id, coalesce(subnet_id, '') = '' AS is_aws,
  coalesce(direct_internet_access, 'Enabled') = 'Enabled' AS internet_by_aws
FROM aws_sagemaker_notebook_instance
