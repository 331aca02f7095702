//! Records of Route 53 Resolver's query logs, rolled up by hour.

pub(crate) mod decode;
mod query;
pub(crate) mod rollup;
