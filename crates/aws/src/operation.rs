//! One operation against one endpoint, as the official orchestrator runs it: serialised, signed, sent, retried, read.

use crate::addressing;
use crate::bound::{Bound, TooLarge};
use crate::endpoint::Endpoint;
use crate::events;
use crate::fault::{self, Fault};
use crate::object::Part;
use crate::patience::{Patience, ThrottleClassifier};
use crate::shape::{self, Location, Member, Protocol, Service};
use crate::watch::{Counters, Request, Watcher};
use crate::whole::{self, Broken};
use crate::{protocol, read, write};
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::orchestrator::operation::{Operation, OperationBuilder};
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime::client::stalled_stream_protection::StalledStreamProtectionInterceptor;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::context::{Error, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, Metadata, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_runtime_api::client::ser_de::DeserializeResponse;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_schema::protocol::SharedClientProtocol;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::{ConfigBag, FrozenLayer, Layer};
use aws_types::region::{Region, SigningRegion};
use aws_types::{SdkConfig, SigningName};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Sent with every request.
pub(crate) const USER_AGENT: &str = concat!("sightline/", env!("CARGO_PKG_VERSION"));

pub(crate) type Prepared = Operation<Request, Answer, Fault>;

/// An answer that is no error.
#[derive(Debug)]
pub(crate) enum Answer {
    /// the output, by the API's member names
    Value(Value),
    /// the body's bytes, and what the headers say of them
    Object(Part),
    /// the body as it comes: events
    Events(SdkBody),
}

/// What an operation is prepared for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Shape {
    /// the output as a value
    Value,
    /// the body as it is, of at most so many bytes
    Body { limit: u64 },
    /// the body as it comes
    Events,
}

/// Everything that an operation is prepared from.
pub(crate) struct Plan<'a> {
    pub(crate) service: &'static Service,
    pub(crate) operation: &'static shape::Operation,
    pub(crate) region: &'a str,
    pub(crate) endpoint: Endpoint,
    /// Whether the bucket stands in the host name, and leaves the path.
    pub(crate) bucket_in_host: bool,
    pub(crate) answer: Shape,
    pub(crate) config: &'a SdkConfig,
    pub(crate) http: SharedHttpClient,
    pub(crate) patience: &'a Patience,
    pub(crate) partition: RetryPartition,
    pub(crate) counters: Arc<Counters>,
    /// Sent with every request.
    pub(crate) user_agent: Arc<str>,
}

impl Plan<'_> {
    pub(crate) fn prepare(self) -> Prepared {
        let builder = self
            .patient(Operation::builder())
            .service_name(self.service.service_id)
            .operation_name(self.operation.name)
            .http_client(self.http.clone())
            .endpoint_url(&self.endpoint.url)
            .with_connection_poisoning()
            .interceptor(Watcher(self.counters.clone()))
            .runtime_plugin(self.signed());
        let protocol = protocol::of(self.service);
        let config = Arc::new(self.metadata());
        let largest = self.patience.largest;
        let user_agent = self.user_agent.clone();
        let writer = Codec { service: self.service, operation: self.operation, protocol, config, largest, user_agent };
        let reader = Reader { codec: writer.clone(), answer: self.answer };
        let bucket_in_host = self.bucket_in_host;
        builder
            .serializer(move |request: Request| writer.request(&request.input, bucket_in_host))
            .deserializer_impl(reader)
            .build()
    }

    fn patient(&self, builder: OperationBuilder) -> OperationBuilder {
        let (limit, timeouts) = match self.answer {
            Shape::Value | Shape::Events => (self.patience.largest, &self.patience.timeouts),
            Shape::Body { limit } => (limit, &self.patience.object_timeouts),
        };
        let builder = match self.answer {
            // Events come when there is something to say: `events` has a limit of its own for silence.
            Shape::Events => builder.stalled_stream_protection(StalledStreamProtectionConfig::disabled()),
            Shape::Value | Shape::Body { .. } => builder
                .stalled_stream_protection(
                    StalledStreamProtectionConfig::enabled().grace_period(self.patience.stalled).build(),
                )
                .interceptor(StalledStreamProtectionInterceptor::default()),
        };
        builder
            .standard_retry(&self.patience.retries)
            .timeout_config(timeouts.clone())
            .retry_classifier(TransientErrorClassifier::<Fault>::new())
            .retry_classifier(AwsErrorCodeClassifier::<Fault>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(ThrottleClassifier)
            .interceptor(Bound { limit })
    }

    fn metadata(&self) -> ConfigBag {
        let mut layer = Layer::new("protocol");
        layer.store_put(Metadata::new(self.operation.name, self.service.service_id));
        ConfigBag::of_layers(vec![layer])
    }

    fn signed(&self) -> StaticRuntimePlugin {
        let mut components = RuntimeComponentsBuilder::new("signing");
        components.push_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()));
        let schemes = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(schemes)));
        if let Some(credentials) = self.config.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, credentials);
        }
        components.set_identity_cache(self.config.identity_cache());
        StaticRuntimePlugin::new().with_config(self.signing()).with_runtime_components(components)
    }

    fn signing(&self) -> FrozenLayer {
        let mut options = SigningOptions::default();
        if self.service.key == "s3" {
            // S3 signs paths as they are and wants the body's hash in a header:
            // <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>
            options.double_uri_encode = false;
            options.normalize_uri_path = false;
            options.content_sha256_header = true;
        }
        let signing = SigV4OperationSigningConfig { signing_options: options, ..Default::default() };
        let mut layer = Layer::new("signing");
        layer.store_put(signing);
        layer.store_put(Region::new(self.region.to_owned()));
        layer.store_put(SigningRegion::from(Region::new(self.endpoint.signing_region.clone())));
        layer.store_put(SigningName::from(self.service.signing_name));
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(self.partition.clone());
        layer.freeze()
    }
}

/// Writes requests and reads answers of one operation.
#[derive(Clone)]
struct Codec {
    service: &'static Service,
    operation: &'static shape::Operation,
    protocol: SharedClientProtocol,
    config: Arc<ConfigBag>,
    largest: u64,
    user_agent: Arc<str>,
}

impl Codec {
    fn request(&self, input: &Value, bucket_in_host: bool) -> Result<HttpRequest, BoxError> {
        let place = self.operation.input;
        let structure = write::Structure { service: self.service, place, value: input };
        let mut request =
            self.protocol.serialize_request(&structure, self.service.shape(place).schema, "", &self.config)?;
        request.headers_mut().insert("user-agent", self.user_agent.to_string());
        if bucket_in_host {
            addressing::without_bucket(&mut request)?;
        }
        Ok(request)
    }

    fn answer(&self, response: &HttpResponse, shape: Shape) -> Result<Answer, OrchestratorError<Fault>> {
        if fault::is_fault(response.status()) {
            return Err(OrchestratorError::operation(fault::read(
                self.service,
                &self.protocol,
                response,
                &self.config,
            )));
        }
        let limit = if let Shape::Body { limit } = shape { limit } else { self.largest };
        let bytes = response.body().bytes().unwrap_or_default();
        if bytes.len() as u64 > limit {
            return Err(OrchestratorError::other(TooLarge(limit)));
        }
        match shape {
            Shape::Body { .. } => Ok(Answer::Object(Part::of(response))),
            Shape::Value => self.value(response).map(Answer::Value).map_err(OrchestratorError::other),
            // What is no error never comes here: `Reader` hands it on unread.
            Shape::Events => Ok(Answer::Events(SdkBody::empty())),
        }
    }

    fn value(&self, response: &HttpResponse) -> Result<Value, BoxError> {
        let place = self.operation.output;
        let body = response.body().bytes().unwrap_or_default();
        // An operation without output may answer with nothing, where the codecs look for a root element.
        if self.service.members(place).is_empty() {
            return Ok(Value::Object(Map::new()));
        }
        self.whole(body)?;
        let mut source =
            self.protocol.deserialize_response(response, self.service.shape(place).schema, &self.config)?;
        Ok(read::structure(self.service, place, source.as_mut())?)
    }

    /// Some outputs lie in headers alone, and in some a member that is no structure takes the whole body as it is: there is nothing
    /// to check there.
    fn whole(&self, body: &[u8]) -> Result<(), Broken> {
        let members = self.service.members(self.operation.output);
        let payload = members.iter().find(|member| member.location == Location::Payload);
        let members = match payload {
            Some(payload) => self.service.members(payload.shape),
            None => members,
        };
        if !members.iter().any(|member| member.location == Location::Body) {
            return Ok(());
        }
        match self.service.protocol {
            Protocol::Json | Protocol::RestJson => whole::json(body, members.iter().map(Member::wire_name)),
            Protocol::Query | Protocol::Ec2 => whole::xml(body, Some(&format!("{}Response", self.operation.name))),
            Protocol::RestXml => whole::xml(body, None),
        }
    }
}

/// Reads answers of one operation: whole, or, of events, as they come.
struct Reader {
    codec: Codec,
    answer: Shape,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader({})", self.codec.operation.name)
    }
}

impl DeserializeResponse for Reader {
    fn deserialize_streaming_with_config(
        &self,
        response: &mut HttpResponse,
        _: &ConfigBag,
    ) -> Option<Result<Output, OrchestratorError<Error>>> {
        let streams = self.answer == Shape::Events && !fault::is_fault(response.status());
        streams.then(|| match events::is_stream(response) {
            true => Ok(Output::erase(Answer::Events(response.take_body()))),
            false => Err(OrchestratorError::other(events::NoStream)),
        })
    }

    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        let answer = self.codec.answer(response, self.answer);
        answer.map(Output::erase).map_err(|error| error.map_operation_error(Error::erase))
    }
}
