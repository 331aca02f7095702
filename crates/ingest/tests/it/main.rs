//! What holds for log sources: examples of each, and properties of all.

mod cloudtrail;
mod every_source;
mod support;
mod vpc_flow;
