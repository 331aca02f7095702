//! The kubeconfig that a scan is to be given. Clusters of EKS need none.

use super::line::Line;
use sightline_collect::kubernetes::Clusters;
use std::path::Path;

const CHECK: &str = "kubernetes";

/// Reads the file as a scan would, asks no cluster and runs no program.
pub(super) async fn check(kubeconfig: Option<&Path>) -> Vec<Line> {
    let Some(path) = kubeconfig else { return vec![] };
    vec![match Clusters::of_kubeconfig(path, &[], true).await {
        Ok(_) => Line::ok(CHECK, format!("the current context of `{}` can be used", path.display())),
        Err(error) => {
            Line::wrong(CHECK, error.to_string(), "correct the file, or name another one with `--kubeconfig`")
        }
    }]
}
