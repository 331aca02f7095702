//! Arguments that name clusters beside those of EKS.

use clap::Args;
use sightline_collect::kubernetes::{Clusters, KubeconfigError};
use std::path::PathBuf;

/// Which clusters are read that the account does not tell of, or with other credentials than the account's.
#[derive(Debug, Args)]
#[command(next_help_heading = "Kubernetes")]
pub(super) struct KubernetesArguments {
    /// Read clusters of this kubeconfig, too; those of EKS are read without one
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig; may be given several times [default: its current one]
    #[arg(long = "context", value_name = "NAME", requires = "kubeconfig")]
    contexts: Vec<String>,
    /// Let programs run that the kubeconfig names to make tokens; `aws eks get-token` is not one of them, its token is made here
    #[arg(long, requires = "kubeconfig")]
    kubeconfig_exec: bool,
}

impl KubernetesArguments {
    /// The clusters; none where no kubeconfig is given.
    ///
    /// # Errors
    /// The kubeconfig cannot be used.
    pub(super) async fn clusters(&self) -> Result<Clusters, KubeconfigError> {
        match &self.kubeconfig {
            Some(path) => Clusters::of_kubeconfig(path, &self.contexts, self.kubeconfig_exec).await,
            None => Ok(Clusters::default()),
        }
    }
}
