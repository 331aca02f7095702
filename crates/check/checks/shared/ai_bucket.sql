-- Buckets that models learn from, are loaded from, or answer from. One row a bucket and use: account_id (who uses it), bucket, use.
with used as (
  select account_id, split_part(json_get_str(data_source_configuration, 's3Configuration', 'bucketArn'), ':', 6) as bucket,
    'documents of the data source ' || title as use
  from aws_bedrock_data_source
  union all
  select account_id, split_part(json_get_str(training_data_config, 's3Uri'), '/', 3), 'training data of the custom model ' || title
  from aws_bedrock_custom_model
  union all
  select account_id, split_part(json_get_str(primary_container, 'ModelDataUrl'), '/', 3), 'weights of the model ' || title
  from aws_sagemaker_model
  union all
  select account_id, split_part(json_get_str(channel, 'DataSource', 'S3DataSource', 'S3Uri'), '/', 3), 'training data of the job ' || title
  from (select account_id, title, unnest(json_get_array(input_data_config)) as channel from aws_sagemaker_training_job)
)
select account_id, bucket, min(use) as use from used where bucket <> '' group by account_id, bucket
