//! Host names of AWS and names of PrivateLink: which plane of inference a name is of.
//!
//! Forms: the endpoint rules of `botocore` (`service.region.suffix`, FIPS with `-fips`, dual stack under the second suffix), the names of
//! interface endpoints (`vpce-….service.region.vpce.suffix`) and <https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html>.

use sightline_model::partition;

/// A part of AWS that answers with what a model made. Its text is what `Link::plane` holds.
pub(crate) const PLANES: [&str; 5] =
    ["bedrock-runtime", "bedrock-agent-runtime", "bedrock-mantle", "bedrock-agentcore", "runtime.sagemaker"];

/// What names end with: of each partition, and of its dual-stack names.
const SUFFIXES: [&str; 16] = [
    "amazonaws.com",
    "api.aws",
    "amazonaws.com.cn",
    "api.amazonwebservices.com.cn",
    "amazonaws.eu",
    "api.amazonwebservices.eu",
    "c2s.ic.gov",
    "api.aws.ic.gov",
    "sc2s.sgov.gov",
    "api.aws.scloud",
    "cloud.adc-e.uk",
    "api.cloud-aws.adc-e.uk",
    "csp.hci.ic.gov",
    "api.aws.hci.ic.gov",
    "aws.amazon.com",
    "amazontrust.com",
];

/// Labels of names that AWS gives to what its customers run: a load balancer's name may be anybody's.
const CUSTOMERS: [&str; 5] = ["elb", "execute-api", "compute", "compute-1", "elasticbeanstalk"];

/// A plane in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plane<'a> {
    pub(crate) word: &'static str,
    pub(crate) region: &'a str,
}

/// The plane that a host name is of.
pub(crate) fn plane_of_host(host: &str) -> Option<Plane<'_>> {
    let name = without_suffix(host)?;
    let name = name.strip_suffix(".vpce").unwrap_or(name);
    let (name, region) = name.rsplit_once('.')?;
    let name = match name.split_once('.') {
        Some((first, rest)) if first.starts_with("vpce-") => rest,
        _ => name,
    };
    let word = word(name)?;
    is_region(region).then_some(Plane { word, region })
}

/// The plane that an interface endpoint's service is of, such as `com.amazonaws.eu-west-1.sagemaker.runtime`.
pub(crate) fn plane_of_endpoint(service_name: &str) -> Option<Plane<'_>> {
    let (_, rest) = service_name.split_once("amazonaws.")?;
    let (region, name) = rest.split_once('.')?;
    let name = match name {
        "sagemaker.runtime" => "runtime.sagemaker",
        "sagemaker.runtime-fips" => "runtime-fips.sagemaker",
        "bedrock-agentcore.gateway" => "bedrock-agentcore",
        other => other,
    };
    let word = word(name)?;
    is_region(region).then_some(Plane { word, region })
}

/// The usual host name of a plane.
pub(crate) fn host_of(plane: Plane<'_>) -> String {
    let Plane { word, region } = plane;
    let partition = partition::of_region(region);
    let suffix = match (partition, word) {
        ("aws-cn", "bedrock-mantle") => "api.amazonwebservices.com.cn",
        (_, "bedrock-mantle") => "api.aws",
        ("aws-cn", _) => "amazonaws.com.cn",
        ("aws-eusc", _) => "amazonaws.eu",
        ("aws-iso", _) => "c2s.ic.gov",
        ("aws-iso-b", _) => "sc2s.sgov.gov",
        ("aws-iso-e", _) => "cloud.adc-e.uk",
        ("aws-iso-f", _) => "csp.hci.ic.gov",
        _ => "amazonaws.com",
    };
    format!("{word}.{region}.{suffix}")
}

/// Whether AWS itself answers under this name: no load balancer, interface or instance of some customer.
pub(crate) fn is_aws(host: &str) -> bool {
    without_suffix(host).is_some_and(|name| !name.split('.').any(|label| CUSTOMERS.contains(&label)))
}

/// The plane of a name without region and suffix; FIPS or not.
fn word(name: &str) -> Option<&'static str> {
    // Gateways and runtimes of AgentCore have a label of their own before the plane's.
    let own = |plane: &str| {
        let base = |label: &str| label.strip_suffix("-fips").unwrap_or(label) == plane;
        base(name) || (plane == "bedrock-agentcore" && name.rsplit_once('.').is_some_and(|(_, last)| base(last)))
    };
    let is_sagemaker = matches!(name, "runtime.sagemaker" | "runtime-fips.sagemaker" | "runtime.sagemaker-fips");
    if is_sagemaker { Some("runtime.sagemaker") } else { PLANES.into_iter().find(|plane| own(plane)) }
}

/// What stands before the suffix; whole labels only.
fn without_suffix(host: &str) -> Option<&str> {
    SUFFIXES.iter().find_map(|suffix| host.strip_suffix(suffix)?.strip_suffix('.')).filter(|name| !name.is_empty())
}

/// `eu-west-1`, `us-gov-west-1`, `eusc-de-east-1`.
fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let ends_with_number =
        parts.next_back().is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()));
    let words: Vec<&str> = parts.collect();
    ends_with_number
        && (2..=3).contains(&words.len())
        && words.iter().all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_planes() {
        for (host, word, region) in [
            ("bedrock-runtime.us-east-1.amazonaws.com", "bedrock-runtime", "us-east-1"),
            ("bedrock-runtime-fips.us-gov-west-1.amazonaws.com", "bedrock-runtime", "us-gov-west-1"),
            ("bedrock-runtime.eu-west-1.api.aws", "bedrock-runtime", "eu-west-1"),
            ("bedrock-runtime.cn-north-1.amazonaws.com.cn", "bedrock-runtime", "cn-north-1"),
            ("bedrock-agent-runtime.eusc-de-east-1.amazonaws.eu", "bedrock-agent-runtime", "eusc-de-east-1"),
            ("bedrock-mantle.us-west-2.api.aws", "bedrock-mantle", "us-west-2"),
            ("runtime.sagemaker.us-east-1.amazonaws.com", "runtime.sagemaker", "us-east-1"),
            ("runtime-fips.sagemaker.us-east-1.amazonaws.com", "runtime.sagemaker", "us-east-1"),
            ("runtime.sagemaker-fips.us-east-1.api.aws", "runtime.sagemaker", "us-east-1"),
            ("bedrock-agentcore.us-east-1.amazonaws.com", "bedrock-agentcore", "us-east-1"),
            ("my-gw-1.gateway.bedrock-agentcore.us-east-1.amazonaws.com", "bedrock-agentcore", "us-east-1"),
            ("vpce-0a-1b.bedrock-runtime.us-east-1.vpce.amazonaws.com", "bedrock-runtime", "us-east-1"),
            ("vpce-0a-1b-us-east-1a.runtime.sagemaker.us-east-1.vpce.amazonaws.com", "runtime.sagemaker", "us-east-1"),
        ] {
            assert_eq!(plane_of_host(host), Some(Plane { word, region }), "{host}");
            assert!(is_aws(host));
        }
    }

    #[test]
    fn hosts_of_no_plane() {
        for host in [
            "bedrock.us-east-1.amazonaws.com",
            "api.sagemaker.us-east-1.amazonaws.com",
            "bedrock-agentcore-control.us-east-1.amazonaws.com",
            "bedrock-agent.us-east-1.amazonaws.com",
            "bedrock-runtime.us-east-1.amazonaws.com.evil.example",
            "bedrock-runtime.us-east-1.evilamazonaws.com",
            "notbedrock-runtime.us-east-1.amazonaws.com",
            "bedrock-runtime.amazonaws.com",
            "bedrock-runtime.example.amazonaws.com",
            "x.bedrock-runtime.us-east-1.amazonaws.com",
            "bedrock-runtime.us-east-1.elb.amazonaws.com",
            "",
        ] {
            assert_eq!(plane_of_host(host), None, "{host}");
        }
        assert!(is_aws("sts.us-east-1.amazonaws.com") && is_aws("bucket.s3.eu-west-1.amazonaws.com"));
        assert!(!is_aws("app-1.us-east-1.elb.amazonaws.com") && !is_aws("id.execute-api.eu-west-1.amazonaws.com"));
        assert!(!is_aws("amazonaws.com.example") && !is_aws("amazonaws.com"));
    }

    #[test]
    fn endpoints_and_their_usual_hosts() {
        for (name, host) in [
            ("com.amazonaws.us-east-1.bedrock-runtime", "bedrock-runtime.us-east-1.amazonaws.com"),
            ("com.amazonaws.us-east-1.bedrock-runtime-fips", "bedrock-runtime.us-east-1.amazonaws.com"),
            ("com.amazonaws.us-east-1.sagemaker.runtime", "runtime.sagemaker.us-east-1.amazonaws.com"),
            ("cn.com.amazonaws.cn-north-1.sagemaker.runtime", "runtime.sagemaker.cn-north-1.amazonaws.com.cn"),
            ("com.amazonaws.us-east-1.bedrock-mantle", "bedrock-mantle.us-east-1.api.aws"),
            ("com.amazonaws.us-east-1.bedrock-agentcore.gateway", "bedrock-agentcore.us-east-1.amazonaws.com"),
        ] {
            let plane = plane_of_endpoint(name).unwrap();
            assert_eq!(host_of(plane), host);
            assert_eq!(plane_of_host(host), Some(plane));
        }
        for name in [
            "com.amazonaws.us-east-1.bedrock",
            "com.amazonaws.us-east-1.sagemaker.api",
            "com.amazonaws.us-east-1.s3",
            "com.amazonaws.vpce.us-east-1.vpce-svc-0a1b",
            "bedrock-runtime",
        ] {
            assert_eq!(plane_of_endpoint(name), None, "{name}");
        }
    }
}
