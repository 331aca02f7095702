//! The pods of one cluster of EKS, asked for once and outside of a scan: whether the way in is open, and what is behind it.

use super::client::Client;
use super::cluster::Cluster;
use super::page::Page;
use super::refusal::Refusal;
use jiff::Timestamp;
use kube::core::Request;
use kube::core::params::ListParams;
use serde_json::{Value, json};
use sightline_aws::Aws;

/// Pods of a page.
const LIMIT: u32 = 100;

/// Pages that are read, so that no cluster keeps anybody for ever.
const PAGES: usize = 1_000;

/// Where a cluster of EKS is.
#[derive(Debug, Clone, Copy)]
pub struct EksApi<'a> {
    /// the region
    pub region: &'a str,
    /// its name
    pub name: &'a str,
    /// `https://…`
    pub endpoint: &'a str,
    /// the certificate by which it is known, PEM in base64
    pub certificate_authority: &'a str,
}

/// Why there are no pods to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// `Unreachable`, `Unauthorized`, `Forbidden`, …
    pub code: &'static str,
    /// in words
    pub message: String,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code, message: refusal.message }
    }
}

/// All pods of the cluster as it has them.
///
/// # Errors
/// There is no way to the cluster, or it does not let the caller list pods.
pub async fn pods(
    aws: &Aws,
    now: &(dyn Fn() -> Timestamp + Send + Sync),
    cluster: EksApi<'_>,
) -> Result<Vec<Value>, Refused> {
    let EksApi { region, name, endpoint, certificate_authority } = cluster;
    let row = json!({
        "name": name, "endpoint": endpoint, "certificate_authority": {"data": certificate_authority}, "status": "ACTIVE",
    });
    let row = row.as_object().cloned().unwrap_or_default();
    let client = Client::new(Cluster::of_eks(&row, region)?)?;
    let mut pods = Vec::new();
    let mut params = ListParams { limit: Some(LIMIT), ..ListParams::default() };
    for _ in 0..PAGES {
        let request = Request::new("/api/v1/pods").list(&params).map_err(|error| Refusal::failed("Invalid", error))?;
        let page = Page::parse(&client.get(aws, now, request, "list pods").await?)?;
        pods.extend(page.items);
        if page.next.is_none() {
            return Ok(pods);
        }
        params.continue_token = page.next;
    }
    Err(Refusal::failed("TooMany", "more pods than are read here").into())
}
