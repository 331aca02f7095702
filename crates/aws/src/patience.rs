//! How long the reader waits and how often it asks again. Retries are the official ones in adaptive mode; each region, service and
//! operation of a connection has a rate limiter and a retry quota of its own ([`crate::pace`]), so that one throttled action slows down
//! no other.

use crate::fault::Fault;
use crate::kind::CallErrorKind;
use aws_smithy_runtime::client::retries::{ClientRateLimiter, RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_types::retry::{ErrorKind, RetryConfig, RetrySpec};
use aws_smithy_types::timeout::TimeoutConfig;
use std::time::{Duration, SystemTime};

const MAX_ATTEMPTS: u32 = 4;
const CONNECT: Duration = Duration::from_secs(5);
const ATTEMPT: Duration = Duration::from_secs(30);
const CALL: Duration = Duration::from_secs(300);
/// Objects of hundreds of megabytes take their time; a stalled one is cut off by [`STALLED`].
const OBJECT_ATTEMPT: Duration = Duration::from_secs(300);
const OBJECT_CALL: Duration = Duration::from_secs(900);
/// How long not a byte of an answer may come once it has begun.
const STALLED: Duration = Duration::from_secs(20);
/// The largest answer that is read, objects aside.
const MAX_ANSWER: u64 = 64 * 1024 * 1024;

/// What bounds a call.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    pub(crate) retries: RetryConfig,
    pub(crate) timeouts: TimeoutConfig,
    pub(crate) object_timeouts: TimeoutConfig,
    pub(crate) stalled: Duration,
    /// The largest answer that is read, objects aside.
    pub(crate) largest: u64,
}

impl Default for Patience {
    fn default() -> Self {
        // An answer must begin in time once its request is on the wire: a call that waits for its turn is not slow.
        let answers = TimeoutConfig::builder().connect_timeout(CONNECT).read_timeout(ATTEMPT).operation_timeout(CALL);
        let objects = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(OBJECT_ATTEMPT)
            .operation_timeout(OBJECT_CALL);
        Self {
            retries: RetryConfig::adaptive().with_max_attempts(MAX_ATTEMPTS).with_retry_spec(RetrySpec::v2_1()),
            timeouts: answers.build(),
            object_timeouts: objects.build(),
            stalled: STALLED,
            largest: MAX_ANSWER,
        }
    }
}

/// Region, service, operation.
pub(crate) type LimitKey = (String, &'static str, &'static str);

/// The official limiter and retry quota of one action.
pub(crate) fn partition((region, service, operation): &LimitKey, now: SystemTime) -> RetryPartition {
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    // A throttled call costs no quota: the limiter paces it already, and giving up early would leave a hole in the inventory.
    RetryPartition::custom(format!("{region}/{service}/{operation}"))
        .client_rate_limiter(ClientRateLimiter::new(seconds))
        .token_bucket(TokenBucket::builder().throttling_retry_cost(0).build())
        .build()
}

/// The longest that an answer may ask to be patient, as far as it is heard.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Retries what the official classifiers do not know as a throttle: 429 without a code, and rarer codes; and hears how long the service
/// says to wait, in its own header or in HTTP's.
#[derive(Debug)]
pub(crate) struct ThrottleClassifier;

impl ClassifyRetry for ThrottleClassifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(|outcome| outcome.err());
        let fault = error.and_then(|error| error.as_operation_error()).and_then(|error| error.downcast_ref::<Fault>());
        if fault.map(Fault::kind) != Some(CallErrorKind::Throttled) {
            return RetryAction::NoActionIndicated;
        }
        let header = |name| context.response()?.headers().get(name)?.trim().parse::<u64>().ok();
        let pause = header("x-amz-retry-after").map(Duration::from_millis);
        match pause.or_else(|| header("retry-after").map(Duration::from_secs)) {
            Some(pause) => {
                RetryAction::retryable_error_with_explicit_delay(ErrorKind::ThrottlingError, pause.min(LONGEST_PAUSE))
            }
            None => RetryAction::retryable_error(ErrorKind::ThrottlingError),
        }
    }

    fn name(&self) -> &'static str {
        "Throttles by code or status"
    }

    /// After the official ones: the last word counts, and theirs has no pause in it.
    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}
