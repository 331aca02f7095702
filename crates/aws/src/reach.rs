//! Whether an endpoint answers at all: one request that asks for nothing, without a signature, by the way that calls take (names,
//! proxy, trusted certificates). It tells a broken network from credentials that are no good.

use crate::aws::Aws;
use crate::connect;
use crate::endpoint;
use crate::error::AwsError;
use crate::failure;
use crate::fault::Fault;
use crate::models;
use crate::unreached::{self, Unreached};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::{DateTime, Format};
use aws_smithy_types::timeout::TimeoutConfig;
use hyper_util::client::proxy::matcher::Matcher;
use std::time::{Duration, SystemTime};

/// Where a service's calls go, and the way there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// without a path
    pub url: String,
    /// whether the environment or the profile names the endpoint, in place of AWS's own
    pub is_configured: bool,
    /// the proxy that the environment wants for it, without what it is asked for by name and password
    pub proxy: Option<String>,
}

/// What came back. Any status is an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// the HTTP status
    pub status: u16,
    /// the time of who answered, to the second
    pub date: Option<SystemTime>,
}

impl Aws {
    /// Where calls of a service go in a region.
    ///
    /// # Errors
    /// When no model of this name is embedded.
    pub fn way(&self, region: &str, service: &str) -> Result<Way, AwsError> {
        let service = models::model(service)?;
        let configured = connect::configured_endpoint(self.config(), service.service_id);
        let is_configured = configured.is_some();
        let url = configured.unwrap_or_else(|| endpoint::endpoint(service, region).url);
        let proxy =
            url.parse().ok().and_then(|uri: http::Uri| Some(Matcher::from_env().intercept(&uri)?.uri().to_string()));
        Ok(Way { url, is_configured, proxy })
    }

    /// Asks whether somebody answers there. Nothing is tried again, and no answer takes longer than `limit`, unless the system
    /// holds on to looking up a name.
    ///
    /// # Errors
    /// Nobody does, with what was in the way.
    pub async fn reach(&self, way: &Way, limit: Duration) -> Result<Answered, Unreached> {
        let timeouts = TimeoutConfig::builder().connect_timeout(limit).read_timeout(limit).operation_timeout(limit);
        let operation = Operation::builder()
            .service_name("reach")
            .operation_name("Head")
            .http_client(self.http())
            .endpoint_url(&way.url)
            .no_auth()
            .no_retry()
            .timeout_config(timeouts.build())
            .serializer(|()| {
                let mut request = HttpRequest::new(SdkBody::empty());
                request.set_method("HEAD")?;
                request.set_uri("/")?;
                request.headers_mut().insert("user-agent", crate::operation::USER_AGENT);
                Ok(request)
            })
            .deserializer(|response: &HttpResponse| Ok::<_, _>(answered(response)))
            .build();
        let answered: Result<Answered, SdkError<Fault, HttpResponse>> = operation.invoke(()).await;
        match answered {
            Ok(answered) => Ok(answered),
            // What cannot be read is an answer all the same.
            Err(SdkError::ResponseError(broken)) => Ok(self::answered(broken.raw())),
            Err(SdkError::TimeoutError(_)) => Err(unreached::in_no_time()),
            Err(SdkError::DispatchFailure(failure)) if failure.is_timeout() => Err(unreached::in_no_time()),
            Err(error) => Err(unreached::of(&error, &failure::told(&error))),
        }
    }
}

fn answered(response: &HttpResponse) -> Answered {
    let date = response.headers().get("date").and_then(|text| DateTime::from_str(text, Format::HttpDate).ok());
    Answered { status: response.status().as_u16(), date: date.and_then(|date| SystemTime::try_from(date).ok()) }
}
