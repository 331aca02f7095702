//! Reads Kubernetes clusters: those of EKS that the scan found, and those of a kubeconfig. No secret is asked for, and nothing is
//! changed: all that is ever sent is `GET /version` and lists of the kinds in `special/kubernetes_*.rs`.
//!
//! ```text
//! kubeconfig ─┐
//! EKS rows ───┴─► cluster ─► access (token, certificate) ─► client ─► list (pages) ─► columns of the kind ─► row
//!                                                             └────── refusal ──────► coverage
//! ```
//!
//! A kind is a file `special/kubernetes_<kind>.rs` with a [`Listing`](listing::Listing): path, columns, and what becomes of an
//! object. Objects are read as JSON, leniently: a cluster may be newer than this, or hostile.

mod access;
mod client;
mod cluster;
mod clusters;
mod container;
mod environment;
mod exec;
mod kubeconfig;
mod list;
pub(crate) mod listing;
mod object;
mod once;
mod owner;
mod page;
mod refusal;
mod tls;

pub use clusters::Clusters;
pub(crate) use container::{CONTAINER_COLUMNS, containers};
pub use kubeconfig::KubeconfigError;
pub(crate) use object::{Object, columns};
pub use once::{EksApi, Refused, pods};
