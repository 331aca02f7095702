//! Applications: workloads that users put together by tags, namespaces, networks or accounts.

use serde::{Deserialize, Serialize};

/// One row of `application`: a workload of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// the discovery that made it
    pub run_id: String,
    /// the application's name, as the user declared it
    pub name: String,
    /// the workload
    pub workload_arn: String,
    /// its kind, as in `edge`
    pub workload_kind: String,
    /// its name for people
    pub workload_title: String,
    /// what of the declaration holds for it, such as `tag team = search`
    pub criterion: String,
}
