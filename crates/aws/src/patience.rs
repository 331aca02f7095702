//! How long the reader waits and how often it asks again. Retries are the official ones in adaptive mode; each region, service and
//! operation of a connection has a rate limiter and a retry quota of its own, so that one throttled action slows down no other.

use crate::fault::Fault;
use crate::kind::CallErrorKind;
use aws_smithy_runtime::client::retries::{ClientRateLimiter, RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::retry::{ErrorKind, RetryConfig, RetrySpec};
use aws_smithy_types::timeout::TimeoutConfig;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

const MAX_ATTEMPTS: u32 = 4;
const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(30);
const CALL: Duration = Duration::from_secs(150);
/// Objects of hundreds of megabytes take their time; a stalled one is cut off by [`STALLED`].
const OBJECT_ATTEMPT: Duration = Duration::from_secs(300);
const OBJECT_CALL: Duration = Duration::from_secs(900);
/// How long not a byte of an answer may come once it has begun.
const STALLED: Duration = Duration::from_secs(20);

/// What bounds a call.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    pub(crate) retries: RetryConfig,
    pub(crate) timeouts: TimeoutConfig,
    pub(crate) object_timeouts: TimeoutConfig,
    pub(crate) stalled: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let timeouts = |attempt, call| {
            let builder = TimeoutConfig::builder().connect_timeout(CONNECT);
            builder.operation_attempt_timeout(attempt).operation_timeout(call).build()
        };
        Self {
            retries: RetryConfig::adaptive().with_max_attempts(MAX_ATTEMPTS).with_retry_spec(RetrySpec::v2_1()),
            timeouts: timeouts(ATTEMPT, CALL),
            object_timeouts: timeouts(OBJECT_ATTEMPT, OBJECT_CALL),
            stalled: STALLED,
        }
    }
}

/// Region, service, operation.
pub(crate) type LimitKey = (String, &'static str, &'static str);

/// The limiters of one connection, which is one account.
// INVARIANT: as many as there are regions times operations of the embedded models, at most.
#[derive(Debug, Default)]
pub(crate) struct Limiters(Mutex<HashMap<LimitKey, RetryPartition>>);

impl Limiters {
    pub(crate) fn partition(&self, key: &LimitKey, now: SystemTime) -> RetryPartition {
        let mut partitions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        partitions.entry(key.clone()).or_insert_with(|| partition(key, now)).clone()
    }
}

fn partition((region, service, operation): &LimitKey, now: SystemTime) -> RetryPartition {
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    // A throttled call costs no quota: the limiter paces it already, and giving up early would leave a hole in the inventory.
    RetryPartition::custom(format!("{region}/{service}/{operation}"))
        .client_rate_limiter(ClientRateLimiter::new(seconds))
        .token_bucket(TokenBucket::builder().throttling_retry_cost(0).build())
        .build()
}

/// Retries what the official classifiers do not know as a throttle: 429 without a code, and rarer codes.
#[derive(Debug)]
pub(crate) struct ThrottleClassifier;

impl ClassifyRetry for ThrottleClassifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(|outcome| outcome.err());
        let fault = error.and_then(|error| error.as_operation_error()).and_then(|error| error.downcast_ref::<Fault>());
        match fault.map(Fault::kind) {
            Some(CallErrorKind::Throttled) => RetryAction::retryable_error(ErrorKind::ThrottlingError),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Throttles by code or status"
    }
}
