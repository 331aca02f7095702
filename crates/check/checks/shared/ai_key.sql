-- KMS keys under which AI data lies. One row a key: key (its ARN, as the resources name it), uses.
with used as (
  select customer_encryption_key_arn as key, 'the agent ' || title as use from aws_bedrock_agent
  union all
  select kms_key_arn, 'the guardrail ' || title from aws_bedrock_guardrail
  union all
  select model_kms_key_arn, 'the custom model ' || title from aws_bedrock_custom_model
  union all
  select model_kms_key_arn, 'the imported model ' || title from aws_bedrock_imported_model
  union all
  select json_get_str(server_side_encryption_configuration, 'kmsKeyArn'), 'the data source ' || title from aws_bedrock_data_source
  union all
  select kms_key_id, 'the notebook ' || title from aws_sagemaker_notebook_instance
)
select key, string_agg(distinct use, ', ' order by use) as uses from used where coalesce(key, '') <> '' group by key
