//! The token by which EKS knows a caller: a presigned `sts:GetCallerIdentity` that the cluster sends on. Nothing of the credentials
//! but the key's id is in it, and it is good for a quarter of an hour, for the one cluster that it names.
//!
//! Form: <https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster>.

use crate::aws::Aws;
use crate::endpoint::endpoint;
use crate::error::{About, CallError};
use crate::kind::CallErrorKind;
use crate::models;
use aws_credential_types::Credentials;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign};
use aws_sigv4::sign::v4;
use std::time::{Duration, SystemTime};

/// What a cluster tells the token by.
const PREFIX: &str = "k8s-aws-v1.";

/// The signed header that names the cluster, so that no other one may use the token.
const CLUSTER: &str = "x-k8s-aws-id";

/// How long the URL says that it is good for; STS takes it for a quarter of an hour.
const EXPIRES: Duration = Duration::from_secs(60);

const ABOUT: &str = "GetCallerIdentity";

impl Aws {
    /// A token for the cluster of this name in this region, good for [`Aws::EKS_TOKEN_LIFE`]. No call is made, unless the
    /// credentials are to be renewed.
    ///
    /// # Errors
    /// There are no credentials, or they cannot be renewed.
    pub async fn eks_token(&self, region: &str, cluster: &str) -> Result<String, CallError> {
        let about = About { service: "sts", operation: ABOUT, region };
        let fault = |kind, error: &dyn std::fmt::Display| about.error(kind, "NoToken", error);
        let provider = self.config().credentials_provider();
        let provider = provider.ok_or_else(|| fault(CallErrorKind::NoCredentials, &"no AWS credentials found"))?;
        let credentials =
            provider.provide_credentials().await.map_err(|error| fault(CallErrorKind::NoCredentials, &error))?;
        let service = models::model("sts").map_err(|error| fault(CallErrorKind::Invalid, &error))?;
        // Whatever endpoint calls go to: a cluster sends the token to none but AWS's own.
        let host = endpoint(service, region).url;
        let now = self.config().time_source().unwrap_or_default().now();
        let url = presigned(&credentials, &host, region, cluster, now)
            .map_err(|error| fault(CallErrorKind::Invalid, &error))?;
        Ok(format!("{PREFIX}{}", unpadded(&url)))
    }

    /// How long a token may be used.
    pub const EKS_TOKEN_LIFE: Duration = Duration::from_secs(14 * 60);
}

fn presigned(
    credentials: &Credentials,
    host: &str,
    region: &str,
    cluster: &str,
    now: SystemTime,
) -> Result<String, Box<dyn std::error::Error>> {
    let mut settings = SigningSettings::default();
    settings.signature_location = SignatureLocation::QueryParams;
    settings.expires_in = Some(EXPIRES);
    let identity = credentials.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("sts")
        .time(now)
        .settings(settings)
        .build()?
        .into();
    let url = format!("{host}/?Action={ABOUT}&Version=2011-06-15");
    let request =
        SignableRequest::new("GET", url.as_str(), std::iter::once((CLUSTER, cluster)), SignableBody::Bytes(&[]))?;
    let (instructions, _) = sign(request, &params)?.into_parts();
    let mut signed = http::Request::get(url.as_str()).body(())?;
    instructions.apply_to_request_http1x(&mut signed);
    Ok(signed.uri().to_string())
}

/// Base64 for URLs without the padding.
fn unpadded(text: &str) -> String {
    aws_smithy_types::base64::encode(text).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

#[cfg(test)]
#[path = "../tests/it/python.rs"]
mod python;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::process::Stdio;

    /// Key, secret, session token, region, cluster, seconds since 1970.
    type Case = (&'static str, &'static str, Option<&'static str>, &'static str, &'static str, u64);

    const CASES: &[Case] = &[
        ("AKIAEXAMPLE", "secret", None, "eu-west-1", "main", 1_790_000_000),
        ("ASIAEXAMPLE", "se/cr+et=", Some("IQoJb3JpZ2luX2VjE+/=="), "us-gov-west-1", "a_b-C9", 1_709_164_800),
        ("AKIAEXAMPLE", "secret", None, "cn-north-1", "main", 4_102_444_799),
        ("AKIAEXAMPLE", "secret", None, "us-east-1", "prod", 1_790_000_001),
    ];

    fn token(case: &(&str, &str, Option<&str>, &str, &str, u64)) -> String {
        let (key, secret, session, region, cluster, seconds) = case;
        let credentials = Credentials::new(*key, *secret, session.map(str::to_owned), None, "test");
        let host = endpoint(models::model("sts").unwrap(), region).url;
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(*seconds);
        format!("{PREFIX}{}", unpadded(&presigned(&credentials, &host, region, cluster, now).unwrap()))
    }

    #[test]
    fn tokens_are_those_of_botocore() {
        let Some(mut script) = python::script("eks_token.py", "tokens_are_those_of_botocore") else { return };
        let mut child = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let ours: Vec<String> = CASES.iter().map(token).collect();
        let task = serde_json::json!({ "cases": CASES, "tokens": ours });
        child.stdin.take().unwrap().write_all(task.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}");
        assert_eq!(said.trim(), format!("{} tokens are the same", CASES.len()));
    }

    #[test]
    fn a_token_shows_no_secret_and_needs_no_padding() {
        for case in CASES {
            let token = token(case);
            assert!(!token.contains(['=', '+', '/']), "{token}");
            assert!(!token.contains("secret"));
        }
    }
}
