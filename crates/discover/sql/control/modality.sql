-- What a model answers with; AWS lists its models once for each account.
SELECT DISTINCT arn, output_modalities AS answers FROM aws_bedrock_foundation_model
