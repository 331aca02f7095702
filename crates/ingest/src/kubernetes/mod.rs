//! Audit events of Kubernetes API servers.

pub(crate) mod cluster;
pub(crate) mod decode;
mod event;
mod interest;
mod pod;
mod uri;
