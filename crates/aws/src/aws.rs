//! A connection to one account: calls, pages, objects.

use crate::absent;
use crate::addressing;
use crate::connect::{self, Connect, Emulated};
use crate::endpoint::{self, Endpoint};
use crate::error::{About, AwsError, CallError};
use crate::failure;
use crate::fault::Fault;
use crate::kind::CallErrorKind;
use crate::listening::Listening;
use crate::models;
use crate::operation::{Answer, Plan, Prepared, Shape, USER_AGENT};
use crate::pace::{Insisting, Pace, Paces};
use crate::patience::Patience;
use crate::room::Room;
use crate::shape::{Operation, Service};
use crate::watch::{Counters, Request, Usage, Watch};
use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::result::SdkError;
use serde_json::{Value, json};
use sightline_model::Arn;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A connection to one account by one set of credentials. Cheap to clone; clones share connections, paces and counters.
#[derive(Debug, Clone)]
pub struct Aws(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: SdkConfig,
    http: SharedHttpClient,
    patience: Patience,
    paces: Paces,
    counters: Arc<Counters>,
    prepared: Mutex<HashMap<PreparedKey, Prepared>>,
    user_agent: Arc<str>,
}

/// Region, service, operation.
// INVARIANT: operations that name a bucket in their host are not kept, and no more than `PREPARED` others.
type PreparedKey = (String, &'static str, &'static str);

/// How many operations are kept ready. To prepare one takes some microseconds; it is worth it for those that are called for every row.
const PREPARED: usize = 256;

/// Who the credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// twelve digits
    pub account_id: String,
    /// of the user or the assumed role
    pub arn: String,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: String,
}

impl Aws {
    /// Connects by the default credential chain, through a role when one is named. Makes no call: whether the credentials are any
    /// good shows with the first one, best [`Aws::caller`].
    ///
    /// # Errors
    /// When the environment asks for FIPS or dual-stack endpoints; when the system trusts no authority, and calls go to AWS.
    pub async fn connect(options: Connect) -> Result<Self, AwsError> {
        Ok(Self::with(connect::load(options).await?, Patience::default()))
    }

    /// Connects to emulators, whatever the environment says.
    pub fn emulated(emulated: Emulated) -> Self {
        Self::with(emulated.config(), Patience::default())
    }

    pub(crate) fn with(config: SdkConfig, patience: Patience) -> Self {
        let http = config.http_client().unwrap_or_else(connect::http_client);
        Self::over(http, config, patience, USER_AGENT.into())
    }

    fn over(http: SharedHttpClient, config: SdkConfig, patience: Patience, user_agent: Arc<str>) -> Self {
        let (paces, counters, prepared) = Default::default();
        Self(Arc::new(Inner { config, http, patience, paces, counters, prepared, user_agent }))
    }

    /// The same account by a connection that listens to models: see [`Listening`]. It counts and paces its calls by itself.
    pub fn listening(&self, listening: &Listening) -> Self {
        let user_agent = format!("{USER_AGENT} {}", listening.product());
        let patience = listening.patience(&self.0.patience);
        Self::over(self.0.http.clone(), self.0.config.clone(), patience, user_agent.into())
    }

    /// A connection by a role that these credentials may assume: the credentials are asked for with the first call, and anew before
    /// they expire. It counts and paces its calls by itself, and shares nothing but the network.
    pub async fn assume(&self, role_arn: &str, external_id: Option<&str>, session: &str) -> Self {
        let config = connect::assume(self.0.config.clone(), role_arn, external_id, session).await;
        Self::over(self.0.http.clone(), config, self.0.patience.clone(), self.0.user_agent.clone())
    }

    /// The same account by a connection whose requests take places in this room. It counts and paces its calls by itself.
    pub fn within(&self, room: &Room) -> Self {
        let http = room.around(self.0.http.clone());
        Self::over(http, self.0.config.clone(), self.0.patience.clone(), self.0.user_agent.clone())
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.0.config
    }

    pub(crate) fn patience(&self) -> &Patience {
        &self.0.patience
    }

    pub(crate) fn http(&self) -> SharedHttpClient {
        self.0.http.clone()
    }

    /// The region of the options, the environment or the profile, else `us-east-1`.
    pub fn default_region(&self) -> &str {
        self.0.config.region().map_or("us-east-1", |region| region.as_ref())
    }

    /// The model of a service, same as [`crate::model`].
    ///
    /// # Errors
    /// When no model of this name is embedded.
    pub fn model(&self, service: &str) -> Result<&'static Service, AwsError> {
        models::model(service)
    }

    /// Calls made so far, by this connection and its clones.
    pub fn usage(&self) -> Usage {
        self.0.counters.usage()
    }

    /// `sts:GetCallerIdentity`.
    ///
    /// # Errors
    /// Those of [`Aws::call`].
    pub async fn caller(&self) -> Result<Caller, CallError> {
        let region = self.default_region();
        let answer = self.call(region, "sts", "GetCallerIdentity", json!({})).await?;
        let text = |key: &str| answer.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (account_id, arn) = (text("Account"), text("Arn"));
        let partition = arn.parse::<Arn>().map(|arn| arn.partition().to_owned());
        match partition {
            Ok(partition) if !account_id.is_empty() => Ok(Caller { account_id, arn, partition }),
            _ => {
                let about = About { service: "sts", operation: "GetCallerIdentity", region };
                Err(about.error(CallErrorKind::Unreadable, "UnreadableAnswer", "the answer names no account"))
            }
        }
    }

    /// Calls an operation of a service in a region, with retries. Input and output go by the API's member names; timestamps are
    /// RFC 3339 text, blobs base64 text. Answers of more than 64 MB are refused, of models those of more than [`Listening::largest`].
    ///
    /// # Errors
    /// Every error says what it means in [`CallError::kind`]; an input that the API's model does not allow is refused unsent.
    pub async fn call(&self, region: &str, service: &str, operation: &str, input: Value) -> Result<Value, CallError> {
        match self.answer(About { service, operation, region }, input, Shape::Value).await? {
            Answer::Value(value) => Ok(value),
            Answer::Object(_) | Answer::Events(_) => Ok(Value::Null),
        }
    }

    pub(crate) async fn answer(&self, about: About<'_>, input: Value, shape: Shape) -> Result<Answer, CallError> {
        let service = models::model(about.service)
            .map_err(|error| about.error(CallErrorKind::Invalid, "UnknownService", error))?;
        let operation = service.operation(about.operation).ok_or_else(|| {
            about.error(
                CallErrorKind::Invalid,
                "UnknownOperation",
                "the embedded API models do not hold this operation",
            )
        })?;
        self.0.counters.call();
        let first = self.attempt(about, service, operation, input.clone(), shape).await;
        match first {
            Err(Failed { error, region: Some(region) }) if region != about.region => {
                let elsewhere = About { region: &region, ..about };
                tracing::debug!(%error, region, "the bucket is in another region");
                self.attempt(elsewhere, service, operation, input, shape).await.map_err(|failed| failed.error)
            }
            other => other.map_err(|failed| failed.error),
        }
    }

    async fn attempt(
        &self,
        about: About<'_>,
        service: &'static Service,
        operation: &'static Operation,
        input: Value,
        shape: Shape,
    ) -> Result<Answer, Failed> {
        let key = (about.region.to_owned(), service.key, operation.name);
        let pace = self.0.paces.of(&key, self.now());
        let mut so_far = Insisting::default();
        loop {
            let turn = pace.turn().await;
            // Asked once it is this call's turn: while it waited, others may have found out.
            if pace.is_closed() {
                let error = about.error(CallErrorKind::Throttled, "Throttled", failure::NOT_ASKED_AGAIN);
                return Err(Failed { error, region: None });
            }
            let prepared = self.prepared(about.region, service, operation, &input, shape, &pace);
            let watch = Watch::default();
            let answered = prepared.invoke(Request { input: input.clone(), watch: watch.clone() }).await;
            turn.end(answered.is_ok(), watch.was_throttled());
            let error = match answered {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let failed = Failed {
                region: redirected(&error),
                error: self.explained(service, failure::call_error(about, &error, &watch)),
            };
            if failed.error.kind != CallErrorKind::Throttled || !pace.goes_on(&mut so_far) {
                return Err(failed);
            }
        }
    }

    fn now(&self) -> std::time::SystemTime {
        self.0.config.time_source().unwrap_or_default().now()
    }

    /// Some errors mean something else than they say: a region that the account has not enabled does not know its credentials; where a
    /// region does not have a service there is no host of that name, or one that answers with a page.
    fn explained(&self, service: &Service, mut error: CallError) -> CallError {
        let unknown =
            matches!(error.code.as_str(), "UnrecognizedClientException" | "InvalidClientTokenId" | "AuthFailure");
        if unknown && error.region != self.default_region() {
            error.message.push_str(" (a region that the account has not enabled answers so, too)");
        }
        let is_public = connect::configured_endpoint(&self.0.config, service.service_id).is_none();
        let offered = endpoint::offered(service.key, &error.region);
        absent::explained(&mut error, is_public, offered);
        error
    }

    fn prepared(
        &self,
        region: &str,
        service: &'static Service,
        operation: &'static Operation,
        input: &Value,
        shape: Shape,
        pace: &Pace,
    ) -> Prepared {
        let (endpoint, bucket_in_host) = self.endpoint(service, operation, region, input);
        let key = (region.to_owned(), service.key, operation.name);
        let kept = shape == Shape::Value && !bucket_in_host;
        let mut operations = self.0.prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = operations.get(&key).filter(|_| kept) {
            return found.clone();
        }
        let plan = Plan {
            service,
            operation,
            region,
            endpoint,
            bucket_in_host,
            answer: shape,
            config: &self.0.config,
            http: self.0.http.clone(),
            patience: &self.0.patience,
            partition: pace.partition.clone(),
            counters: self.0.counters.clone(),
            user_agent: self.0.user_agent.clone(),
        };
        let prepared = plan.prepare();
        if kept {
            if operations.len() >= PREPARED {
                operations.clear();
            }
            operations.insert(key, prepared.clone());
        }
        prepared
    }

    /// Where to send a call, and whether its bucket stands in the host name.
    pub(crate) fn endpoint(
        &self,
        service: &Service,
        operation: &Operation,
        region: &str,
        input: &Value,
    ) -> (Endpoint, bool) {
        let configured = connect::configured_endpoint(&self.0.config, service.service_id);
        if let Some(point) = addressing::access_point(input).filter(|_| service.key == "s3") {
            // Before a configured endpoint, too: so botocore does it, and so interface endpoints want it.
            let url = configured.unwrap_or_else(|| endpoint::access_points(&point.region));
            let url = addressing::prefixed(&url, &format!("{}.", point.label));
            return (Endpoint { url, signing_region: point.region }, true);
        }
        if let Some(url) = configured {
            return (Endpoint { url, signing_region: region.to_owned() }, false);
        }
        let endpoint = endpoint::endpoint(service, region);
        let bucket = addressing::host_bucket(input).filter(|_| service.key == "s3");
        let prefix = || operation.host_prefix.and_then(|prefix| addressing::host_prefix(prefix, input));
        let label = bucket.map(|bucket| format!("{bucket}.")).or_else(prefix);
        match label {
            Some(label) => {
                (Endpoint { url: addressing::prefixed(&endpoint.url, &label), ..endpoint }, bucket.is_some())
            }
            None => (endpoint, false),
        }
    }
}

/// An attempt that failed, and the region where S3 says that the bucket is.
struct Failed {
    error: CallError,
    region: Option<String>,
}

fn redirected<R>(error: &SdkError<Fault, R>) -> Option<String> {
    error.as_service_error()?.region.clone()
}
