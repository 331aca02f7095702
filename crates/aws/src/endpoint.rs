//! Where a service answers. The rule is `https://{prefix}.{region}.{suffix}`; `models/endpoints.json` holds the exceptions to it and
//! the regions that each service is known to be in, both asked of botocore's own resolver by `tools/models/endpoints.py`.

use crate::models;
use crate::shape::Service;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// A URL and the region that signatures for it name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// without a path
    pub url: String,
    /// the service's home region for services that are global
    pub signing_region: String,
}

#[derive(Deserialize, Default)]
struct Table {
    /// DNS suffix by partition.
    suffixes: BTreeMap<String, String>,
    /// By service, then by `partition/region` or `partition/*`.
    exceptions: BTreeMap<String, BTreeMap<String, Exception>>,
    /// By service; services of which botocore lists no region are not here.
    regions: BTreeMap<String, BTreeSet<String>>,
    /// Every region that botocore knows.
    all_regions: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Exception {
    url: String,
    signing_region: String,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| serde_json::from_str(models::text(models::ENDPOINTS)).unwrap_or_default());

/// The DNS suffix of a region's partition.
fn suffix(region: &str) -> &'static str {
    TABLE.suffixes.get(sightline_model::partition::of_region(region)).map_or("amazonaws.com", String::as_str)
}

/// The endpoint of S3 access points in a region, without the label of the access point before it.
pub(crate) fn access_points(region: &str) -> String {
    format!("https://s3-accesspoint.{region}.{}", suffix(region))
}

/// The public endpoint of a service in a region. Regions need not be known: new ones follow the rule.
pub fn endpoint(service: &Service, region: &str) -> Endpoint {
    let partition = sightline_model::partition::of_region(region);
    let suffix = suffix(region);
    let exceptions = TABLE.exceptions.get(service.key);
    let exception = [region, "*"].iter().find_map(|place| exceptions?.get(&format!("{partition}/{place}")));
    let fill = |template: &str| template.replace("{region}", region).replace("{suffix}", suffix);
    match exception {
        Some(exception) => Endpoint { url: fill(&exception.url), signing_region: fill(&exception.signing_region) },
        None => Endpoint {
            url: format!("https://{}.{region}.{suffix}", service.endpoint_prefix),
            signing_region: region.to_owned(),
        },
    }
}

/// Whether botocore lists the service in the region; nothing when it lists no region of the service, or does not know the region.
pub fn offered(service: &str, region: &str) -> Option<bool> {
    let regions = TABLE.regions.get(service)?;
    TABLE.all_regions.contains(region).then(|| regions.contains(region))
}

/// Every region that botocore knows, of all partitions.
pub fn known_regions() -> impl Iterator<Item = &'static str> {
    TABLE.all_regions.iter().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(service: &str, region: &str) -> (String, String) {
        let found = endpoint(models::model(service).unwrap(), region);
        (found.url, found.signing_region)
    }

    #[test]
    fn regional_services_follow_the_rule() {
        assert_eq!(url("bedrock", "eu-west-1"), ("https://bedrock.eu-west-1.amazonaws.com".into(), "eu-west-1".into()));
        assert_eq!(url("s3", "us-east-1"), ("https://s3.us-east-1.amazonaws.com".into(), "us-east-1".into()));
        assert_eq!(
            url("sagemaker", "eu-west-1"),
            ("https://api.sagemaker.eu-west-1.amazonaws.com".into(), "eu-west-1".into())
        );
        assert_eq!(url("ec2", "cn-north-1"), ("https://ec2.cn-north-1.amazonaws.com.cn".into(), "cn-north-1".into()));
        assert_eq!(url("ec2", "us-moon-9"), ("https://ec2.us-moon-9.amazonaws.com".into(), "us-moon-9".into()));
    }

    #[test]
    fn global_services_have_one_home() {
        assert_eq!(url("iam", "eu-west-1"), ("https://iam.amazonaws.com".into(), "us-east-1".into()));
        assert_eq!(url("iam", "us-gov-east-1"), ("https://iam.us-gov.amazonaws.com".into(), "us-gov-west-1".into()));
        assert_eq!(
            url("organizations", "eu-west-1"),
            ("https://organizations.us-east-1.amazonaws.com".into(), "us-east-1".into())
        );
    }

    #[test]
    fn where_a_service_is_offered() {
        assert_eq!(offered("bedrock", "us-east-1"), Some(true));
        assert_eq!(offered("bedrock", "cn-north-1"), Some(false));
        assert_eq!(offered("bedrock", "us-moon-9"), None);
        assert_eq!(offered("iam", "eu-west-1"), None);
    }
}
