//! What holds for log sources: examples of each, and properties of all.

mod bedrock_invocation;
mod cloudtrail;
mod corpus;
mod eks_audit;
mod every_source;
mod flow_parquet;
mod resolver_query;
mod sagemaker_capture;
mod support;
mod trail_differential;
mod trail_reference;
mod vpc_flow;
