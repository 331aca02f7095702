//! A cluster: where it is, what it is called, and what it is shown.

use super::access::Access;
use super::object::Object;
use super::refusal::Refusal;
use super::tls::{Identity, certificates};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use serde_json::{Map, Value};
use std::net::IpAddr;
use url::Url;

/// Columns of `aws_eks_cluster` that a cluster is made of.
pub(crate) const EKS_COLUMNS: &[&str] = &["name", "endpoint", "certificate_authority", "status"];

/// One cluster and the way into it.
#[derive(Clone)]
pub(crate) struct Cluster {
    /// its ARN, or an ARN-shaped id where it is no cluster of EKS
    pub(crate) arn: String,
    /// of EKS; nothing for others
    pub(crate) region: Option<String>,
    pub(crate) server: Url,
    pub(crate) authority: Vec<CertificateDer<'static>>,
    /// the name that its certificate must have, where that is not the server's
    pub(crate) server_name: Option<String>,
    /// in place of the one that the environment names
    pub(crate) proxy: Option<String>,
    pub(crate) identity: Option<Identity>,
    pub(crate) access: Access,
}

impl Cluster {
    /// A cluster as its row in `aws_eks_cluster` tells.
    ///
    /// # Errors
    /// The row does not tell where the cluster is.
    pub(crate) fn of_eks(row: &Map<String, Value>, region: &str) -> Result<Self, Refusal> {
        let row = Value::Object(row.clone());
        let row = Object(&row);
        let text = |name: &str| row.at(&[name]).as_str().to_owned();
        let fault = |reason: String| Refusal::failed("NoEndpoint", reason);
        if text("endpoint").is_empty() {
            let status = text("status");
            return Err(Refusal::new(
                sightline_model::Outcome::Skipped,
                "NoEndpoint",
                format!(
                    "not asked: the cluster's endpoint is not known (status `{status}`); `eks:DescribeCluster` tells it"
                ),
            ));
        }
        let server = server(&text("endpoint")).map_err(fault)?;
        let authority = STANDARD.decode(row.at(&["certificate_authority", "data"]).as_str());
        let authority = authority.map_err(|_| fault("the cluster's certificate authority is not base64".to_owned()))?;
        Ok(Self {
            arn: text("arn"),
            region: Some(region.to_owned()),
            server,
            authority: certificates(&authority)?,
            server_name: None,
            proxy: None,
            identity: None,
            access: Access::Eks { region: region.to_owned(), name: text("name") },
        })
    }
}

/// The URL of a cluster's API. Without TLS only this machine is spoken to, where `kubectl proxy` listens.
pub(crate) fn server(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("the server's address is no URL: {error}"))?;
    let is_here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => IpAddr::from(ip).is_loopback(),
        Some(url::Host::Ipv6(ip)) => IpAddr::from(ip).is_loopback(),
        None => return Err("the server's address names no host".to_owned()),
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_here => Ok(url),
        _ => Err("the server's address is not `https`".to_owned()),
    }
}
