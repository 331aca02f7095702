//! What happens to a call between its start and its end: attempts are counted, and the last throttle is remembered, so that a call
//! that ran out of time while it was told to wait is reported as throttled and not as slow.

use crate::fault::Fault;
use crate::kind::CallErrorKind;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef, Error,
    FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Calls that one connection made so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// calls, each counted once however often it was tried
    pub calls: u64,
    /// attempts beyond the first of each call
    pub retries: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Counters {
    calls: AtomicU64,
    retries: AtomicU64,
}

impl Counters {
    pub(crate) fn call(&self) {
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn usage(&self) -> Usage {
        Usage { calls: self.calls.load(Ordering::Relaxed), retries: self.retries.load(Ordering::Relaxed) }
    }
}

/// What became of one call so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Watch(Arc<State>);

#[derive(Debug, Default)]
struct State {
    attempted: AtomicBool,
    /// the last attempt
    throttled: AtomicBool,
    /// any attempt
    ever_throttled: AtomicBool,
}

impl Watch {
    /// Whether the call was held back: its last attempt was throttled, or the rate limiter never let it begin.
    pub(crate) fn was_held_back(&self) -> bool {
        self.0.throttled.load(Ordering::Relaxed) || !self.0.attempted.load(Ordering::Relaxed)
    }
}

impl Watch {
    /// Whether the service asked for patience, be it that the call was answered in the end.
    pub(crate) fn was_throttled(&self) -> bool {
        self.0.ever_throttled.load(Ordering::Relaxed)
    }
}

impl Storable for Watch {
    type Storer = StoreReplace<Self>;
}

/// An operation's input on its way through the orchestrator.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) input: Value,
    pub(crate) watch: Watch,
}

/// Notes each attempt in the connection's counters and in the call's [`Watch`].
#[derive(Debug)]
pub(crate) struct Watcher(pub(crate) Arc<Counters>);

#[dyn_dispatch_hint]
impl Intercept for Watcher {
    fn name(&self) -> &'static str {
        "Watcher"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(request) = context.input().downcast_ref::<Request>() {
            config.interceptor_state().store_put(request.watch.clone());
        }
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Watch(state)) = config.load::<Watch>()
            && state.attempted.swap(true, Ordering::Relaxed)
        {
            self.0.retries.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Watch(state)) = config.load::<Watch>() {
            let error = context.output_or_error().and_then(Result::err);
            let throttled = error.is_some_and(is_throttle);
            state.throttled.store(throttled, Ordering::Relaxed);
            state.ever_throttled.fetch_or(throttled, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn is_throttle(error: &OrchestratorError<Error>) -> bool {
    let fault = error.as_operation_error().and_then(|error| error.downcast_ref::<Fault>());
    fault.is_some_and(|fault| fault.kind() == CallErrorKind::Throttled)
}
