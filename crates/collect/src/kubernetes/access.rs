//! What a cluster is shown so that it lets us in.

use super::exec;
use super::refusal::Refusal;
use jiff::Timestamp;
use kube::config::ExecConfig;
use sightline_aws::Aws;
use std::path::PathBuf;
use std::time::Duration;

/// How long a token that does not say so is used, and one that a file holds: kubelets renew those that they write.
const UNTOLD: Duration = Duration::from_secs(5 * 60);

/// Longest token, in bytes.
const TOKEN: usize = 64 * 1024;

/// How a request says who asks. A client's certificate, which TLS shows, needs nothing more.
#[derive(Clone)]
pub(crate) enum Access {
    /// nothing
    Anonymous,
    /// a token as it stands in the kubeconfig
    Token(String),
    /// a token in a file
    TokenFile(PathBuf),
    /// what an EKS cluster of this region and name takes, made of AWS credentials
    Eks { region: String, name: String },
    /// what a program says that the kubeconfig names
    Exec(Box<ExecConfig>),
}

/// A token and until when it is used.
#[derive(Clone)]
pub(crate) struct Bearer {
    pub(crate) token: String,
    pub(crate) until: Timestamp,
}

impl Access {
    /// The token, where it takes one.
    ///
    /// # Errors
    /// It cannot be had.
    pub(crate) async fn bearer(&self, aws: &Aws, now: Timestamp) -> Result<Option<Bearer>, Refusal> {
        let until = |life: Duration| now.checked_add(life).unwrap_or(now);
        let bearer = match self {
            Self::Anonymous => return Ok(None),
            Self::Token(token) => Bearer { token: token.clone(), until: Timestamp::MAX },
            Self::TokenFile(path) => {
                let read = tokio::fs::read_to_string(path).await;
                let token = read.map_err(|error| no_token(format!("`{}`: {error}", path.display())))?;
                Bearer { token: token.trim().to_owned(), until: until(UNTOLD) }
            }
            Self::Eks { region, name } => {
                let token = aws.eks_token(region, name).await.map_err(no_token)?;
                Bearer { token, until: until(Aws::EKS_TOKEN_LIFE) }
            }
            Self::Exec(program) => {
                let (token, expires) = exec::token(program).await?;
                Bearer { token, until: expires.unwrap_or_else(|| until(UNTOLD)) }
            }
        };
        if bearer.token.len() > TOKEN || bearer.token.is_empty() {
            return Err(no_token("what there is, is empty or too long for a token"));
        }
        Ok(Some(bearer))
    }
}

/// Nothing to show to the cluster could be had.
pub(crate) fn no_token(reason: impl std::fmt::Display) -> Refusal {
    Refusal::failed("NoToken", format!("no token for the cluster: {reason}"))
}

impl std::fmt::Debug for Access {
    /// Names the way, never the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "Anonymous",
            Self::Token(_) => "Token",
            Self::TokenFile(_) => "TokenFile",
            Self::Eks { .. } => "Eks",
            Self::Exec(_) => "Exec",
        })
    }
}
