SELECT 'inference-component' AS kind, arn, title, region, title AS called FROM aws_sagemaker_inference_component
