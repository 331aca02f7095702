//! From the command line's options and the environment to a configuration: the default credential chain, an assumed role, endpoint
//! variables. All of it is the official code.

use crate::error::AwsError;
use crate::trust;
use aws_config::environment::region::EnvironmentVariableRegionProvider;
use aws_config::identity::IdentityCache;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::region::Region;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use std::collections::BTreeMap;
use std::time::Duration;

/// Where calls go that are not made for a region, unless the environment or the profile says otherwise.
const HOME_REGION: &str = "us-east-1";

/// What may be said about the account to read; the default is what the AWS command line would take.
#[derive(Debug, Default, Clone)]
pub struct Connect {
    /// a profile of the shared configuration files
    pub profile: Option<String>,
    /// a role to assume with the credentials that were found
    pub role_arn: Option<String>,
    /// the external id that the role's trust policy asks for
    pub external_id: Option<String>,
    /// in place of the environment's and the profile's region
    pub region: Option<String>,
}

/// An account that emulators play: for tests, which must not change the environment of their process.
#[derive(Debug, Default, Clone)]
pub struct Emulated {
    /// URL of services that are not in `services`
    pub endpoint: String,
    /// URLs by API service id in capitals with underscores, as in `AWS_ENDPOINT_URL_<SERVICE>`: `BEDROCK_AGENT`
    pub services: BTreeMap<String, String>,
    /// taken by many emulators for the account's id when it is twelve digits
    pub access_key_id: String,
    /// the default region
    pub region: String,
}

/// The configuration that the default chain finds. No call is made: credentials are looked up with the first call.
pub(crate) async fn load(options: Connect) -> Result<SdkConfig, AwsError> {
    let http = http_client();
    let region = region_chain(&options).region().await.unwrap_or_else(|| Region::from_static(HOME_REGION));
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http).region(region);
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    refuse_unknown_endpoints(&config)?;
    refuse_without_authorities(&config)?;
    Ok(match &options.role_arn {
        None => config,
        Some(role) => assume(config, role, options.external_id.as_deref(), "sightline").await,
    })
}

/// The instance metadata service, which the default chain asks last, is left out: off EC2 it costs seconds, and all that depends on
/// the answer is where global calls go.
pub(crate) fn region_chain(options: &Connect) -> RegionProviderChain {
    let profile = ProfileFileRegionProvider::builder();
    let profile = match &options.profile {
        Some(name) => profile.profile_name(name),
        None => profile,
    };
    RegionProviderChain::first_try(options.region.clone().map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build())
}

/// The configuration with a role's credentials, asked for by those that it had.
pub(crate) async fn assume(config: SdkConfig, role: &str, external_id: Option<&str>, session: &str) -> SdkConfig {
    let time = config.time_source().unwrap_or_default();
    let config = config.into_builder().time_source(time).build();
    let builder = AssumeRoleProvider::builder(role).session_name(session).configure(&config);
    let builder = external_id.into_iter().fold(builder, aws_config::sts::AssumeRoleProviderBuilder::external_id);
    let provider = builder.build().await;
    let cache = IdentityCache::lazy().buffer_time(RENEWED_BEFORE).load_timeout(ROLE_TIMEOUT).build();
    let provider = SharedCredentialsProvider::new(provider);
    config.into_builder().credentials_provider(provider).identity_cache(cache).build()
}

/// How long before their end a role's credentials are asked for anew: longer than any call takes that was signed with them.
const RENEWED_BEFORE: Duration = Duration::from_secs(360);

/// How long a role may take to be assumed, with the retries of it.
const ROLE_TIMEOUT: Duration = Duration::from_secs(40);

fn refuse_unknown_endpoints(config: &SdkConfig) -> Result<(), AwsError> {
    if config.endpoint_url().is_some() {
        return Ok(());
    }
    let refuse = |what, variable| Err(AwsError::Endpoints { what, variable });
    match (config.use_fips(), config.use_dual_stack()) {
        (Some(true), _) => refuse("FIPS", "AWS_USE_FIPS_ENDPOINT"),
        (_, Some(true)) => refuse("dual-stack", "AWS_USE_DUALSTACK_ENDPOINT"),
        _ => Ok(()),
    }
}

/// Without authorities each call to AWS would fail, and say that somebody else answers. Emulators and stores of one's own may do without TLS.
fn refuse_without_authorities(config: &SdkConfig) -> Result<(), AwsError> {
    let is_plain = configured_endpoint(config, "S3").is_some_and(|url| url.starts_with("http:"));
    if is_plain || trust::anybody() { Ok(()) } else { Err(AwsError::NoAuthorities) }
}

/// The endpoint that the environment or the profile names for a service: `AWS_ENDPOINT_URL_<SERVICE>`, then `AWS_ENDPOINT_URL`.
pub(crate) fn configured_endpoint(config: &SdkConfig, service_id: &str) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id(service_id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    config
        .service_config()
        .and_then(|services| services.load_config(key))
        .or_else(|| config.endpoint_url().map(str::to_owned))
}

/// TLS by rustls with ring; proxies by the environment's `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`.
pub(crate) fn http_client() -> SharedHttpClient {
    Builder::new().build_with_connector_fn(|settings, components| {
        let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            builder.set_sleep_impl(components.sleep_impl());
        }
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(trust::context()).build()
    })
}

impl Emulated {
    pub(crate) fn config(self) -> SdkConfig {
        let credentials = Credentials::new(self.access_key_id, "emulated", None, None, "emulated");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(http_client())
            .region(Region::new(self.region))
            .endpoint_url(self.endpoint)
            .service_config(EmulatedServices(self.services))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }
}

#[derive(Debug)]
struct EmulatedServices(BTreeMap<String, String>);

impl LoadServiceConfig for EmulatedServices {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        self.0.get(&key.service_id().to_uppercase().replace([' ', '-'], "_")).cloned()
    }
}
