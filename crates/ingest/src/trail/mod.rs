//! CloudTrail: records cut out of the stream, each mapped to a call.

pub(crate) mod call;
pub(crate) mod decode;
pub(crate) mod identity;
pub(crate) mod node;
pub(crate) mod parameters;
pub(crate) mod session;
pub(crate) mod split;
pub(crate) mod target;
